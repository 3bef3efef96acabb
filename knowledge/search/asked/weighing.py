"""What counts of a question, and how much: BM25's weights, and a bonus for what stands as it was asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from knowledge.search.asked.codes import find_spellings
from knowledge.search.asked.parsing import AskedTogether, AskedWord, QuestionText, quoted, side_by_side
from knowledge.search.frequencies import Frequencies
from knowledge.search.query import Term
from knowledge.words.stems import know

ALONE, WITHIN = 3.0, 1.5
"""What an identifier adds, in weights of its words: by itself, and inside of a longer one. Words alone reach 1, so what
holds them any number of times stays behind what is inside, and that behind what stands by itself."""

SIDE_BY_SIDE = 2.0

VARIANT = 0.7
"""How much a word counts with other accents than it was asked with."""

COMMON = 0.3
"""How much a word counts that is too common to count in one of several languages."""

APART = 0.3
"""How much words count when they are written together and were asked for apart."""

RARE = 50
"""Passages that hold a word which is looked for written apart, too."""

MOST_READ = 5_000
"""Of the rarest word of those side by side: looking whether they are takes reading the rows that hold all."""


@dataclass(frozen=True, kw_only=True)
class AskedTerms:
    """`terms`, rarest first, one of which a passage holds that matches; `together` only add to scores.

    `required`: what it has to hold besides, as tsqueries: side by side, and for rows without positions somewhere.
    """

    terms: Sequence[Term] = ()
    together: Sequence[Term] = ()
    required: str = ""
    required_words: str = ""


NO_TERMS = AskedTerms()


def weigh(question: QuestionText, *, frequencies: Frequencies) -> AskedTerms:
    weighing = _Weighing(question, frequencies)
    found = (*weighing.words(), *weighing.names(), *weighing.joined(), *weighing.apart(), *weighing.spelled())
    terms = {term.stem: term for term in reversed(found)}.values()
    return AskedTerms(
        terms=sorted(terms, key=lambda term: (term.passages or 0, term.stem)),
        together=list(weighing.neighbours()),
        required=" & ".join(each.tsquery for each in question.quoted if each.words),
        required_words=" & ".join(each.words for each in question.quoted if each.words),
    )


class _Weighing:
    def __init__(self, question: QuestionText, frequencies: Frequencies) -> None:
        self.question, self.frequencies = question, frequencies
        asked = [lexeme for word in question.words for lexeme in (word.stem, *word.variants, *word.others)]
        asked += [lexeme for each in (*question.names, *question.joined, *question.codes) for lexeme in each.lexemes]
        self.found = frequencies.of_words(asked)
        self.weights = {word.stem: self._weight_of_word(word) for word in question.words}

    def words(self) -> Iterator[Term]:
        """Those that nobody holds, too: a score is the share of what a passage could have."""
        for word in self.question.words:
            yield Term(
                stem=word.stem,
                passages=self._passages_of(word),
                weight=self.weights[word.stem],
                variants=(
                    *((each, 1.0) for each in word.others if self.found[each]),
                    *((each, VARIANT) for each in word.variants if self.found[each]),
                ),
                share=COMMON if word.common else 1.0,
                exact=word.named and len(word.stem) > 1,
            )

    def names(self) -> Iterator[Term]:
        for each in self.question.names:
            of_words = self._weight_of(each)
            for lexeme, bonus in zip(each.lexemes, (ALONE, WITHIN), strict=True):
                if passages := self.found[lexeme]:
                    yield Term(
                        stem=lexeme,
                        passages=passages,
                        weight=self._weight(passages) * bonus / ALONE,
                        share=bonus / ALONE,
                        parts=each.stems,
                        bonus=bonus * of_words,
                        bonus_share=bonus,
                        optional=True,
                        exact=True,
                    )

    def joined(self) -> Iterator[Term]:
        """No more than the rarer of the words that it consists of."""
        seen = {word.stem for word in self.question.words}
        for each in (*self.question.codes, *self.question.joined):
            [lexeme] = each.lexemes
            if lexeme in seen or not (passages := self.found[lexeme]):
                continue
            seen.add(lexeme)
            most = max((self.weights.get(stem, 0.0) for stem in each.stems), default=0.0)
            weight = min(self._weight(passages), most or self._weight(passages))
            share, bonus = (1.0, 1.0) if each.is_all else (APART, 0.0)
            yield Term(
                stem=lexeme,
                passages=passages,
                weight=weight * share,
                share=share,
                parts=each.stems,
                capped=True,
                bonus=bonus * self._weight_of(each),
                bonus_share=bonus,
                optional=True,
                exact=each.exact,
            )

    def spelled(self) -> Iterator[Term]:
        """A code with other separators, where hardly any passage holds it without."""
        for each in self.question.codes:
            [code] = each.lexemes
            if self.found[code] >= RARE:
                continue
            found = find_spellings(code, language=self.question.language, frequencies=self.frequencies)
            others = [stems for stems in found if tuple(dict.fromkeys(filter(None, stems))) != each.stems]
            phrases = {f"({side_by_side(stems)} & !{quoted(code)})": stems for stems in others}
            held = self.frequencies.of_queries(list(phrases))
            share = 1.0 if len(each.stems) > 1 else 0.0
            for phrase, stems in phrases.items():
                weight = min(self._weight(held[phrase]), self._weight_of(each))
                yield Term(
                    stem=" ".join(filter(None, stems)),
                    passages=held[phrase],
                    weight=VARIANT * weight,
                    phrase=phrase,
                    parts=each.stems,
                    share=VARIANT,
                    capped=True,
                    bonus=share * self._weight_of(each),
                    bonus_share=share,
                    optional=True,
                    exact=True,
                )

    def apart(self) -> Iterator[Term]:
        """Two words that are a rare one, written apart."""
        for word in self.question.lone:
            splits = [(word[:at], word[at:]) for at in range(1, len(word))] if 5 <= len(word) <= 24 else []
            whole = know({word}, self.question.language).of(word)
            if not splits or self.found.get(whole, RARE) >= RARE:
                continue
            known = know({part for split in splits for part in split}, self.question.language)
            pairs = [(left, right) for first, last in splits if (left := known.of(first)) and (right := known.of(last))]
            held = self.frequencies.of_words([stem for pair in pairs for stem in pair])
            for left, right in pairs:
                rarer = min(held[left], held[right])
                phrase = f"{quoted(left)} <-> {quoted(right)}"
                if 0 < rarer <= MOST_READ and (passages := self.frequencies.of_queries([phrase])[phrase]):
                    weight = min(self._weight(passages), self.weights.get(whole, self._weight(passages)))
                    yield Term(
                        stem=f"{left} {right}",
                        passages=passages,
                        weight=weight,
                        phrase=phrase,
                        parts=(whole,),
                        capped=True,
                        optional=True,
                    )

    def neighbours(self) -> Iterator[Term]:
        for each in self.question.neighbours:
            [phrase] = each.lexemes
            rarest = min((self.found[stem] for stem in each.stems if stem in self.found), default=0)
            if 0 < rarest <= MOST_READ and (passages := self.frequencies.of_queries([phrase])[phrase]):
                bonus = SIDE_BY_SIDE * self._weight_of(each)
                shown = " ".join(each.stems)
                exact = each.exact or any(map(str.isdigit, shown))
                yield Term(
                    stem=shown,
                    passages=passages,
                    weight=0.0,
                    share=0.0,
                    phrase=phrase,
                    parts=each.stems,
                    bonus=bonus,
                    bonus_share=SIDE_BY_SIDE,
                    optional=True,
                    exact=exact,
                )

    def _passages_of(self, word: AskedWord) -> int:
        return sum(self.found[lexeme] for lexeme in (word.stem, *word.variants, *word.others))

    def _weight_of_word(self, word: AskedWord) -> float:
        return self._weight(self._passages_of(word)) * (COMMON if word.common else 1.0)

    def _weight_of(self, each: AskedTogether) -> float:
        return sum(self.weights.get(stem, 0.0) for stem in each.stems)

    def _weight(self, passages: float) -> float:
        return weight_of(passages, of=self.frequencies.fulltext_rows)


def weight_of(passages: float, *, of: float) -> float:
    """BM25's inverse document frequency."""
    return log(1 + (max(of, passages) - passages + 0.5) / (passages + 0.5))

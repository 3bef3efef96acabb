"""A question's text, cut as the texts of documents are: words, identifiers, quotes and what stands side by side."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.search.asked.codes import SHORT, codes_in, has_digit
from knowledge.words.cutting import Piece, pieces_of
from knowledge.words.folding import fold, plain
from knowledge.words.identifiers import INSIDE, Identifier, identifiers_of
from knowledge.words.stems import WITHOUT_ACCENTS, Stems, know

MOST_LONE = 2
"""Words of a question each of which may be two: looking for those takes counting a dozen."""

MOST_NEIGHBOURS = 16

_SIGNS = frozenset("$%~/\\-")
_SIGN = re.compile(r"(?:^|\s)(?:[$%~/\\]|\$\{|-)$")
"""Before a word that is a name: of a variable, of an option."""

_CODE_SIGN = re.compile(r"[\[\]{}<>()=;|*\\$]|\w/|/\w")
_QUOTED = re.compile(r'"([^"]+)"')
_IDEOGRAPH = re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_OLD_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_OLDER = re.compile(rf"[{_OLD_IDEOGRAPHS}]|[^\W_{_OLD_IDEOGRAPHS}]+")


@dataclass(frozen=True, kw_only=True)
class AskedWord:
    """A word's stem, and others that are the same word with accents or without; `named`: it has a digit, or a sign
    before it.

    `others` are its stems in further languages. A `common` one is too common to count in one of them.
    """

    stem: str
    variants: tuple[str, ...]
    named: bool
    others: tuple[str, ...] = ()
    common: bool = False


@dataclass(frozen=True, kw_only=True)
class AskedTogether:
    """Lexemes that say what some words of the question, by their stems, say together; `is_all`: it has no others.

    `exact`: they name something.
    """

    lexemes: tuple[str, ...]
    stems: tuple[str, ...]
    is_all: bool = False
    exact: bool = False


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """What a passage has to hold: words side by side, or the identifier that they are."""

    tsquery: str
    words: str
    """All of them somewhere, for rows whose positions mean nothing."""


@dataclass(frozen=True, kw_only=True)
class QuestionText:
    """`words` in their order, each once; `names`: an identifier, and that inside of a longer one. `joined`: words that
    were written together or might be. `neighbours`: stems side by side, as a tsquery, and those stems. `lone` are words
    of a short question that might be two, `codes` (`asked.codes`) what may be written with other separators. `stem_of`
    tells of each word, in their order, its stem in the `language`.
    """

    language: str
    stem_of: Mapping[str, str]

    words: Sequence[AskedWord]
    names: Sequence[AskedTogether]
    joined: Sequence[AskedTogether]
    neighbours: Sequence[AskedTogether]
    lone: Sequence[str]
    codes: Sequence[AskedTogether]
    quoted: Sequence[Quoted]
    """One for each pair of quotes, empty where its words do not count."""

    @property
    def stems(self) -> set[str]:
        """Whatever is marked in an answer."""
        return {stem for word in self.words for stem in (word.stem, *word.variants, *word.others)} | {
            lexeme for each in self.joined for lexeme in each.lexemes
        }


def parse_question(
    text: str, *, language: str, most_words: int, quotes: bool = True, older: bool = False
) -> QuestionText:
    """Asks the database for stems that this process does not know. `older`: also as words were cut in form 1."""
    folded = fold(text)
    pieces = list(pieces_of(folded))
    words = {word for word, _, _ in pieces}
    known = know(words if folded.isascii() else words.union(map(plain, words)), language)
    stems = list(dict.fromkeys(stem for word, _, _ in pieces if (stem := known.of(word))))[:most_words]
    reading = _Reading(folded, pieces, known)
    return QuestionText(
        language=language,
        stem_of={word: known.of(word) for word, _, _ in pieces},
        words=[*(reading.word(stem) for stem in stems), *(_older(text, stems, language) if older else ())],
        names=list(reading.names()),
        joined=[each for each in reading.joined() if each.lexemes[0] not in stems],
        neighbours=list(reading.neighbours())[:MOST_NEIGHBOURS],
        codes=list(reading.codes()),
        lone=[word for word, _, _ in pieces if word.isalpha()] if len(pieces) <= MOST_LONE else [],
        quoted=list(reading.quoted()) if quotes else [],
    )


def _older(text: str, stems: Sequence[str], language: str) -> Iterator[AskedWord]:
    """Those of form 1 that are none of today; of a text in ASCII there are none."""
    words = [] if text.isascii() else _OLDER.findall(text.lower())
    known = know(set(words), language)
    for stem in dict.fromkeys(map(known.of, words)):
        if stem and stem not in stems:
            yield AskedWord(stem=stem, variants=(), named=False)


class _Reading:
    def __init__(self, folded: str, pieces: Sequence[Piece], known: Stems) -> None:
        self.folded, self.pieces, self.known = folded, pieces, known
        self.stems = [known.of(word) for word, _, _ in pieces]
        self.identifiers = list(identifiers_of(folded))
        self.numbered = [has_digit(word) for word, _, _ in pieces]
        self.signed = set[str]()
        if not _SIGNS.isdisjoint(folded):
            starts = [(folded[max(at - 3, 0) : at], stem) for (_, at, _), stem in zip(pieces, self.stems, strict=True)]
            self.signed = {stem for before, stem in starts if _SIGN.search(before)}
        self.bare: dict[str, set[str]] = {}
        if not folded.isascii():
            for (word, _, _), stem in zip(pieces, self.stems, strict=True):
                self.bare.setdefault(stem, set()).add(known.of(plain(word)))

    def word(self, stem: str) -> AskedWord:
        """In ASCII a word is its own bare form."""
        bare = sorted(self.bare.get(stem, {stem}) - {""})
        variants = [*(each for each in bare if each != stem), *(WITHOUT_ACCENTS + each for each in bare)]
        return AskedWord(stem=stem, variants=tuple(variants), named=has_digit(stem) or stem in self.signed)

    def names(self) -> Iterator[AskedTogether]:
        for each in self.identifiers:
            if each.name:
                stems = self._between(each.start, each.end)
                yield AskedTogether(lexemes=(each.name, INSIDE + each.name), stems=tuple(dict.fromkeys(stems)))

    def joined(self) -> Iterator[AskedTogether]:
        """What has hyphens, and in a short question any two words side by side."""
        for each in self.identifiers:
            stems = self._between(each.start, each.end)
            for word in each.joined:
                is_all = len(stems) == len(self.pieces)
                yield AskedTogether(lexemes=(self._together(word, stems),), stems=tuple(stems), is_all=is_all)
        if len(self.pieces) > SHORT:
            return
        pairs = zip(self.pieces, self.pieces[1:], self.stems[1:], strict=False)
        for (first, _, end), (second, start, _), stem in pairs:
            if self.folded[end:start].isspace() and not (first + second).isdigit() and first.isalnum():
                is_all = len(self.pieces) == 2
                parts = (self.known.of(first), stem)
                yield AskedTogether(lexemes=(first + (stem or second),), stems=parts, is_all=is_all)

    def _together(self, word: str, stems: Sequence[str]) -> str:
        """The stem of words written together is that of the last one, nearly always."""
        last = self._last_word(word, stems)
        return self.known.of_word.get(word) or (word.removesuffix(last) + self.known.of(last) if last else word)

    def _last_word(self, word: str, stems: Sequence[str]) -> str:
        fitting = [piece for piece, _, _ in self.pieces if word.endswith(piece) and self.known.of(piece) in stems]
        return max(fitting, key=len, default="")

    def codes(self) -> Iterator[AskedTogether]:
        if len(self.pieces) > SHORT or not any(self.numbered):
            return
        words = [word for word, _, _ in self.pieces]
        for first, last in codes_in(self.folded, self.pieces):
            stems = tuple(dict.fromkeys(stem for stem in self.stems[first:last] if stem))
            yield AskedTogether(lexemes=("".join(words[first:last]),), stems=stems, is_all=True, exact=True)

    def neighbours(self) -> Iterator[AskedTogether]:
        """Each once."""
        found = (*self._named_neighbours(), *self._other_neighbours())
        return iter({each.lexemes: each for each in reversed(found)}.values())

    def _named_neighbours(self) -> Iterator[AskedTogether]:
        """The words of an identifier, which stand in a longer one, too: a folder in a path. And all words of what reads
        like code."""
        if len(self.pieces) > SHORT:
            return
        spans = [(each.start, each.end) for each in self.identifiers if each.name or self._is_all(each)]
        if _CODE_SIGN.search(self.folded):
            spans.append((0, len(self.folded)))
        for start, end in spans:
            first = sum(piece[1] < start for piece in self.pieces)
            stems = self.stems[first : first + sum(start <= piece[1] < end for piece in self.pieces)]
            if sum(map(bool, stems)) > 1:
                counted = tuple(dict.fromkeys(stem for stem in stems if stem))
                yield AskedTogether(lexemes=(side_by_side(stems),), stems=counted, exact=True)

    def _is_all(self, each: Identifier) -> bool:
        return not self.folded[: each.start].strip() and not self.folded[each.end :].strip()

    def _other_neighbours(self) -> Iterator[AskedTogether]:
        """Words side by side of which numbers are some, ideographs, by twos, and two words that are all."""
        if len(self.pieces) == 2 and all(self.stems) and not self._belong(0, 1):
            yield AskedTogether(lexemes=(side_by_side(self.stems),), stems=tuple(self.stems), is_all=True)
        for first, last in self._stretches():
            if last - first > 1 and not self._is_one(first, last):
                stems = tuple(stem for stem in self.stems[first:last] if stem)
                yield AskedTogether(lexemes=(side_by_side(self.stems[first:last]),), stems=tuple(dict.fromkeys(stems)))

    def _stretches(self) -> Iterator[tuple[int, int]]:
        first, count = 0, len(self.pieces)
        for at in range(1, count + 1):
            if at < count and self._belong(at - 1, at):
                if self._are_ideographs(at - 1, at):
                    yield at - 1, at + 1
                    first = at
                continue
            yield self._trimmed(first, at)
            first = at

    def _belong(self, left: int, right: int) -> bool:
        return self.numbered[left] or self.numbered[right] or self._are_ideographs(left, right)

    def _are_ideographs(self, left: int, right: int) -> bool:
        if self.folded.isascii():
            return False
        (first, _, end), (second, start, _) = self.pieces[left], self.pieces[right]
        return end == start and bool(_IDEOGRAPH.match(first) and _IDEOGRAPH.match(second))

    def _trimmed(self, first: int, last: int) -> tuple[int, int]:
        """Without words at its ends that are too common to count, and of prose without what only stands beside it."""
        whole = (first, last) == (0, len(self.pieces))
        while first < last and not self.stems[first]:
            first += 1
        while first < last and not self.stems[last - 1]:
            last -= 1
        if whole or last - first < 3:
            return first, last
        return first, last if self.numbered[last - 1] or len(self.pieces) <= SHORT else last - 1

    def _is_one(self, first: int, last: int) -> bool:
        """An identifier that says so already."""
        start, end = self.pieces[first][1], self.pieces[last - 1][2]
        return any(each.name and each.start <= start and end <= each.end for each in self.identifiers)

    def quoted(self) -> Iterator[Quoted]:
        """What has no words that count is empty."""
        for found in _QUOTED.finditer(self.folded):
            pieces = zip(self.pieces, self.stems, strict=True)
            stems = [stem for (_, start, end), stem in pieces if found.start() <= start and end <= found.end()]
            if not any(stems):
                yield Quoted(tsquery="", words="")
                continue
            phrase = side_by_side(stems)
            for each in self.identifiers:
                is_all = each.name and self._between(each.start, each.end) == [stem for stem in stems if stem]
                if is_all and found.start() <= each.start and each.end <= found.end():
                    phrase = f"{quoted(each.name)} | {quoted(INSIDE + each.name)}"
            words = " & ".join(quoted(stem) for stem in dict.fromkeys(stems) if stem)
            yield Quoted(tsquery=f"({phrase})", words=f"({words})")

    def _between(self, start: int, end: int) -> list[str]:
        pieces = zip(self.pieces, self.stems, strict=True)
        return [stem for (_, first, last), stem in pieces if stem and start <= first and last <= end]


def quoted(lexeme: str) -> str:
    """As it stands in a tsquery. Lexemes hold neither quotes nor backslashes."""
    return f"'{lexeme}'"


def side_by_side(stems: Sequence[str]) -> str:
    """Words that are too common to count are a distance."""
    parts: list[str] = []
    gap = 0
    for stem in stems:
        gap += 1
        if stem:
            parts.append(f"{f' <{gap}> ' if parts else ''}{quoted(stem)}")
            gap = 0
    return "".join(parts)

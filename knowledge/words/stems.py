"""Words and their stems: what keyword search and highlights take for the same word.

Stems are PostgreSQL's (Snowball, `SEARCH_LANGUAGE`); each word is asked for once a process, so that a push does not pay
for it again. A word with a digit in it is its own stem.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain

from django.conf import settings

from core.sql import fetch
from knowledge.words.cutting import BLANKED, first_letters, words_of
from knowledge.words.folding import fold, plain
from knowledge.words.identifiers import INSIDE, identifiers_in
from knowledge.words.languages import SIMPLE, known_languages

Span = tuple[int, int]
"""Start and end in a text, in characters."""

Places = dict[str, list[int]]
"""Where each lexeme stands: at which word of a text, from 1, ascending. What is no word stands at the text's end."""

LONGEST_WORD = 64
"""What is longer is no word, and is only found by itself."""

MOST_KNOWN = 100_000
"""Words remembered; then remembering starts anew. About 30 MB."""

WITHOUT_ACCENTS = "^"
"""Before the stem that a word has without its accents."""

LAST_PLACE = 16_383
"""PostgreSQL knows no further ones."""

LAST_WORD = 16_000
"""Further words are not kept: no passage has them."""

# A stop word has an empty array, a word that the dictionary does not know null.
LEXIZE = "SELECT word, ts_lexize(%(dictionary)s, word) FROM unnest(%(words)s::text[]) AS word"


class Stems:
    """What this process knows of one language: the stem of each word, "" for stop words, and the words of each stem."""

    def __init__(self) -> None:
        self.of_word: dict[str, str] = {}
        self.words: dict[str, list[str]] = {}

    def of(self, word: str) -> str:
        """The stem of a folded word; "" where it is too common or too long to count."""
        return self.of_word.get(word, word if len(word) <= LONGEST_WORD else "")

    def learn(self, stems: Mapping[str, str]) -> None:
        for word, stem in stems.items():
            self.words.setdefault(stem, []).append(word)
        self.of_word.update(stems)


_known: dict[str, Stems] = {}


class Text:
    """A text cut for keeping: its words in order; further ones of which stems are kept, and lexemes as they are."""

    __slots__ = ("accented", "further", "lexemes", "words")

    def __init__(self, text: str) -> None:
        folded = fold(text)
        self.words = words_of(folded)
        self.further: list[str] = []
        self.lexemes: list[str] = []
        for found in identifiers_in(folded):
            self.further += found.joined
            if found.name:
                self.lexemes.append(found.name)
            self.lexemes += [INSIDE + each for each in found.inside]
        self.accented: list[str] = []
        if not folded.isascii():
            self.accented = [bare for word in self.words if (bare := plain(word)) != word]
            self.lexemes += first_letters(folded)

    @property
    def every(self) -> Iterator[str]:
        return chain(self.words, self.further, self.accented)

    def places(self, known: Stems) -> Places:
        """A word that is not known is its own stem."""
        places: Places = defaultdict(list)
        for place, stem in enumerate(map(known.of_word.get, self.words, self.words), 1):
            if stem:
                places[stem].append(place)
        extras = Counter(self.lexemes)
        extras.update(map(known.of, self.further))
        extras.update([WITHOUT_ACCENTS + stem for stem in map(known.of, self.accented) if stem])
        for lexeme, count in extras.items():
            places[lexeme] += range(max(LAST_WORD, LAST_PLACE - count) + 1, LAST_PLACE + 1)
        for gone in [lexeme for lexeme in places if not lexeme or len(lexeme) > LONGEST_WORD + 1]:
            del places[gone]
        return places


def pad_words(texts: Sequence[str]) -> list[str]:
    """ASCII texts in lower case, with a blank for whatever is no word, and around each: all of them in one go."""
    blanked = "\n".join(texts).lower().translate(BLANKED)
    padded, at = [], 0
    for text in texts:
        padded.append(f" {blanked[at : at + len(text)]} ")
        at += len(text) + 1
    return padded


def count_stems(texts: Sequence[str], language: str = "") -> list[Counter[str]]:
    """How often each stem occurs in each text."""
    found = [words_of(fold(text)) for text in texts]
    known = know(set[str]().union(*found), language)
    return [_count(words, known) for words in found]


def find_places(texts: Sequence[str], language: str = "") -> list[Places]:
    """All that is kept of each text."""
    cut = [Text(text) for text in texts]
    known = know(set(chain.from_iterable(each.every for each in cut)), language)
    return [each.places(known) for each in cut]


def find_known_places(text: str, language: str = "") -> Places | None:
    """The same of one text, without asking the database: None where that has to be asked."""
    cut, known = Text(text), _known.setdefault(language or settings.SEARCH_LANGUAGE, Stems())
    if any(_has_stem(word) for word in set(cut.every) if word not in known.of_word):
        return None
    return cut.places(known)


def stems_of(text: str, language: str = "") -> set[str]:
    """The stems of a text, also of words that it holds written together or with accents, without how often each is."""
    every = set(Text(text).every)
    known = know(every, language)
    return {known.of(word) for word in every} - {""}


def _count(words: Sequence[str], known: Stems) -> Counter[str]:
    counts = Counter(map(known.of, words))
    del counts[""]
    return counts


def words_with(stems: Iterable[str], *, among: Set[str], language: str = "") -> set[str]:
    """Those of the folded words that have one of the stems, if only without their accents."""
    known, stems = know(among, language), set(stems)
    forms = {form for stem in stems for form in (stem, *known.words.get(stem, ())) if known.of(form) == stem}
    bare = {word: plain(word) for word in among if not word.isascii()}
    accented = know({each for word, each in bare.items() if each != word}, language)
    return (forms & among) | {word for word, each in bare.items() if each != word and accented.of(each) in stems}


def know(words: Set[str], language: str = "") -> Stems:
    """What is known of a language, SEARCH_LANGUAGE by default, after asking for what of the folded words is not."""
    language = language or settings.SEARCH_LANGUAGE
    known = _known.setdefault(language, Stems())
    if len(known.of_word) > MOST_KNOWN:
        known = _known[language] = Stems()
    if unknown := [word for word in words if word not in known.of_word and _has_stem(word)]:
        known.learn(_ask(unknown, language))
    return known


def _has_stem(word: str) -> bool:
    """Whether a dictionary may know another form of it."""
    return len(word) <= LONGEST_WORD and (word.isalpha() or not (word.isascii() or any(map(str.isdigit, word))))


def _ask(words: list[str], language: str) -> dict[str, str]:
    """Words of a language that another server had, and this one has not, stay as they are."""
    dictionary = f"{language}_stem" if language in known_languages() - {SIMPLE} else SIMPLE
    answers = fetch(LEXIZE, {"dictionary": dictionary, "words": words}, prepare=False)
    return {word: word if lexemes is None else "".join(lexemes[:1]) for word, lexemes in answers}

"""Words and their stems: what keyword search and highlights take for the same word.

A word is a run of letters and digits, or a single ideograph or kana, since such scripts put no blanks between words.
Stems are PostgreSQL's (Snowball, `SEARCH_LANGUAGE`); each word is asked for once a process, so that a push does not pay
for it again. A word with a digit in it is its own stem.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set

from django.conf import settings

from core.sql import fetch

_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+")
_BLANKED = {code: " " for code in range(128) if not chr(code).isalnum()}

Span = tuple[int, int]
"""Start and end in a text, in characters."""

LONGEST_WORD = 64
"""What is longer is no word but a blob, and is not searched."""

MOST_KNOWN = 100_000
"""Words remembered; then remembering starts anew. About 30 MB."""

# A stop word has an empty array, a word that the dictionary does not know null.
LEXIZE = "SELECT word, ts_lexize(%(dictionary)s, word) FROM unnest(%(words)s::text[]) AS word"


class Stems:
    """What this process knows of one language: the stem of each word, "" for stop words, and the words of each stem."""

    def __init__(self) -> None:
        self.of_word: dict[str, str] = {}
        self.words: dict[str, list[str]] = {}

    def of(self, word: str) -> str:
        """The stem of a word in lower case; "" where it is too common or too long to count."""
        return self.of_word.get(word, word if len(word) <= LONGEST_WORD else "")

    def learn(self, stems: Mapping[str, str]) -> None:
        for word, stem in stems.items():
            self.words.setdefault(stem, []).append(word)
        self.of_word.update(stems)


_known: dict[str, Stems] = {}


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, in order. Where it is ASCII a split does what the pattern does, in a third."""
    return text.translate(_BLANKED).split() if text.isascii() else WORD.findall(text)


def pad_words(texts: Sequence[str]) -> list[str]:
    """ASCII texts in lower case, with a blank for whatever is no word, and around each: all of them in one go."""
    blanked = "\n".join(texts).lower().translate(_BLANKED)
    padded, at = [], 0
    for text in texts:
        padded.append(f" {blanked[at : at + len(text)]} ")
        at += len(text) + 1
    return padded


def count_stems(texts: Sequence[str]) -> list[Counter[str]]:
    """How often each stem occurs in each text."""
    found = [words_of(text.lower()) for text in texts]
    every = set[str]().union(*found)
    known = _know(every)
    too_long = {word for word in every if len(word) > LONGEST_WORD}
    return [_count(words, known, without=too_long) for words in found]


def stems_of(text: str) -> set[str]:
    """The stems of a text, without how often each occurs."""
    words = set(words_of(text.lower()))
    known = _know(words)
    return {known.of(word) for word in words} - {""}


def count_known_stems(text: str) -> Counter[str] | None:
    """The same of one text, without asking the database: None where that has to be asked."""
    words, known = words_of(text.lower()), _known.setdefault(settings.SEARCH_LANGUAGE, Stems())
    strange = [word for word in set(words) if word not in known.of_word]
    if any(map(_has_stem, strange)):
        return None
    return _count(words, known, without={word for word in strange if len(word) > LONGEST_WORD})


def _count(words: Sequence[str], known: Stems, *, without: Set[str]) -> Counter[str]:
    """A word that is not known is its own stem."""
    counts = Counter(map(known.of_word.get, words, words))
    for stem in ("", *without & counts.keys()):
        del counts[stem]
    return counts


def words_with(stems: Iterable[str], *, among: Set[str]) -> set[str]:
    """Those of the words, in lower case, that have one of the stems."""
    known = _know(among)
    forms = {form for stem in stems for form in (stem, *known.words.get(stem, ())) if known.of(form) == stem}
    return forms & among


def _know(words: Set[str]) -> Stems:
    """What is known, after asking for those of the words, in lower case, that are not."""
    known = _known.setdefault(settings.SEARCH_LANGUAGE, Stems())
    if len(known.of_word) > MOST_KNOWN:
        known = _known[settings.SEARCH_LANGUAGE] = Stems()
    if unknown := [word for word in words if word not in known.of_word and _has_stem(word)]:
        known.learn(_ask(unknown))
    return known


def _has_stem(word: str) -> bool:
    """Whether a dictionary may know another form of it."""
    return word.isalpha() and len(word) <= LONGEST_WORD


def _ask(words: list[str]) -> dict[str, str]:
    answers = fetch(LEXIZE, {"dictionary": _dictionary(), "words": words}, prepare=False)
    return {word: word if lexemes is None else "".join(lexemes[:1]) for word, lexemes in answers}


def _dictionary() -> str:
    language = settings.SEARCH_LANGUAGE
    return "simple" if language == "simple" else f"{language}_stem"

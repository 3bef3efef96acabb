"""Spellings that people read as the same word, in one form: compatible characters, case, what nobody sees, digits."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, starmap
from unicodedata import category, digit, normalize

from core.tags import LATIN

_BLOCKS = [(0x80, 0x3100), (0xA000, 0xAC00), (0xFB00, 0x12000), (0x13400, 0x13500), (0x16000, 0x17000)]
_BLOCKS += [(0x1B000, 0x1C000), (0x1CF00, 0x1DB00), (0x1E000, 0x1F000), (0x1FB00, 0x1FC00)]
"""Where Unicode has marks, digits and format characters, but for `_TAGS`: elsewhere are letters and signs alone."""
_TAGS = range(0xE0000, 0xE01F0)

_DASHES = "\u2010\u2011\u2012\u2013\u2212\u058a\ufe58"
_QUOTES = "\u201c\u201d\u201e\u201f"
_SIGNS = "™℠®©"
"""They stand at names, and compatible letters would become a part of them."""

_POINTS = [*range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7]
_HARAKAT = [*range(0x610, 0x61B), 0x640, *range(0x64B, 0x653), *range(0x656, 0x660), 0x670, *range(0x6D6, 0x6DD)]
_HARAKAT += [*range(0x6DF, 0x6E5), 0x6E7, 0x6E8, *range(0x6EA, 0x6EE)]
"""Points of Hebrew, vowel signs and the stretched line of Arabic: writers leave them out."""


def ranges_of(codes: list[int]) -> str:
    """The codes, ascending, as they stand in a class of a pattern."""
    spans: list[list[int]] = []
    for code in codes:
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in spans)


_kinds: dict[str, list[int]] = {"M": [], "Nd": [], "gone": []}
for _code in (*chain.from_iterable(starmap(range, _BLOCKS)), *_TAGS):
    _kind = category(chr(_code))
    if _kind in ("Cf", "Me") or 0xFE00 <= _code <= 0xFE0F or _code in _TAGS:
        _kinds["gone"].append(_code)
    elif _kind[0] == "M":
        _kinds["M"].append(_code)
    elif _kind == "Nd":
        _kinds["Nd"].append(_code)

MARKS = ranges_of(_kinds["M"])
"""Combining marks, for a class of a pattern: they belong to the letter before them."""

_TABLE: dict[int, str | None] = dict.fromkeys([*_kinds["gone"], *_POINTS, *_HARAKAT], None)
_TABLE |= {code: str(digit(chr(code))) for code in _kinds["Nd"]}
_TABLE |= dict.fromkeys(map(ord, _DASHES), "-") | dict.fromkeys(map(ord, _QUOTES), '"')
_TRANSLATED = re.compile(f"[{ranges_of(sorted(_TABLE))}]")
_SIGNED = re.compile(f"[{_SIGNS}]")

# Letters that no decomposition takes apart, and such of Arabic as keyboards of its languages differ in.
_PLAIN = str.maketrans(LATIN | {"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ٱ": "ا", "ە": "ه"})
_ACCENTS = re.compile("[\u0300-\u036f\u0653-\u0655\u093c\u09bc\u0a3c\u0abc\u0b3c\u1ab0-\u1aff\u1dc0-\u1dff]")
_SHORT_I = "\u0439"  # a letter of its own, that only a decomposition makes an accented one


def fold(text: str) -> str:
    """The text as its words are cut and compared. Its length may change (see `fold_with_places`)."""
    if text.isascii():
        return text.lower()
    if _SIGNED.search(text):
        text = _SIGNED.sub(" ", text)
    folded = normalize("NFKC", normalize("NFKC", text).casefold())
    if _TRANSLATED.search(folded):
        folded = normalize("NFC", folded.translate(_TABLE))
    return folded.replace("i\u0307", "i")


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and where in the text each of its characters begins; at last, where the text ends.

    A letter is folded with its marks, and a syllable of Hangul with all of its parts.
    """
    parts, places = [], []
    for start, end in _clusters(text):
        part = fold(text[start:end])
        parts.append(part)
        places += [start] * len(part)
    return "".join(parts), [*places, len(text)]


@lru_cache(maxsize=100_000)
def plain(word: str) -> str:
    """The word without its accents; the word itself where it has none. Vowel signs are none, nor are dakuten."""
    if word.isascii():
        return word
    apart = "".join(each if each == _SHORT_I else normalize("NFD", each) for each in word)
    return normalize("NFC", _ACCENTS.sub("", apart)).translate(_PLAIN)


_FOLLOWING = re.compile(f".[{MARKS}\u200c\u200d\u00ad\u1160-\u11ff]*", re.DOTALL)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in _FOLLOWING.finditer(text))

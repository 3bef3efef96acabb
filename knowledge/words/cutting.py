"""A folded text cut into words: runs of letters and digits with their marks, and pieces of scripts without blanks.

An ideograph or kana is a word by itself. Runs of Hangul, whose words end in particles, and of scripts that put no
blanks between words are cut into overlapping pairs of letters: a word is found inside a run by its pairs, and no
dictionary says today what another will not say tomorrow.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from knowledge.words.folding import MARKS

_IDEOGRAPHS = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_HANGUL = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff"
_UNSPACED = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u109f\u1780-\u17d3"
"""Thai, Lao, Myanmar and Khmer."""

_LETTERS = rf"[^\W_{_IDEOGRAPHS}{_HANGUL}{_UNSPACED}]"
RUN = rf"{_LETTERS}(?:{_LETTERS}|[{MARKS}])*"
"""A word of a script that has blanks."""

WORD = re.compile(rf"(?P<run>{RUN})|[{_IDEOGRAPHS}]|(?P<pieces>[{_HANGUL}]+|[{_UNSPACED}]+)")
_LETTER = re.compile(f".[{MARKS}]*", re.DOTALL)
BLANKED = {code: " " for code in range(128) if not chr(code).isalnum()}

Piece = tuple[str, int, int]
"""A word, and where in the folded text it starts and ends."""


def words_of(folded: str) -> list[str]:
    """The words of a folded text, in order. Where it is ASCII a split does what the pattern does, in a third."""
    return folded.translate(BLANKED).split() if folded.isascii() else [word for word, _, _ in pieces_of(folded)]


def pieces_of(folded: str) -> Iterator[Piece]:
    for found in WORD.finditer(folded):
        if found["pieces"]:
            yield from _pairs(found[0], found.start())
        else:
            yield found[0], found.start(), found.end()


def first_letters(folded: str) -> Iterator[str]:
    return (letter for letter, _, _ in first_pieces(folded))


def first_pieces(folded: str) -> Iterator[Piece]:
    """What each run of Hangul begins with, where it has more letters: a noun of one syllable bears its particle."""
    for found in WORD.finditer(folded):
        if found["pieces"] and _is_hangul(found[0]) and len(found[0]) > 1:
            yield found[0][0], found.start(), found.start() + 1


def _is_hangul(run: str) -> bool:
    return "\uac00" <= run[0] <= "\ud7a3"


def _pairs(run: str, start: int) -> Iterator[Piece]:
    letters = [found.span() for found in _LETTER.finditer(run)]
    if len(letters) == 1:
        yield run, start, start + len(run)
    for (first, _), (_, last) in pairwise(letters):
        yield run[first:last], start + first, start + last

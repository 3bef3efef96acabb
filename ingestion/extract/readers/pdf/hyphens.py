"""Words that were broken at the end of a line: whether the hyphen is their own. See docs/decisions/0255.

The library puts both ends together and marks the place in the same way for either kind.
"""

import re
from collections.abc import Iterable

BROKEN = "\x02\ufffe"
"""A hyphen at the end of a line, where the library has put both ends together."""

SPLIT = re.compile(rf"([\w-]*\w)[{BROKEN}](\w[\w-]*)")
WORD = re.compile(r"\w+(?:-\w+)*")
HALF = re.compile(r"\w+")
LEAST_CHARS = 3
"""Of a half that says anything by standing alone."""


class Vocabulary:
    """The words of a document that stand in it unbroken, as they are and with their hyphens."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: set[str] = set()
        for text in texts:
            self._words.update(map(str.lower, WORD.findall(SPLIT.sub(" ", text))))

    def mended(self, text: str) -> str:
        return SPLIT.sub(self._mended, text)

    def _mended(self, found: re.Match[str]) -> str:
        before, behind = found[1], found[2]
        return f"{before}{'-' if self._has_hyphen(before, behind) else ''}{behind}"

    def _has_hyphen(self, before: str, behind: str) -> bool:
        """As the word stands elsewhere; where it does not, as its halves do; else small letters were one word."""
        whole, apart = f"{before}{behind}".lower(), f"{before}-{behind}".lower()
        if (whole in self._words) != (apart in self._words):
            return apart in self._words
        if "-" in before and "-" in behind:
            return True
        last, first = HALF.findall(before)[-1], HALF.findall(behind)[0]
        if whole not in self._words and all(
            len(half) >= LEAST_CHARS and half.lower() in self._words for half in (last, first)
        ):
            return True
        is_capital = len(first) > 1 and first[:2].isalpha() and (last[-1] + first[:2]).isupper()
        return not (first[0].islower() or is_capital)

"""Tag expressions: `employee+executive|director` asks for (employee and executive) or director.

`+` is AND and binds tighter than `|`, OR; there are no parentheses and no negation. White space around tags and
operators is ignored; two tags with nothing but white space between them are an error, not an AND.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from core.errors import LarderError
from core.tags import near_words_in

MAX_BRANCHES = 64
MAX_TAGS = 1_000

_TAG = re.compile(r"[a-z0-9][a-z0-9_\-:]*")
_BLANKS = re.compile(r"\s*")
EXPRESSION_IN_SCHEMA = rf"^\s*(?:{_TAG.pattern}\s*(?:[+|]\s*{_TAG.pattern}\s*)*)?$"
"""As JSON Schema says it; how many there may be it cannot."""
_A_TAG = "a tag (a lower-case letter or digit, then letters, digits, '_', '-' and ':')"


class TagExpressionInvalid(LarderError):
    """`position` in `extra`: index of the character, from 0, where reading stopped."""

    code = "invalid_tag_expression"


@dataclass(frozen=True, slots=True)
class TagExpression:
    """Any of the branches; of a branch, all its tags. `str()` gives the shortest text that parses to it."""

    branches: tuple[tuple[str, ...], ...]

    def matches(self, tags: Collection[str]) -> bool:
        held = set(tags)
        return any(held.issuperset(branch) for branch in self.branches)

    def __str__(self) -> str:
        return "|".join("+".join(branch) for branch in self.branches)


def parse_tags(text: str | None) -> TagExpression | None:
    """The expression, without tags and branches that repeat; None (no filter) for a blank text.

    Raises TagExpressionInvalid with the position, also for more than 64 branches or 1,000 tags.
    """
    if text is None or not text.strip():
        return None
    branches: list[list[str]] = [[]]
    at = _after_blanks(text, 0)
    for _ in range(MAX_TAGS):
        tag = _TAG.match(text, at)
        if tag is None:
            raise _unexpected(text, at, expected=_A_TAG)
        branches[-1].append(tag[0])
        at = _after_blanks(text, tag.end())
        if at == len(text):
            return TagExpression(tuple(dict.fromkeys(tuple(dict.fromkeys(branch)) for branch in branches)))
        if text[at] not in "+|":
            raise _unexpected(text, at, expected="'+', '|' or the end")
        if text[at] == "|":
            branches.append([])
        if len(branches) > MAX_BRANCHES:
            raise _too_large(at, f"{MAX_BRANCHES} alternatives")
        at = _after_blanks(text, at + 1)
    raise _too_large(at, f"{MAX_TAGS:,} tags")


def _after_blanks(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at


def _unexpected(text: str, at: int, *, expected: str) -> TagExpressionInvalid:
    found = repr(text[at]) if at < len(text) else "the end"
    near = near_words_in(text, at)
    return TagExpressionInvalid(
        f"Invalid tag expression at position {at}: found {found}, expected {expected}{near}.", position=at
    )


def _too_large(at: int, limit: str) -> TagExpressionInvalid:
    return TagExpressionInvalid(
        f"Invalid tag expression at position {at}: it holds more than the limit of {limit}.", position=at
    )

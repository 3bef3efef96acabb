"""What kind of relative somebody is: `my twin sister Paula`, `our younger son is called Matteo`."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import SELF
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.text.nouns import RELATIONS
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

KINDS = words(
    """twin identical younger youngest older oldest elder eldest little big baby middle adopted adoptive foster half
    biological estranged firstborn"""
)
_CHILDREN = words("eldest oldest youngest firstborn")
"""Of somebody's children where no noun follows."""
_OF_KIN = words("has_child has_sibling has_parent")


def kinds_of_kin(told: Sequence[Assertion], tokens: Sequence[Token]) -> list[Assertion]:
    """`twin_sister` Paula, beside that she is a sister; nothing where several are named."""
    found = []
    for key, kind in _kinds(tokens):
        named = [each for each in told if (each.key, each.entity) == (key, SELF) and each.target and not each.move]
        if len(named) == 1:
            value = named[0].target
            found.append(replace(named[0], key=kind, value=value, target="", target_type="", beside=True))
    return found


def _kinds(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """The key of the relation, and what kind it is of."""
    lows = [token.low for token in tokens]
    found = []
    for at in range(1, len(lows)):
        begin = at
        while begin and lows[begin - 1] in KINDS:
            begin -= 1
        key = RELATIONS.get(lows[at], "")
        if key in _OF_KIN and begin < at:
            found.append((key, "_".join(lows[begin : at + 1])))
        elif lows[at] in _CHILDREN and not any(low in RELATIONS for low in lows[at + 1 : at + 2]):
            found.append(("has_child", lows[at]))
    return found

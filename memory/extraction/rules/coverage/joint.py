"""`my wife and I met in Bristol`: what is told of the speaker is told of her, too."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import SELF
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.subjects.relatives import RELATIVES
from memory.extraction.rules.text.tokens import Token

_FIRST = 6
"""Tokens in which `and I` begins a clause's subject."""


def of_fellow(told: Sequence[Assertion], tokens: Sequence[Token]) -> list[Assertion]:
    """Under the relative's own key (`wife_met_at`); nothing where a row names him already."""
    noun = _fellow(tokens)
    own = [each for each in told if each.entity == SELF and not each.beside]
    if not noun or any(noun in (part for part in (*each.key.split("_"), each.value)) for each in own):
        return []
    return [
        replace(
            each,
            key=f"{noun}_{each.key}",
            value=each.value or each.target,
            target="",
            target_type="",
            said_with=each.said_with and f"{noun}_{each.said_with}",
            inferred=True,
        )
        for each in own
    ]


def _fellow(tokens: Sequence[Token]) -> str:
    """`brother` of `my brother and I`; with an adjective it is left to be told."""
    lows = [token.low for token in tokens[:_FIRST]]
    for at in range(1, len(lows) - 2):
        if lows[at + 1 : at + 3] == ["and", "i"] and lows[0] == "my":
            noun = " ".join(lows[1 : at + 1])
            return noun.replace(" ", "_").replace("-", "_") if noun in RELATIVES else ""
    return ""

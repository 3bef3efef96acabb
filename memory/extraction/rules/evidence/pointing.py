"""Values that say nothing by themselves: half of a comparison, a pronoun that stands for a thing."""

from collections.abc import Sequence
from itertools import pairwise

from memory.extraction.rules.text.forms import FORMS
from memory.extraction.rules.text.lexicon import PREPOSITIONS
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

_AGAINST = words("to over than rather")
_GOING = words(
    """going coming getting listening talking speaking writing travelling traveling moving returning heading walking
    driving cycling running flying commuting sailing riding"""
)
_RIDDEN = words("bus train car tram tube metro underground taxi plane bike ferry coach lift cab boat")


def is_half_compared(value: str, tokens: Sequence[Token]) -> bool:
    """Of `I prefer …`: a value that holds what it is compared with (`train to flying`), or that ends where its own `to`
    begins (`going` to the cinema). `prefer to cycle to work` compares nothing."""
    at = next((at for at, token in enumerate(tokens) if token.low.startswith("prefer")), len(tokens))
    behind = [token.low for token in tokens[at + 1 :]]
    if not behind or behind[0] == "to":
        return False
    return not _AGAINST.isdisjoint(value.casefold().split()) or _is_whither(behind)


def is_whither(tokens: Sequence[Token]) -> bool:
    """`prefer going to the cinema`: where to, and nothing else."""
    at = next((at for at, token in enumerate(tokens) if token.low.startswith("prefer")), len(tokens))
    return _is_whither([token.low for token in tokens[at + 1 :]])


def _is_whither(behind: Sequence[str]) -> bool:
    at = behind.index("to") if "to" in behind else 0
    if not at or behind[at - 1] not in _GOING:
        return False
    other = behind[at + 1 :]
    return not (_RIDDEN & set(other) or any(_is_doing(low) for low in other[:1]))


def _is_doing(low: str) -> bool:
    return any(kind == "ing" for _, kind in FORMS.get(low, ()))


_PRONOUNS = words("one ones some it them any none this that these those")


def is_pronoun(value: str, tokens: Sequence[Token]) -> bool:
    """`plays one at parties`, `drinks (some) at Christmas`: of what, nobody said."""
    first, _, rest = value.partition(" ")
    second = rest.partition(" ")[0]
    if first in _PRONOUNS:
        return not rest or (second in PREPOSITIONS and second != "of")
    lows = [token.low.partition(" ")[0] for token in tokens]
    behind = {low for before, low in pairwise(lows[1:]) if before in _PRONOUNS - {"this", "that"}}
    return first in PREPOSITIONS and first in behind

"""A clause as those word it who learn English or chat, in the order in which readers look for it."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.rules.subjects.relatives import RELATIVES
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.heads import FINITE
from memory.extraction.rules.text.phrases import is_proper
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

_TASTES = words("like likes love loves hate hates enjoy enjoys adore adores dislike dislikes")
_DEGREES = (("very", "much"), ("so", "much"), ("a", "lot"), ("so", "very", "much"), ("really", "much"))
_AGAIN = words("he she they it")


def in_plain_order(tokens: Sequence[Token]) -> Sequence[Token]:
    """`my wife she works here` with its subject said once, `I like very much the tea` without its degree."""
    return _without_again(_without_degree(_without_second_subject(_of_a_family(tokens))))


def _of_a_family(tokens: Sequence[Token]) -> Sequence[Token]:
    """`the Hendersons' tap`: theirs, as readers look for it."""
    if len(tokens) < 5 or tokens[0].low not in ("the", "our") or tokens[2].text not in ("'", "’"):
        return tokens
    several = is_proper(tokens[1]) and tokens[1].low.endswith("s") and tokens[2].start == tokens[1].end
    return [*tokens[:2], replace(tokens[2], text="'s", low="'s", kind="word"), *tokens[3:]] if several else tokens


def _without_again(tokens: Sequence[Token]) -> Sequence[Token]:
    """`broke down again this morning`: before a time, as it is read at the end; and without an `instead` there."""
    tokens = tokens[:-1] if len(tokens) > 2 and tokens[-1].low == "instead" else tokens
    at = next((at for at in range(3, len(tokens) - 1) if tokens[at].low == "again"), 0)
    return [*tokens[:at], *tokens[at + 1 :]] if at and tokens[at + 1].kind == "time" else tokens


def _without_second_subject(tokens: Sequence[Token]) -> Sequence[Token]:
    at = 1 if tokens and is_proper(tokens[0]) else 2
    kin = at == 2 and len(tokens) > 4 and tokens[0].low in ("my", "our") and tokens[1].low in RELATIVES
    if len(tokens) < at + 3 or not (kin or at == 1) or tokens[at].low not in _AGAIN:
        return tokens
    verb = tokens[at + 1].low
    kinds = {kind for _, kind in VERB_FORMS.get(verb, ())}
    follows = verb in FINITE or verb == "'s" or bool(kinds & {"third", "past"})
    return [*tokens[:at], *tokens[at + 1 :]] if follows else tokens


def _without_degree(tokens: Sequence[Token]) -> Sequence[Token]:
    """How much one likes something is no part of what one likes."""
    verb = next((at for at, token in enumerate(tokens[:6]) if token.low in _TASTES), 0)
    if not verb:
        return tokens
    for said in _DEGREES:
        width = len(said)
        for at in (verb + 1, len(tokens) - width):
            found = tuple(token.low for token in tokens[at : at + width]) == said
            if found and len(tokens) - width > verb + 1:
                return [*tokens[:at], *tokens[at + width :]]
    return tokens

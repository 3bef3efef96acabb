"""Who belongs to somebody: the nouns, and the adjectives that stand before them."""

from memory.extraction.rules.text.nouns import OTHER_RELATIONS, RELATIONS
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.words import words

_ADJECTIVES = words(
    """older elder younger little big only oldest youngest eldest twin dear lovely beloved new current direct first
    second third two three four five close closest best good other immediate adopted one main biggest closest"""
)

PAST_ADJECTIVES = words("old former ex previous prior past ex-")

RELATIVES = RELATIONS | {"best friend": "has_friend", "line manager": "reports_to", "team lead": "reports_to"}
RELATIVES |= dict.fromkeys(OTHER_RELATIONS, "other")


def take_adjectives(cursor: Cursor) -> bool:
    """Past them, and whether one says that it is over (`my former manager`)."""
    ended = False
    while cursor.low() in _ADJECTIVES | PAST_ADJECTIVES and (cursor.low(), cursor.low(1)) not in _KEPT:
        ended |= cursor.low() in PAST_ADJECTIVES
        cursor.at += 1
    if cursor.low().startswith("ex-"):
        return True
    return ended


_KEPT = {("best", "friend"), ("first", "name"), ("first", "language"), ("second", "language"), ("main", "focus")}
_KEPT |= {("main", "project"), ("main", "hobby"), ("current", "focus"), ("main", "priority"), ("biggest", "passion")}

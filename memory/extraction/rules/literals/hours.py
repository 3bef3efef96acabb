"""When a shop or an office is open, in the words it was told in: `we're open from Monday to Friday, 9 to 5`."""

from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.literals.things import read_subject_thing
from memory.extraction.rules.scene import ME, Assertion, Ref
from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import WEEKDAYS

_BETWEEN = words(
    "from to till until through and on at am pm a.m p.m - – , every day daily weekdays weekends noon midnight"
)


def read_hours(cursor: Cursor) -> list[Assertion]:
    """All of what stands behind `open`, where it is nothing but days and clock times."""
    we = cursor.take("we", "are")
    thing = None if we else read_subject_thing(cursor)
    if not we and (thing is None or not (cursor.take("is") or cursor.take("are"))):
        return []
    if not cursor.take("open"):
        return []
    start = cursor.at
    while not cursor.done and _is_time(cursor):
        cursor.at += 1
    said = join_tokens(cursor.tokens[start : cursor.at])
    spans = any(each in WEEKDAYS for each in said.casefold().split())
    if not cursor.done or not spans:
        return []
    if thing is None:
        return [attribute(Ref(name=ME.name, type="person", inferred=True), "opening_hours", said)]
    return [thing.tell("opening_hours", said)]


def _is_time(cursor: Cursor) -> bool:
    spelled = spelled_number(cursor.low()) is not None
    return (
        spelled
        or cursor.kind() in ("time", "number")
        or cursor.low().rstrip("s") in WEEKDAYS
        or cursor.low() in _BETWEEN
    )

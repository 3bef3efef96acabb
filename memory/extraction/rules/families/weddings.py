"""Weddings: `Kwame and I got married in 2016`, `I'm getting married on 20 September`."""

from memory.extraction.rules.families.assertions import attribute, relation
from memory.extraction.rules.scene import ME, Assertion, guess_type
from memory.extraction.rules.text.phrases import Cursor, read_name
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.clocks import read_when


def _to_come(cursor: Cursor) -> list[Assertion]:
    """`my girlfriend and I are getting married on 14 June`: the day, and to whom."""
    start = cursor.at
    who = (cursor.take("my") and cursor.take_any(_BETROTHED)) or ""
    name = read_name(cursor)
    known = who or guess_type(name) == "person"
    if known and cursor.take("and", "i", "are", "getting", "married") and (day := read_when(cursor)):
        to = relation(ME, "engaged_to", name, "person") if name else attribute(ME, "engaged_to", who)
        return [attribute(ME, "wedding_date", day), to]
    cursor.at = start
    return []


_BETROTHED = words("girlfriend boyfriend fiance fiancee fiancé fiancée partner")


def read_wedding(cursor: Cursor) -> list[Assertion]:
    """To whom the speaker is married, or when they will be; a name has to be a person's."""
    if cursor.take("i", "am", "getting", "married") or cursor.take("we", "are", "getting", "married"):
        day = read_when(cursor)
        return [attribute(ME, "wedding_date", day)] if day else []
    if told := _to_come(cursor):
        return told
    name = read_name(cursor)
    if guess_type(name) != "person" or not cursor.take("and", "i"):
        return []
    married = any(cursor.take(each, "married") for each in ("got", "are", "were")) or cursor.take("married")
    return [relation(ME, "married_to", name, "person")] if married else []

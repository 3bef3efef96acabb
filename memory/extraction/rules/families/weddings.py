"""Weddings: `Kwame and I got married in 2016`, `I'm getting married on 20 September`."""

from memory.extraction.rules.families.assertions import attribute, relation
from memory.extraction.rules.scene import ME, Assertion, guess_type
from memory.extraction.rules.text.phrases import Cursor, read_name
from memory.extraction.rules.times.clocks import read_when


def read_wedding(cursor: Cursor) -> list[Assertion]:
    """To whom the speaker is married, or when they will be; a name has to be a person's."""
    if cursor.take("i", "am", "getting", "married") or cursor.take("we", "are", "getting", "married"):
        day = read_when(cursor)
        return [attribute(ME, "wedding_date", day)] if day else []
    name = read_name(cursor)
    if guess_type(name) != "person" or not cursor.take("and", "i"):
        return []
    married = any(cursor.take(each, "married") for each in ("got", "are", "were")) or cursor.take("married")
    return [relation(ME, "married_to", name, "person")] if married else []

"""Where and when somebody was born, and where they come from."""

import re

from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.text.phrases import Cursor, read_name, read_place
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.times.days import is_day_of_year, read_date_words


def read_born(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`was born in Oslo`, `born on 5 May 1990`, `born in 1990`."""
    if group.negated or not cursor.take("born"):
        return []
    place = _place(cursor, scene)
    told = [attribute(ref, "birthplace", place)] if place else []
    told += _day_of_birth(cursor, ref)
    group.tense = Tense.PRESENT
    return told


def _day_of_birth(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """A birthday needs a day; a month alone says too little."""
    start = cursor.at
    value = read_date_words(cursor)
    if is_day_of_year(value):
        return [attribute(ref, "birthday", value)]
    if re.fullmatch(r"(?:19|20)\d\d", value):
        return [attribute(ref, "birth_year", value)]
    cursor.at = start
    return []


def _place(cursor: Cursor, scene: Scene) -> str:
    """The place after `in`: a name that is known to be nothing else."""
    start = cursor.at
    place = read_place(cursor) if cursor.take("in") else ""
    if place and scene.type_of(place) in ("location", ""):
        return place
    cursor.at = start
    return ""


def read_grow(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`grew up in Oslo`: told of the past."""
    if group.tense is not Tense.PAST or group.negated or ref.type != "person" or not cursor.take("up"):
        return []
    place = _place(cursor, scene)
    return [attribute(ref, "hometown", place)] if place else []


def read_from(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`from Lagos`, `originally from Lagos`: only what is known as a place, as one is "from" a firm, too."""
    if ref.type != "person" or not cursor.take("from"):
        return []
    place = _called(cursor)
    surely = bool(place)
    place = place or read_place(cursor)
    if not surely and scene.type_of(place) != "location":
        return []
    group.ended = False
    return [attribute(ref, "hometown", place)]


def _called(cursor: Cursor) -> str:
    """`a town called Nitra in Slovakia`: a place by its noun."""
    start = cursor.at
    cursor.take_any(("a", "an", "the"))
    cursor.take_any(("small", "little", "tiny", "big"))
    named = cursor.take_any(("town", "village", "city", "place", "suburb", "hamlet", "island", "region"))
    place = read_name(cursor) if named and cursor.take_any(("called", "named")) else ""
    if not place:
        cursor.at = start
    elif cursor.take_any(("in", "near", "outside")) and not read_name(cursor):
        cursor.at -= 1
    return place

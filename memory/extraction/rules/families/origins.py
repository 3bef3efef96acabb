"""Where and when somebody was born, where they come from, and what they learnt there."""

import re

from memory.extraction.rules.families.assertions import attribute, relation
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.text.phrases import (
    Cursor,
    join_tokens,
    read_firm,
    read_list,
    read_name,
    read_place,
    read_thing,
)
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.days import is_day_of_year, read_date_words


def read_born(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`was born in Oslo`, `born on 5 May 1990`, `born in 1990`."""
    if group.negated or not cursor.take("born"):
        return []
    place = _place(cursor, scene)
    told = [attribute(ref, "birthplace", place)] if place else []
    told += _day_of_birth(cursor, ref)
    if told and not place and (place := _place(cursor, scene)):
        told.append(attribute(ref, "birthplace", place))
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
    return place or _near(cursor)


def _near(cursor: Cursor) -> str:
    """`a small village near Brno`: a place by the one that it lies at."""
    start = cursor.at
    if not cursor.take_any(("a", "the")):
        return ""
    begin = cursor.at
    cursor.take_any(("small", "little", "tiny", "big"))
    named = cursor.take_any(("town", "village", "city", "suburb", "hamlet", "island"))
    if named and cursor.take_any(("near", "outside", "in")) and read_name(cursor):
        return join_tokens(cursor.tokens[begin : cursor.at])
    cursor.at = start
    return ""


_DEGREES = words("degree degrees phd doctorate mba bachelor bachelors master masters ba bsc msc ma diploma studies")


def read_degree(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`a degree in economics from the University of Warsaw`, `my PhD at ETH Zurich`."""
    cursor.take_any(("a", "an", "my", "his", "her", "two"))
    start = cursor.at
    while not cursor.done and cursor.low() not in ("at", "from") and cursor.at - start < 9:
        cursor.at += 1
    told = {token.low for token in cursor.tokens[start : cursor.at]}
    if not told & _DEGREES or not cursor.take_any(("at", "from")):
        return []
    school = read_firm(cursor)
    return [relation(ref, "studied_at", school, "organisation")] if school else []


def read_certify(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if not group.passive or not cursor.take_any(("in", "as")):
        return []
    return [attribute(ref, "certified_in", each) for each in read_list(cursor, read_thing)]

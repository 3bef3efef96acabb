"""What is told of a thing by a literal: a day, a clock time, a price, a number, an address on the net.

`the API rate limit is 500 requests per minute`, `my passport expires on 3 May`, `Choir costs 12 quid a month`. A thing
of the speaker's is told of the speaker (`passport_expires`), as with a relative whom nobody named.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.families.work import read_team
from memory.extraction.rules.literals.slots import (
    read_called,
    read_count,
    read_people,
    read_price_of,
    read_proper,
    read_site,
    read_software,
    read_street,
)
from memory.extraction.rules.literals.things import AMOUNTS, DAYS, Thing, read_subject_thing
from memory.extraction.rules.scene import Assertion, Ref, guess_type
from memory.extraction.rules.text.nouns import (
    ATTRIBUTES,
    OTHER_RELATIONS,
    RELATIONS,
    ROLES,
    SERVING,
    THING_ATTRIBUTES,
)
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.clocks import read_when
from memory.extraction.rules.times.days import is_day_of_year

Slot = Callable[[Cursor], str]


def read_literal(cursor: Cursor) -> list[Assertion]:
    """Nothing for a subject that is abstract or of fiction, or where no literal stands."""
    if told := _there_are(cursor):
        return told
    thing = read_subject_thing(cursor)
    if thing is None:
        return []
    cursor.skip()
    start = cursor.at
    for said, key, slot in _FRAMES:
        cursor.at = start
        if _take(cursor, said) and (value := slot(cursor)) and _fits(thing, key, value):
            return [thing.tell(_kind_of(key, thing), value)]
    cursor.at = start
    return _measured(cursor, thing)


_PERSONS = frozenset(RELATIONS) | OTHER_RELATIONS | ROLES | SERVING | words("ex lawyer guy girl man woman team life")


def _kind_of(key: str, thing: Thing) -> str:
    """A person that is due has no deadline."""
    if key == "deadline" and thing.last in _PERSONS | _YOUNG:
        return "due" if thing.noun else "baby_due"
    return "date" if key == "day" else key


_YOUNG = words("baby child twins")


def _fits(thing: Thing, key: str, value: str) -> bool:
    """Whether the literal is one of its kind: a person's name is sure to be one, a birthday is a day of the year."""
    if key in ("", "name", "size"):
        return _names(thing, key, value)
    if key == "price":
        return thing.last not in AMOUNTS or bool(thing.noun)
    if thing.last in DAYS:
        return key in ("date", "day") and (is_day_of_year(value) or value.casefold() in _FEASTS)
    return key != "day" or thing.last in _EVENTS


def _names(thing: Thing, key: str, value: str) -> bool:
    if key == "size":
        return bool(thing.noun) and thing.last in _GROUPS
    if key == "name" and thing.last in _PERSONS:
        return guess_type(value) == "person" or value.casefold().split(" ")[0].rstrip(".") in _TITLES
    known = _PERSONS | ATTRIBUTES.keys() | THING_ATTRIBUTES.keys() | _VAGUE
    return bool(key) or (bool(thing.noun) and thing.last not in known)


_GROUPS = words("team company family school class department group")
_EVENTS = words(
    """appointment meeting dentist doctor hairdresser interview exam test wedding party deadline call standup stand-up
    class lesson concert flight launch release dinner lunch breakfast brunch delivery checkup check-up review demo
    shift rehearsal trip retro retrospective kickoff workshop training practice match game race surgery operation
    conference talk presentation ceremony funeral graduation course viewing inspection audit sprint election
    reservation booking market fair session sync huddle all-hands catch-up briefing train bus ferry
    barbecue picnic reunion"""
)
_VAGUE = words("plan point guess goal choice favourite favorite hero idol mind heart soul blood middle turn fault")
_TITLES = words("mr mrs ms miss dr prof professor")
_FEASTS = words("halloween christmas easter")
_HELPED = words("is 's are was has have been got just now still actually")


def _there_are(cursor: Cursor) -> list[Assertion]:
    """`there are seven people on the payments team`: how many a team with a name of its own has."""
    if not (cursor.take("there", "are") or cursor.take("there", "is")):
        return []
    counted = read_people(cursor)
    team = read_team(cursor) if counted and cursor.take_any(("on", "in")) else ""
    return [attribute(Ref(name=team, type="organisation"), "team_size", counted)] if team else []


def _take(cursor: Cursor, said: str) -> bool:
    """Past the verb as it is written in the table; `?` for a helper in front of a participle."""
    if said.startswith("?"):
        before = cursor.at
        cursor.take_all(_HELPED)
        return cursor.at > before and bool(cursor.take_any(said[1:].split("|"))) and _forth(cursor)
    low = cursor.low()
    return any(low == way[0] and cursor.take(*way) for way in _ways(said))


def _forth(cursor: Cursor) -> bool:
    """`to`, `back to`, `forward to`."""
    cursor.take_any(("back", "forward"))
    return cursor.take("to")


@lru_cache(maxsize=256)
def _ways(said: str) -> Sequence[Sequence[str]]:
    return tuple(tuple(each.split()) for each in said.split("|"))


_FRAMES: Sequence[tuple[str, str, Slot]] = (
    ("is called|'s called|is named|goes by", "name", read_called),
    ("expires|runs out|is valid until|is good until", "expires", read_when),
    ("goes live|launches|ships|comes out|is released|is going live", "goes_live", read_when),
    ("is due|are due|'s due|falls due", "deadline", read_when),
    ("starts|begins|kicks off", "starts", read_when),
    ("opens", "opens", read_when),
    ("ends|finishes|closes|shuts|is over", "ends", read_when),
    ("lands|arrives|gets in", "arrives", read_when),
    ("leaves|departs|takes off|boards|sails", "departs", read_when),
    ("meets", "meets", read_when),
    ("rehearses", "rehearses", read_when),
    ("takes place|happens|falls", "date", read_when),
    ("is|are|'s", "day", read_when),
    ("?moved|pushed|postponed|rescheduled|shifted|changed|brought", "date", read_when),
    ("costs|cost|sells for|goes for|is priced at|is|'s|are", "price", read_price_of),
    ("went up to|rose to|has gone up to|goes up to|fell to|dropped to|increased to|is now", "price", read_price_of),
    ("holds|seats|fits|sleeps", "capacity", read_count),
    ("employs", "employs", read_count),
    ("lives at|is at|is hosted at|runs at|is|'s", "address", read_site),
    ("is|'s", "", read_proper),
    ("is|'s", "", read_street),
    ("runs on|runs|uses", "uses", read_software),
    ("has|consists of|is", "size", read_people),
)
_MEASURES = words(
    """limit timeout port version size capacity weight height length width temperature interval speed fee rent
    threshold quota extension room floor wattage voltage resolution mileage"""
)


def _measured(cursor: Cursor, thing: Thing) -> list[Assertion]:
    """`the API rate limit is 500 requests per minute`: what may be measured, and a number."""
    vague = not thing.noun and " " not in thing.ref.name
    if vague or thing.last not in _MEASURES or not (cursor.take("is") or cursor.take("'s")):
        return []
    value = read_count(cursor)
    return [attribute(thing.ref, thing.noun or "value", value, kind="other")] if value else []

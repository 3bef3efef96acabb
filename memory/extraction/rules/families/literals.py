"""What is told of a thing by a literal: a day, a clock time, a price, a number, an address on the net.

`the API rate limit is 500 requests per minute`, `my passport expires on 3 May`, `Choir costs 12 quid a month`. A thing
of the speaker's is told of the speaker (`passport_expires`), as with a relative whom nobody named.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from memory.extraction.diff import SELF
from memory.extraction.rules.families.assertions import attribute, read_technology
from memory.extraction.rules.owners import is_abstract
from memory.extraction.rules.scene import Assertion, Ref, guess_type
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS, spelled_number
from memory.extraction.rules.text.nouns import (
    ATTRIBUTES,
    NAMELESS,
    OTHER_RELATIONS,
    RELATIONS,
    ROLES,
    SERVING,
    THING_ATTRIBUTES,
)
from memory.extraction.rules.text.phrases import Cursor, at_boundary, join_tokens, read_name
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.clocks import read_when
from memory.extraction.rules.times.days import is_day_of_year
from memory.vocabulary.folding import fold_token

Slot = Callable[[Cursor], str]


@dataclass(frozen=True)
class Thing:
    """`noun`: what of `ref` it is, "" for the thing itself; `last`: its last word."""

    ref: Ref
    noun: str = ""
    last: str = ""

    def tell(self, key: str, value: str) -> Assertion:
        if not key:
            return attribute(self.ref, self.noun, value, kind="other")
        if self.noun and self.last in (_AMOUNTS if key == "price" else _DAYS | _DUE if key == "date" else ()):
            return attribute(self.ref, self.noun, value, kind="other")
        return attribute(self.ref, f"{self.noun}_{key}" if self.noun else key, value, kind="other")


def read_literal(cursor: Cursor) -> list[Assertion]:
    """Nothing for a subject that is abstract or of fiction, or where no literal stands."""
    thing = _thing(cursor)
    if thing is None:
        return []
    cursor.skip()
    start = cursor.at
    for said, key, slot in _FRAMES:
        cursor.at = start
        if _take(cursor, said) and (value := slot(cursor)) and _fits(thing, key, value):
            return [thing.tell("date" if key == "day" else key, value)]
    cursor.at = start
    return _measured(cursor, thing)


_PERSONS = frozenset(RELATIONS) | OTHER_RELATIONS | ROLES | SERVING | words("ex lawyer guy girl man woman team life")
_AMOUNTS = words("budget rent salary fee price cost deposit fare total bill")
_DAYS = words("birthday anniversary")
_DUE = words("deadline")


def _fits(thing: Thing, key: str, value: str) -> bool:
    """Whether the literal is one of its kind: a person's name is sure to be one, a birthday is a day of the year."""
    if key == "name" and thing.last in _PERSONS:
        return guess_type(value) == "person" or value.casefold().split(" ")[0].rstrip(".") in _TITLES
    if not key:
        return bool(thing.noun) and thing.last not in _PERSONS | ATTRIBUTES.keys() | THING_ATTRIBUTES.keys() | _VAGUE
    if key == "size":
        return bool(thing.noun) and thing.last in (
            "team",
            "company",
            "family",
            "school",
            "class",
            "department",
            "group",
        )
    if key == "day" and thing.last not in _EVENTS | _DAYS:
        return False
    if thing.last in _DAYS:
        return key in ("date", "day") and (is_day_of_year(value) or value.casefold() in _FEASTS)
    return key != "price" or thing.last not in _AMOUNTS or bool(thing.noun)


_EVENTS = words(
    """appointment meeting dentist doctor hairdresser interview exam test wedding party deadline call standup stand-up
    class lesson concert flight launch release dinner lunch breakfast brunch delivery checkup check-up review demo
    shift rehearsal trip retro retrospective kickoff workshop training practice match game race surgery operation
    conference talk presentation ceremony funeral graduation course viewing inspection audit sprint election
    reservation booking market fair session train bus ferry barbecue picnic reunion"""
)
_VAGUE = words("plan point guess goal choice favourite favorite hero idol mind heart soul blood middle turn fault")
_TITLES = words("mr mrs ms miss dr prof professor")
_FEASTS = words("halloween christmas easter")
_HELPED = words("is 's are was has have been got just now still actually")


def _take(cursor: Cursor, said: str) -> bool:
    """Past the verb as it is written in the table; `?` for a helper in front of a participle."""
    if said.startswith("?"):
        before = cursor.at
        cursor.take_all(_HELPED)
        return cursor.at > before and bool(cursor.take_any(said[1:].split("|"))) and cursor.take("to")
    return any(cursor.take(*each.split()) for each in said.split("|"))


_NOT_THINGS = words(
    """time story novel book film movie game song dream joke hero character plot universe world everything something
    one thing things people party rumour rumor word truth idea question problem answer point way life lyrics"""
)


def _thing(cursor: Cursor) -> Thing | None:
    owner = _owner(cursor)
    run = _nouns(cursor)
    lows = [token.low for token in run]
    whole = _whole(cursor) if cursor.tokens[0].low == "the" else None
    owner = whole or owner
    _past_goal(cursor)
    if not run or is_abstract(lows[-1]) or lows[-1] in _NOT_THINGS or lows[0] in _UNKEPT:
        return None
    if owner is not None:
        return Thing(owner, fold_token(" ".join(lows)), lows[-1])
    return Thing(Ref(name=join_tokens(run), type=""), last=lows[-1])


def _nouns(cursor: Cursor) -> Sequence[Token]:
    start = cursor.at
    while _is_noun(cursor) and cursor.at - start < 4:
        cursor.at += 1
    return cursor.tokens[start : cursor.at]


def _whole(cursor: Cursor) -> Ref | None:
    """`for the grant`: what the deadline is of."""
    start = cursor.at
    joined = cursor.take_any(("for", "of")) and cursor.take_any(("the", "our"))
    run = _nouns(cursor) if joined else ()
    if run and not is_abstract(run[-1].low) and run[-1].low not in _NOT_THINGS:
        return Ref(name=join_tokens(run), type="")
    cursor.at = start
    return None


def _past_goal(cursor: Cursor) -> None:
    """`to Nairobi` of a flight, `with Lars` of a meeting."""
    start = cursor.at
    named = cursor.take_any(("to", "from", "with", "for")) and read_name(cursor)
    if not named:
        cursor.at = start


_UNKEPT = words("no any some every each all other another same first last next old former only")


def _owner(cursor: Cursor) -> Ref | None:
    if cursor.low() in ("my", "our"):
        cursor.at += 1
        return Ref(name=SELF, type="person", inferred=cursor.low(-1) == "our")
    if cursor.take_any(("the", "this", "that")):
        return None
    start = cursor.at
    name = read_name(cursor)
    if name and cursor.take("'s") and cursor.kind() == "word" and _is_noun(cursor):
        return Ref(name=name, type="")
    cursor.at = start
    return None


def _is_noun(cursor: Cursor) -> bool:
    low = cursor.low()
    return cursor.kind() in ("word", "number") and low not in FUNCTION_WORDS and low not in _VERBS and low != "'s"


def _price(cursor: Cursor) -> str:
    """With its unit of time: `12 quid a month`."""
    start = cursor.at
    cursor.take_any(("only", "now", "still"))
    begin = cursor.at
    price = cursor.attempt(_pounds)
    if not price:
        cursor.at = start
        return ""
    if cursor.low() in ("a", "per", "an", "each") and cursor.low(1) in _PER:
        cursor.at += 2
    return join_tokens(cursor.tokens[begin : cursor.at])


_PER = words("month year week day night hour person head kilo kg piece seat licence license user")
_MONEY = words("quid bucks euros euro dollars pounds francs crowns kronor pence cents")


def _pounds(cursor: Cursor) -> str:
    named = cursor.low(1) in _MONEY
    if cursor.kind() != "number" or not (named or cursor.low()[:1] in ("€", "$", "£", "¥")):
        return ""
    cursor.at += 1 + named
    return cursor.low(-1)


_COUNTED = words("a an per every of and")


def _count(cursor: Cursor) -> str:
    """`1,400 pallets`, `500 requests per minute`: a number, and what is counted."""
    start = cursor.at
    cursor.take("up", "to")
    if cursor.kind() != "number" and spelled_number(cursor.low()) is None:
        return ""
    cursor.at += 1
    while cursor.kind() == "word" and cursor.at - start < 6 and not _ends_count(cursor):
        cursor.at += 1
    return join_tokens(cursor.tokens[start : cursor.at])


def _ends_count(cursor: Cursor) -> bool:
    return cursor.low() in FUNCTION_WORDS and cursor.low() not in ("per", "a", "every", "people")


_SITE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?|\d{1,3}(?:\.\d{1,3}){3}", re.IGNORECASE)


def _site(cursor: Cursor) -> str:
    """A URL, a domain with its path, an address of a host."""
    start = cursor.at
    while not cursor.done and (cursor.at == start or cursor.token().start == cursor.tokens[cursor.at - 1].end):  # type: ignore[union-attr]
        cursor.at += 1
    text = join_tokens(cursor.tokens[start : cursor.at]).rstrip(".,")
    return text if _SITE.fullmatch(text) or text.startswith(("http://", "https://")) else ""


def _called(cursor: Cursor) -> str:
    return read_name(cursor)


def _software(cursor: Cursor) -> str:
    """`Fedora 40`: known as software by its name."""
    start = cursor.at
    if not read_technology(cursor):
        return ""
    cursor.at += cursor.kind() == "number"
    return join_tokens(cursor.tokens[start : cursor.at])


def _people(cursor: Cursor) -> str:
    """`eight people`."""
    start = cursor.at
    counted = _count(cursor)
    cursor.at = (
        cursor.at if counted.endswith((" people", " members", " engineers", " employees", " students")) else start
    )
    return counted if cursor.at > start else ""


def _proper(cursor: Cursor) -> str:
    """A name, a handle, a bare number, and nothing behind it that would change it."""
    start = cursor.at
    if cursor.take("@") and cursor.kind() == "word":
        cursor.at += 1
        return join_tokens(cursor.tokens[start : cursor.at])
    name = read_name(cursor)
    return name if name and at_boundary(cursor) and not set(name.casefold().split()) & NAMELESS else ""


_FRAMES: Sequence[tuple[str, str, Slot]] = (
    ("is called|'s called|is named|goes by", "name", _called),
    ("expires|runs out|is valid until|is good until", "expires", read_when),
    ("goes live|launches|ships|comes out|is released|is going live", "goes_live", read_when),
    ("is due|are due|'s due|falls due", "deadline", read_when),
    ("starts|begins|kicks off|opens", "starts", read_when),
    ("ends|finishes|closes|shuts|is over", "ends", read_when),
    ("lands|arrives|gets in", "arrives", read_when),
    ("leaves|departs|takes off|boards|sails", "departs", read_when),
    ("meets|rehearses|takes place|happens|falls", "date", read_when),
    ("is|are|'s", "day", read_when),
    ("?moved|pushed|postponed|rescheduled|shifted|changed|brought", "date", read_when),
    ("costs|cost|sells for|goes for|is priced at|is|'s|are", "price", _price),
    ("holds|seats|fits|sleeps", "capacity", _count),
    ("employs", "employs", _count),
    ("lives at|is at|is hosted at|runs at|is|'s", "address", _site),
    ("is|'s", "", _proper),
    ("runs on|runs|uses", "uses", _software),
    ("has|consists of|is", "size", _people),
)
_VERBS = {
    each.split()[0] for said, _, _ in _FRAMES for each in said.removeprefix("?").split("|") if each.split()[0] != "cost"
} | words("moved got has have was been slipped went runs weighs measures")
_MEASURES = words(
    """limit timeout port version size capacity weight height length width temperature interval speed fee rent
    threshold quota code extension room floor wattage voltage resolution mileage"""
)


def _measured(cursor: Cursor, thing: Thing) -> list[Assertion]:
    """`the API rate limit is 500 requests per minute`: what may be measured, and a number."""
    if thing.last not in _MEASURES or not (cursor.take("is") or cursor.take("'s")):
        return []
    value = _count(cursor)
    return [attribute(thing.ref, thing.noun or "value", value, kind="other")] if value else []

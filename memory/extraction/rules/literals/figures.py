"""A figure that has changed, and what several of a thing cost: `the rent went up to 1,900 a month`."""

from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.literals.slots import read_count, read_price_of
from memory.extraction.rules.literals.things import AMOUNTS, read_subject_thing
from memory.extraction.rules.scene import ME, Assertion, Ref
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS, spelled_number
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.words import words

_HELPERS = words("has have was were is are been just now")
_CHANGES = words(
    """went gone rose risen fell fallen dropped increased decreased climbed raised lowered reduced cut changed switched
    grew grown jumped doubled goes rises"""
)
_OWN = words("rent salary mortgage wage wages allowance")
"""With an article the speaker's own."""
_OF_A_HOUSE = words("fee fare deposit bill")
"""With a word before it plain: `the parking fee`; a price needs a thing."""
_MEASURES = words(
    "dozen pair bunch bouquet bottle box loaf pound kilo litre pint bag case crate cup pack packet tray jar"
)


def read_figure(cursor: Cursor) -> list[Assertion]:
    start = cursor.at
    told = _changed(cursor)
    if not told:
        cursor.at = start
        told = _sold(cursor)
    return told


def _changed(cursor: Cursor) -> list[Assertion]:
    thing = read_subject_thing(cursor)
    if thing is None or not _past_change(cursor):
        return []
    value = _amount(cursor)
    if not value:
        return []
    if thing.noun:
        return [attribute(thing.ref, thing.noun, value, kind="other")]
    if thing.ref.name.casefold() in _OWN:
        return [attribute(ME, thing.ref.name.casefold(), value)]
    several = " " in thing.ref.name
    return (
        [attribute(thing.ref, "is", value, kind="other")] if several and thing.last not in AMOUNTS - _OF_A_HOUSE else []
    )


def _past_change(cursor: Cursor) -> bool:
    """Past `has gone up from 40 to`."""
    cursor.take_all(_HELPERS)
    if not cursor.take_any(_CHANGES):
        return False
    cursor.take_any(("up", "down"))
    if cursor.take("from"):
        while not cursor.done and cursor.low() != "to":
            cursor.at += 1
    return cursor.take("to")


def _amount(cursor: Cursor) -> str:
    """A price, a number with its unit, or a code."""
    if cursor.kind() != "number" and spelled_number(cursor.low()) is None:
        return ""
    start = cursor.at
    if not read_price_of(cursor):
        cursor.at = start
        read_count(cursor)
    if cursor.low() in ("a", "per", "an"):
        cursor.at += 2
    return join_tokens(cursor.tokens[start : cursor.at])


def _sold(cursor: Cursor) -> list[Assertion]:
    """`a dozen roses costs 24 pounds`, `a ticket is 5 euros`."""
    if not cursor.take_any(("a", "an", "one")):
        return []
    start = cursor.at
    cursor.take_any(_MEASURES)
    cursor.take("of")
    while cursor.kind() == "word" and cursor.low() not in FUNCTION_WORDS | _COSTS and cursor.at - start < 5:
        cursor.at += 1
    name = join_tokens(cursor.tokens[start : cursor.at])
    price = read_price_of(cursor) if name and cursor.take_any(_COSTS) else ""
    return [attribute(Ref(name=name), "price", price, kind="product")] if price else []


_COSTS = words("costs cost is")

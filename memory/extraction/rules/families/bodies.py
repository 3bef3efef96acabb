"""Ages, heights, and which hand somebody writes with."""

from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.verbs import VerbGroup

_HANDS = ("left-handed", "right-handed", "ambidextrous")
_UNITS = ("cm", "centimetres", "centimeters", "m", "metres", "meters")
_FEET = ("foot", "feet", "ft")


def read_age(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`42`, `42 years old`, `seven`."""
    number = _number(cursor)
    if not number.isdecimal() or not 0 < int(number) < 125:
        return []
    cursor.at += 1
    told = (
        (cursor.low() == "years" and cursor.low(1) == "" and cursor.take("years"))
        or cursor.take("years", "old")
        or cursor.take("years", "of", "age")
        or cursor.take("year", "old")
    )
    cursor.take("now")
    alone = cursor.low() in ("", ",", "and") and ref.type in ("person", "other")
    return [attribute(ref, "age", number)] if told or alone else []


def _number(cursor: Cursor) -> str:
    """The number at the cursor in digits, and "" where none stands there."""
    low = cursor.low()
    return low if low.replace(".", "").isdecimal() else str(spelled_number(low) or "")


def read_body(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`left-handed`, `six foot two`, `180 cm tall`."""
    if ref.type != "person":
        return []
    if hand := cursor.take_any(_HANDS):
        return [attribute(ref, "handedness", hand)]
    if cursor.low() in _SENSES and (lacking := _lacking(cursor)):
        return [attribute(ref, "has_condition", lacking)]
    start = cursor.at
    if not _number(cursor) or not _measured(cursor):
        cursor.at = start
        return []
    return [attribute(ref, "height", join_tokens(cursor.tokens[start : cursor.at]).removesuffix(" tall"))]


_SENSES = ("deaf", "blind", "colour-blind", "color-blind", "colourblind", "colorblind", "short-sighted", "dyslexic")


def _lacking(cursor: Cursor) -> str:
    """`deaf in my left ear`, `colour-blind`: what one is blind or deaf to is another matter."""
    start = cursor.at
    cursor.at += 1
    sided = cursor.take("in") and cursor.take_any(("my", "one", "the", "his", "her")) and True
    if sided:
        cursor.take_any(("left", "right"))
        cursor.take_any(("ear", "eye"))
    return join_tokens(cursor.tokens[start : cursor.at]) if cursor.done or cursor.low() == "," else ""


def _measured(cursor: Cursor) -> bool:
    """Past a number, its unit and `tall`, which may only be left out behind feet and inches at the end."""
    cursor.at += 1
    feet, metric = cursor.take_any(_FEET), cursor.take_any(_UNITS)
    inches = bool(feet and _number(cursor))
    cursor.at += inches
    if (feet or metric) and cursor.take("tall"):
        return True
    return inches and cursor.done

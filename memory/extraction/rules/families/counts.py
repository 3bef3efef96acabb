"""How many there are, what somebody takes for their health, and where a child goes to school."""

from memory.extraction.rules.families.assertions import attribute, relation
from memory.extraction.rules.families.things import read_condition
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.phrases import Cursor, at_boundary, read_firm, read_name
from memory.extraction.rules.text.verbs import VerbGroup
from memory.extraction.rules.text.words import words

_COUNTED = {
    "kid": "children",
    "child": "children",
    "kids": "children",
    "children": "children",
    **{
        each: each for each in ("sons", "daughters", "brothers", "sisters", "siblings", "dogs", "cats", "grandchildren")
    },
    **{f"{each}": f"{each}s" for each in ("son", "daughter", "brother", "sister", "sibling", "dog", "cat")},
}


def read_counts(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`three kids`, `two brothers and a sister`: nobody of whom is named."""
    told = _count(cursor, ref)
    while told:
        start = cursor.at
        more = _count(cursor, ref) if cursor.take_any((",", "and")) else []
        if not more:
            cursor.at = start
            break
        told += more
    return told


_OF_AN_AGE = ("older", "elder", "younger", "little", "big", "twin")
"""There may be others: `one older brother` is not how many brothers there are."""


def _count(cursor: Cursor, ref: Ref) -> list[Assertion]:
    low = cursor.low()
    number = 1 if low in ("a", "an") else int(low) if low.isdecimal() else spelled_number(low)
    start = cursor.at
    cursor.at += 1
    which = cursor.take_any(
        ("older", "elder", "younger", "little", "small", "big", "grown-up", "adult", "teenage", "twin")
    )
    noun = _COUNTED.get(cursor.low(), "")
    if which in _OF_AN_AGE and noun in ("brothers", "sisters", "siblings"):
        noun = f"{which}_{noun}"
    cursor.at += 1
    if not number or number > 20 or not noun or not at_boundary(cursor) or cursor.low() in ("like", "in"):
        cursor.at = start
        return []
    return [attribute(ref, f"number_of_{noun}", str(number))]


_DRUG_ENDS = (
    *("formin", "statin", "prazole", "olol", "pril", "sartan", "cillin", "mycin", "azepam", "azolam", "oxetine"),
    *("thyroxine", "dipine", "tidine", "triptan", "cetirizine", "atadine", "semide", "thiazide", "glutide", "pramine"),
)
_DRUGS = words(
    """insulin ibuprofen paracetamol aspirin warfarin metformin sertraline lithium prednisone cortisone antihistamines
    antidepressants statins methotrexate ritalin adderall tramadol codeine naproxen vitamin iron magnesium"""
)


def is_medicine(low: str) -> bool:
    return low in _DRUGS or low.endswith(_DRUG_ENDS)


def read_medicine(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`metformin twice a day`, `50 mg of sertraline`, `cetirizine for my asthma`: known as a medicine by its word."""
    if cursor.kind() == "number" and cursor.low(1) in ("mg", "milligrams", "ml"):
        cursor.at += 2
        cursor.take("of")
    low = cursor.low()
    if not is_medicine(low):
        return []
    cursor.at += 1
    _for_ills(cursor)
    return [attribute(ref, "medication", low)]


def _for_ills(cursor: Cursor) -> None:
    start = cursor.at
    if not (cursor.take("for", "my") or cursor.take("for")) or not read_condition(cursor):
        cursor.at = start


_SCHOOLS = words("school primary academy kindergarten college university high gymnasium lyceum secondary montessori")


def read_school(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`goes to Oakfield Primary`, `attends Lund University`: a school by its own word."""
    if group.passive or group.negated or ref.type not in ("person", ""):
        return []
    if group.lemma == "go" and cursor.take("by") and ref.is_self:
        name = read_name(cursor)
        return [attribute(ref, "name", name)] if name and at_boundary(cursor) else []
    cursor.take("to")
    school = read_firm(cursor)
    if not set(school.casefold().split()) & _SCHOOLS:
        return []
    return [relation(ref, "studied_at", school, "organisation")]

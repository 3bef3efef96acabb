"""What is owned, what costs how much, who made it; firms that buy firms."""

from dataclasses import replace

from memory.extraction.diff import Move
from memory.extraction.rules.families.assertions import attribute, read_price, relation
from memory.extraction.rules.families.origins import read_degree
from memory.extraction.rules.families.people import named_relatives
from memory.extraction.rules.families.tastes import read_allergy, taste
from memory.extraction.rules.families.work import read_team
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS
from memory.extraction.rules.text.phrases import (
    Cursor,
    at_boundary,
    join_tokens,
    read_firm,
    read_list,
    read_name,
    read_thing,
)
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words
from memory.vocabulary.keys import fold_key

_TOLD_OF_THINGS = {
    ("return", "window"): "return_window",
    ("return", "period"): "return_window",
    ("opening", "hours"): "opening_hours",
    ("price",): "price",
}


def _thing_with(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`has a return window of 30 days`, `has return window 30 days`."""
    cursor.take_any(("a", "an", "the"))
    for noun, key in _TOLD_OF_THINGS.items():
        if not cursor.take(*noun):
            continue
        _ = cursor.take("of") or cursor.take("from")
        value = read_price(cursor) if key == "price" else read_amount(cursor)
        return [attribute(replace(ref, type=ref.type or "other"), key, value)] if value else []
    return _open_key(cursor, ref) if ref.slug else []


def _open_key(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`has colour red`, `has a weight of 3 kg`: of a record with an identifier, any noun and what is told of it."""
    noun = cursor.token()
    if noun is None or not noun.is_word or noun.is_capital or noun.low in FUNCTION_WORDS:
        return []
    cursor.at += 1
    cursor.take_any(("of", ":"))
    start = cursor.at
    while not cursor.done and cursor.kind() in ("word", "number") and cursor.low() not in ("and", "but", "with", "has"):
        cursor.at += 1
    value = join_tokens(cursor.tokens[start : cursor.at])
    return (
        [attribute(replace(ref, type=ref.type or "other"), fold_key(noun.low), value)]
        if value and len(value) < 60
        else []
    )


def read_amount(cursor: Cursor) -> str:
    """`30 days`, `9 to 17`: up to where something else begins."""
    start = cursor.at
    while not cursor.done and cursor.kind() in ("word", "number") and cursor.low() not in ("and", "but", "with"):
        cursor.at += 1
    text = " ".join(token.text for token in cursor.tokens[start : cursor.at])
    return text if any(letter.isdigit() for letter in text) and len(text) < 60 else ""


def read_have(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if cursor.low() in ("an", "a") and (found := read_allergy(cursor, ref) or _intolerance(cursor, ref)):
        return found
    if ref.type in ("person", "other", "") and (ills := read_list(cursor, read_condition)):
        return [attribute(ref, "has_condition", each) for each in ills]
    if ref.type != "person":
        return _thing_with(cursor, ref)
    start = cursor.at
    degree = read_degree(cursor, ref, group, scene)
    if degree:
        return degree
    cursor.at = start
    return named_relatives(cursor, ref, scene) or _owned_brand(cursor, ref)


def _intolerance(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`a mild lactose intolerance`, `a nut allergy`."""
    start = cursor.at
    cursor.take_any(("a", "an"))
    cursor.take_any(("mild", "slight", "severe", "bad", "strong"))
    food = cursor.low()
    cursor.at += 1
    key = {"intolerance": "intolerant_to", "allergy": "allergic_to"}.get(cursor.low(), "")
    if not key or food in FUNCTION_WORDS or ref.type != "person":
        cursor.at = start
        return []
    cursor.at += 1
    return [attribute(ref, key, food)]


_ILLS = words(
    """diabetes asthma epilepsy migraine migraines arthritis hypertension adhd autism dyslexia eczema psoriasis
    endometriosis scoliosis tinnitus glaucoma anaemia anemia osteoporosis hypothyroidism hyperthyroidism fibromyalgia
    parkinson's crohn's"""
)
_ILLNESSES = ("celiac", "coeliac", "crohn's", "parkinson's", "alzheimer's", "lyme")
_DEGREES_OF_ILLS = words("severe mild chronic bad rheumatoid gestational")


def read_condition(cursor: Cursor) -> str:
    """`asthma`, `type 1 diabetes`, `coeliac disease`: what one has for long."""
    start = cursor.at
    if said := _ill_of_two(cursor):
        return said
    cursor.take_all(_DEGREES_OF_ILLS)
    _ = cursor.take("type") and cursor.kind() == "number" and cursor.take(cursor.low())
    begin, low = cursor.at, cursor.low()
    cursor.at += 1
    genitive = cursor.take("'s")
    ill = low + ("'s" if genitive else "")
    disease = cursor.take("disease")
    if (ill in _ILLS or (ill in _ILLNESSES and disease)) and at_boundary(cursor):
        begin = start if cursor.tokens[start].low == "type" else begin
        return join_tokens(cursor.tokens[begin : cursor.at])
    cursor.at = start
    return ""


_TWO = (
    ("high", "blood", "pressure"),
    ("low", "blood", "pressure"),
    ("high", "cholesterol"),
    ("sleep", "apnoea"),
    ("sleep", "apnea"),
    ("heart", "condition"),
    ("heart", "murmur"),
    ("thyroid", "condition"),
    ("skin", "condition"),
    ("hay", "fever"),
    ("chronic", "fatigue"),
    ("chronic", "pain"),
    ("slipped", "disc"),
    ("kidney", "disease"),
    ("multiple", "sclerosis"),
)


def _ill_of_two(cursor: Cursor) -> str:
    """`high blood pressure`, `a heart condition`."""
    start = cursor.at
    cursor.take_any(("a", "an"))
    for said in _TWO:
        if cursor.take(*said) and at_boundary(cursor):
            return " ".join(said)
    cursor.at = start
    return ""


def read_diagnosis(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if not group.passive or not cursor.take("with"):
        return []
    return [attribute(ref, "has_condition", each, event=True) for each in read_list(cursor, read_condition)]


_CREDENTIALS = words("phd mba bachelor bachelors master masters degree ba bsc msc ma md zoom teams")


def _owned_brand(cursor: Cursor, ref: Ref) -> list[Assertion]:
    if not cursor.take_any(("a", "an")):
        return []
    name = read_name(cursor)
    last = cursor.low() in ("", ",", "and", "at")
    if not name or not last or set(name.casefold().split()) & _CREDENTIALS or name.isupper():
        return []
    return [attribute(ref, "owns", name)]


_GOODS = words(
    """house flat apartment car bike bicycle boat motorcycle motorbike laptop camera farm cottage cabin van piano
    guitar truck scooter condo studio horse restaurant shop bakery cafe café bookshop yacht sailboat"""
)


_WORN = words(
    "second-hand secondhand used new old brand-new refurbished vintage red blue black white green silver grey"
)


def read_good(cursor: Cursor) -> str:
    """What one can own for long: a house, a car, or something with a brand's name."""
    start = cursor.at
    if cursor.low() == "the" and cursor.low(1) == "farm":
        return ""  # one who bought it is dead
    if not cursor.take_any(("a", "an", "my", "the", "our", "two", "three", "another")):
        return read_name(cursor)
    cursor.take_all(_WORN)
    named = read_name(cursor)
    if named:
        while cursor.low() in _GOODS or cursor.low() in ("bike", "car"):
            cursor.at += 1
        return " ".join(token.text for token in cursor.tokens[start + 1 : cursor.at])
    cursor.at = start + 1
    while cursor.kind() in ("word", "number") and cursor.low() not in _GOODS and cursor.at - start < 5:
        if cursor.low() in ("of", "for", "in", "at", "to", "and", "with"):
            return ""
        cursor.at += 1
    if cursor.low() not in _GOODS:
        return ""
    cursor.at += 1
    return " ".join(token.text for token in cursor.tokens[start + 1 : cursor.at])


_BUSINESSES = words(
    """restaurant shop bakery cafe café bookshop studio farm agency business company consultancy workshop nursery
    gallery brewery hotel hostel salon practice clinic gym startup pub bar store firm"""
)


def read_business(cursor: Cursor, ref: Ref, group: VerbGroup) -> list[Assertion]:
    """`run a small pottery studio`: a trade that is said to be one, by its noun."""
    if group.negated or group.passive or not cursor.take_any(("a", "an", "my", "our")):
        return []
    start = cursor.at
    while cursor.kind() == "word" and cursor.low() not in FUNCTION_WORDS | _BUSINESSES and cursor.at - start < 4:
        cursor.at += 1
    if not cursor.take_any(_BUSINESSES) or not at_boundary(cursor):
        return []
    return [attribute(ref, "runs", join_tokens(cursor.tokens[start : cursor.at]))]


def read_own(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if ref.type != "person":
        return []
    return [attribute(ref, "owns", each) for each in read_list(cursor, read_good)] or taste("owns")(
        cursor, ref, group, scene
    )


def read_buy(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if ref.type == "organisation":
        return read_acquire(cursor, ref, group, scene)
    if ref.type != "person" or group.passive:
        return []
    return [attribute(ref, "owns", each, event=True) for each in read_list(cursor, read_good)]


def read_sell(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if ref.type != "person" or group.tense is Tense.PRESENT:
        return []
    return [attribute(ref, "owns", each, event=True, move=Move.END) for each in read_list(cursor, read_good)]


def read_acquire(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if group.passive and not cursor.take("by"):
        return []
    other = read_name(cursor)
    if not other or ref.type == "person" or scene.type_of(other) == "person":
        return []
    buyer, bought = (other, ref.name) if group.passive else (ref.name, other)
    return [relation(Ref(name=buyer, type="organisation"), "acquired", bought, "organisation", event=True)]


def read_found(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if group.passive:
        founders = read_list(cursor, read_name) if cursor.take("by") else []
        return [
            relation(Ref(name=each, type="person"), "founded", ref.name, "organisation", event=True)
            for each in founders
        ]
    firm = read_name(cursor)
    return [relation(ref, "founded", firm, "organisation", event=True)] if firm else []


def read_cost(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    price = read_price(cursor)
    return [attribute(ref, "price", price, kind="product")] if price and ref.type != "person" else []


def read_belong(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if not cursor.take("to"):
        return []
    if ref.type == "person":
        team = read_team(cursor)
        return [relation(ref, "member_of", team, "organisation")] if team else []
    return category(cursor, ref)


def category(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`category widgets`, `the widgets category`, `the category of garden tools`."""
    cursor.take("the")
    marked = cursor.take("category") or cursor.take("product", "category")
    _ = cursor.take("of")
    names = read_list(cursor, read_thing)
    stripped = [name.removesuffix(" category").strip() for name in names]
    if not marked and not any(name.endswith(" category") for name in names) and not (ref.slug or ref.type == "product"):
        return []
    return [
        relation(replace(ref, type=ref.type or "product"), "belongs_to", each, "category") for each in stripped if each
    ]


def read_make(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if group.passive:
        firm = read_firm(cursor) if cursor.take("by") else ""
        return (
            [relation(replace(ref, type=ref.type or "product"), "manufacturer", firm, "organisation")] if firm else []
        )
    if ref.type == "person":
        return []
    cursor.take("the")
    products = read_list(cursor, read_name)
    maker = ref.name
    return [relation(Ref(name=each, type="product"), "manufacturer", maker, "organisation") for each in products]

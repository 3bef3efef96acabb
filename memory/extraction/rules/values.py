"""The value of a property: `my wife is Anna`, `my name's Alice`, `the price of Widget A is 29.99`."""

import re
from collections.abc import Callable
from dataclasses import replace

from memory.extraction.rules.families.assertions import attribute, read_price, relation
from memory.extraction.rules.families.bodies import read_age
from memory.extraction.rules.families.habits import COLOURS
from memory.extraction.rules.families.tastes import read_language
from memory.extraction.rules.families.things import category
from memory.extraction.rules.families.work import read_team
from memory.extraction.rules.scene import Assertion, Ref, Scene, gender_of
from memory.extraction.rules.subjects import Subject, read_apposition
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS
from memory.extraction.rules.text.nouns import DEMONYMS, NAMELESS, SERVING
from memory.extraction.rules.text.phrases import (
    Cursor,
    at_boundary,
    join_tokens,
    read_list,
    read_name,
    read_place,
    read_thing,
)
from memory.extraction.rules.text.roles import read_role
from memory.extraction.rules.text.verbs import VerbGroup
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.days import is_day_of_year, read_date_words
from memory.extraction.rules.titles import read_title
from memory.vocabulary.keys import known_key

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+?\d[\d ()/-]{5,20}\d")


def read_value(cursor: Cursor, subject: Subject, scene: Scene) -> list[Assertion]:
    """The value of a property: `my wife is Anna`, `my name's Alice`, `the price of Widget A is 29.99`."""
    owner, key = subject.owner, subject.key
    if owner is None or key == "other":
        return []
    if cursor.kind() == "time" and key not in ("deadline", "birthday", "anniversary", "opening_hours"):
        cursor.skip()
    if _is_given_a_name(cursor) and key == "owns":
        return []
    reader = _VALUES.get(key)
    if reader is not None:
        return reader(cursor, owner, subject, scene)
    target = known_key(key).target
    if target:
        return _target(cursor, owner, subject, target, scene)
    return [attribute(owner, key, each) for each in _plain(cursor, many=not known_key(key).single)]


def _is_given_a_name(cursor: Cursor) -> bool:
    """`is called Rex`, `is spelled Catherine`; what it is called tells not what it is."""
    cursor.take("currently")
    return bool(cursor.take_any(("called", "named", "spelled", "spelt")))


def _plain(cursor: Cursor, *, many: bool) -> list[str]:
    if many:
        return read_list(cursor, read_thing)
    start = cursor.at
    if (name := read_name(cursor)) and cursor.done and cursor.tokens[start].low != "the":
        return [name]
    cursor.at = start
    value = read_thing(cursor)
    while value and cursor.take("and") and (more := read_thing(cursor)):
        value += f" and {more}"
    return [value] if value else []


def _target(cursor: Cursor, owner: Ref, subject: Subject, kind: str, scene: Scene) -> list[Assertion]:
    names = _target_names(cursor, subject, kind)
    if kind == "person" and not all(_may_be_person(name, scene) for name in names):
        return []
    for name in names:
        scene.mention(name, "" if kind == "other" else kind, gender_of(subject.noun))
    if len(names) == 1 and owner.is_self:
        scene.roles[subject.noun] = names[0]
    told = [relation(owner, subject.key, name, kind) for name in names]
    return told + (_more_of(cursor, names[0]) if kind == "person" and len(names) == 1 else [])


_TEAM_NOUNS = ("team", "group", "department", "new team")


def _target_names(cursor: Cursor, subject: Subject, kind: str) -> list[str]:
    """As many as the key holds; of a team without a name its noun phrase."""
    if kind == "location":
        names = [read_place(cursor)]
    else:
        names = [read_name(cursor)] if known_key(subject.key).single else read_list(cursor, _read_little)
    names = [name for name in names if name]
    if subject.key == "member_of" and not names and (team := read_team(cursor)):
        return [team]
    if subject.noun in _TEAM_NOUNS and not names:
        return [name] if (name := read_thing(cursor)).endswith((" team", " group", " department")) else []
    return names


_LITTLE = words("little baby wee big")


def _read_little(cursor: Cursor) -> str:
    """`Aoife, Cormac and little Finn`."""
    cursor.take_any(_LITTLE)
    return read_name(cursor)


def _may_be_person(name: str, scene: Scene) -> bool:
    named = not set(name.casefold().split()) & NAMELESS
    return named and scene.type_of(name) not in ("organisation", "location")


def _more_of(cursor: Cursor, name: str) -> list[Assertion]:
    """`, a designer at Acme`: of who was just named."""
    start = cursor.at
    more = read_apposition(cursor, Ref(name=name, type="person")) if cursor.take(",") else []
    cursor.at = cursor.at if more else start
    return more


def _name_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    name = read_name(cursor) or (
        (cursor.casual and cursor.low() not in FUNCTION_WORDS and cursor.attempt(lambda each: _last_word(each))) or ""
    )
    if not name:
        return []
    if owner.is_self:
        scene.mention(name, "person")
    return [attribute(owner, "name", name)]


def _last_word(cursor: Cursor) -> str:
    token = cursor.token()
    cursor.at += 1
    return token.text if token and token.is_word and cursor.done else ""


def _role_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    told = read_title(cursor, owner)
    if told or subject.noun in ("job", "day job", "current job"):
        return told
    role = read_role(cursor, strict=False)
    return [attribute(owner, "role", role)] if role else []


def _email_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    return [attribute(owner, "email", each) for each in read_list(cursor, read_email)]


def read_email(cursor: Cursor) -> str:
    token = cursor.token()
    if token is None or not _EMAIL.fullmatch(token.text):
        return ""
    cursor.at += 1
    return token.text


def read_phone(cursor: Cursor) -> str:
    start = cursor.at
    while cursor.kind() in ("number", "phone") or cursor.low() in ("-", "(", ")", "+", "/"):
        cursor.at += 1
    run = cursor.tokens[start : cursor.at]
    text = join_tokens(run)
    if run and _PHONE.fullmatch(text) and sum(letter.isdigit() for letter in text) >= 6:
        return text
    token = cursor.tokens[start] if start < len(cursor.tokens) else None
    if token and re.fullmatch(r"\d{3}-\d{3}-\d{4}|\d{3}-\d{4}|\d{6,12}", token.text):
        cursor.at = start + 1
        return token.text
    return ""


def _phone_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    found = read_phone(cursor)
    return [attribute(owner, "phone", found)] if found else _good_value(cursor, owner, subject, scene)


def _good_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    """`my phone is a Pixel 8`, `my bike is a red Brompton`: by its brand, and to the end."""
    if not cursor.take_any(("a", "an")):
        return []
    cursor.take_all(COLOURS)
    start = cursor.at
    if cursor.kind() == "number":
        cursor.at += 1
    name = read_name(cursor)
    whole = name and at_boundary(cursor) and not set(name.casefold().split()) & NAMELESS
    return [attribute(owner, "owns", join_tokens(cursor.tokens[start : cursor.at]))] if whole else []


def _date_value(key: str) -> Callable[[Cursor, Ref, Subject, Scene], list[Assertion]]:
    def read(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
        value = read_date_words(cursor).removeprefix("the ")
        if key in ("birthday", "anniversary") and not is_day_of_year(value):
            return []
        return [attribute(owner, key, value, kind="project" if key == "deadline" else "person")] if value else []

    return read


def _age_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    return read_age(cursor, owner, VerbGroup(), scene)


def _language_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    return [attribute(owner, "speaks", each) for each in read_list(cursor, read_language)]


def _price_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    price = read_price(cursor)
    return [attribute(owner, "price", price, kind="product")] if price else []


def _rest_value(key: str, kind: str) -> Callable[[Cursor, Ref, Subject, Scene], list[Assertion]]:
    def read(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
        text = join_tokens(cursor.tokens[cursor.at :])
        if not text or len(text) > 80 or "," in text:
            return []
        cursor.at = len(cursor.tokens)
        return [attribute(owner, key, text, kind=kind)]

    return read


def _budget_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    amount = read_price(cursor)
    return [attribute(replace(owner, type=owner.type or "project"), "budget", amount)] if amount else []


def _birthplace_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    place = read_place(cursor)
    return [attribute(owner, "birthplace", place)] if place else []


def _sku_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    token = cursor.token()
    if token is None or token.kind not in ("word", "number", "quote"):
        return []
    cursor.at += 1
    return [attribute(owner, "sku", token.text, kind="product")]


def _pronoun_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    text = join_tokens(cursor.tokens[cursor.at :])
    if not re.fullmatch(r"[a-z]{2,5}(?:/[a-z]{2,6}){1,2}", text, re.IGNORECASE):
        return []
    cursor.at = len(cursor.tokens)
    return [attribute(owner, "pronouns", text)]


def _category_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    return category(cursor, replace(owner, type=owner.type or "product"))


def _founder_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    return [
        relation(Ref(name=each, type="person"), "founded", owner.name, "organisation")
        for each in read_list(cursor, read_name)
    ]


def _place_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    cursor.take("in")
    place = read_place(cursor)
    return [relation(owner, subject.key, place, "location")] if place else []


def _nationality_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    token = cursor.token()
    if token is None or token.low not in DEMONYMS:
        return []
    cursor.at += 1
    return [attribute(owner, "nationality", token.text)]


def _titled_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    """`our CEO is Dana Reyes`: her role; where, nobody said."""
    name = read_name(cursor)
    if not name or set(name.casefold().split()) & NAMELESS:
        return []
    if subject.noun in SERVING and not scene.is_person(name):
        return []
    scene.mention(name, "person")
    role = attribute(Ref(name=name, type="person", inferred=True), "role", subject.noun)
    if not (owner.is_self and subject.noun in SERVING):
        return [role]
    return [role, replace(attribute(owner, subject.noun, name), beside=True)]


def _ceo_value(cursor: Cursor, owner: Ref, subject: Subject, scene: Scene) -> list[Assertion]:
    """Told of the firm or of the person it is one statement: the person's role there."""
    name = read_name(cursor)
    if not name or set(name.casefold().split()) & NAMELESS or subject.noun in SERVING:  # of whom, nobody knows
        return []
    scene.mention(name, "person")
    ref = Ref(name=name, type="person")
    role = subject.noun if subject.key == "held_by" else "CEO"
    return [
        replace(attribute(ref, "role", role), said_with="works_at"),
        relation(ref, "works_at", owner.name, "organisation"),
    ]


_VALUES: dict[str, Callable[[Cursor, Ref, Subject, Scene], list[Assertion]]] = {
    "name": _name_value,
    "role": _role_value,
    "email": _email_value,
    "phone": _phone_value,
    "owns": _good_value,
    "budget": _budget_value,
    "birthplace": _birthplace_value,
    "birthday": _date_value("birthday"),
    "anniversary": _date_value("anniversary"),
    "deadline": _date_value("deadline"),
    "age": _age_value,
    "speaks": _language_value,
    "price": _price_value,
    "sku": _sku_value,
    "pronouns": _pronoun_value,
    "belongs_to": _category_value,
    "return_window": _rest_value("return_window", "policy"),
    "opening_hours": _rest_value("opening_hours", "other"),
    "founded_by": _founder_value,
    "located_in": _place_value,
    "lives_in": _place_value,
    "nationality": _nationality_value,
    "has_ceo": _ceo_value,
    "held_by": _ceo_value,
    "titled": _titled_value,
}

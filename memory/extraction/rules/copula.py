"""What follows a form of `be`: names, occupations, ages, what one is allergic to, whose sister somebody is."""

from collections.abc import Callable
from dataclasses import replace

from memory.extraction.rules.families.assertions import attribute, read_person, relation
from memory.extraction.rules.families.bodies import read_age, read_body
from memory.extraction.rules.families.counts import read_medicine
from memory.extraction.rules.families.introductions import read_introduction
from memory.extraction.rules.families.origins import read_from
from memory.extraction.rules.families.tastes import read_language
from memory.extraction.rules.families.work import team_or_project
from memory.extraction.rules.owners import read_noun, read_owner
from memory.extraction.rules.scene import Assertion, Ref, Scene, gender_of
from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.nouns import DEMONYMS, DIETS, MOODS, RELATIONS, SERVING, STATUSES, TASTES
from memory.extraction.rules.text.phrases import (
    Cursor,
    at_boundary,
    join_tokens,
    read_firm,
    read_list,
    read_place,
    read_thing,
)
from memory.extraction.rules.text.roles import is_state_role, read_role
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.verbs import VerbGroup
from memory.extraction.rules.text.words import words
from memory.extraction.rules.titles import read_title

_HEAVY = words("severely badly highly mildly very extremely slightly deathly")


def read_complement(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """What somebody is; nothing where it is not plain."""
    for reader in _COMPLEMENTS:
        start = cursor.at
        told = reader(cursor, ref, group, scene)
        if told:
            return told
        cursor.at = start
    return []


def _adjective(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    cursor.take_all(_HEAVY | {"both", "now"})
    if ref.is_self and cursor.take("a", "family", "of") and cursor.kind() in ("word", "number"):
        cursor.at += 1
        many = spelled_number(cursor.low(-1)) or cursor.low(-1)
        return [attribute(ref, "household_size", str(many))] if str(many).isdecimal() else []
    if cursor.take("allergic", "to"):
        return [attribute(ref, "allergic_to", each) for each in read_list(cursor, read_thing)]
    if cursor.take("fluent", "in") or cursor.take("bilingual", "in"):
        return [attribute(ref, "speaks", each) for each in read_list(cursor, read_language)]
    if (
        cursor.take("fond", "of")
        or cursor.take("keen", "on")
        or cursor.take("into")
        or cursor.take("crazy", "about")
        or _obsessed(cursor)
        or _fan(cursor)
    ):
        key = "dislikes" if group.negated and not group.ended else "likes"
        group.negated = False
        return [attribute(ref, key, each) for each in read_list(cursor, read_thing)]
    if cursor.take("married", "to"):
        other = read_person(cursor, scene, but=ref.name)
        return [relation(ref, "married_to", other, "person")] if other else []
    if cursor.take("certified", "in"):
        return [attribute(ref, "certified_in", each) for each in read_list(cursor, read_thing)]
    return read_body(cursor, ref) or _one_word(cursor, ref)


_ANNOYING = words("delays taxes prices fees cuts noise traffic politics brexit work parking results rules fines money")


def _obsessed(cursor: Cursor) -> bool:
    """`mad about dinosaurs`, which of one word alone is no anger (`mad about the noise`)."""
    one = cursor.at + 3 == len(cursor.tokens) and cursor.low(2) not in _ANNOYING
    return cursor.take("obsessed", "with") or (one and (cursor.take("mad", "about") or cursor.take("nuts", "about")))


def _fan(cursor: Cursor) -> bool:
    start = cursor.at
    cursor.take_all(words("a an really exactly") | TASTES)
    if cursor.take("fan", "of"):
        return True
    cursor.at = start
    return False


_ADJECTIVES_OF_ILLS = {
    "diabetic": "diabetes",
    "asthmatic": "asthma",
    "epileptic": "epilepsy",
    "coeliac": "coeliac disease",
    "celiac": "celiac disease",
}


def _one_word(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`vegan`, `a Latvian citizen`, `tired`, `retired`."""
    partly = cursor.low(-1) in ("mostly", "mainly", "usually", "basically", "almost")
    article = bool(cursor.take_any(("a", "an")))
    token = cursor.token()
    if token is None or partly:
        return []
    cursor.at += 1
    if token.is_word and cursor.take("intolerant"):
        return [attribute(ref, "intolerant_to", token.low)]
    alone = cursor.low() in ("", ",", "and", "by", "now") or cursor.kind() == "time"
    key, value = _of_one_word(cursor, token, alone=alone, article=article)
    return [attribute(ref, key, value)] if key else []


_STANDINGS = ("unemployed", "retired", "pregnant", "engaged", "single")


def _of_one_word(cursor: Cursor, token: Token, *, alone: bool, article: bool) -> tuple[str, str]:
    """The key and the value. `alone`: nothing follows that would change what the word says."""
    low = token.low
    if low in _ADJECTIVES_OF_ILLS and alone:
        return "has_condition", _ADJECTIVES_OF_ILLS[low]
    if low in DIETS and (alone or cursor.take("eater")):
        return "diet", low
    if low in DEMONYMS and token.is_capital and (alone or cursor.take_any(("citizen", "national"))):
        return "nationality", token.text
    if low in MOODS and alone and not article:
        return "mood", low
    return ("status", low) if low in _STANDINGS and alone else ("", "")


def _employed(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`on the platform team`, `on parental leave`, `part of the data group`."""
    if cursor.low() == "on" and (status := _status(cursor, ref) or _treated(cursor, ref)):
        return status
    if cursor.low() in ("on", "in") and (team := _member(cursor, ref)):
        return team
    if cursor.low() in ("with", "at") and group.tense == "perfect":
        cursor.at += 1
        firm = read_firm(cursor)
        return [relation(ref, "works_at", firm, "organisation")] if firm and scene.type_of(firm) != "person" else []
    if ref.type not in ("person", "product") and cursor.take("open"):
        return _open_hours(cursor, ref)
    return _member_of(cursor, ref, scene) if cursor.take("part", "of") or cursor.take("a", "member", "of") else []


def _treated(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`on metformin`."""
    start = cursor.at
    cursor.at += 1
    told = read_medicine(cursor, ref) if ref.type == "person" else []
    cursor.at = cursor.at if told else start
    return told


def _open_hours(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`open from 9 am to 6 pm on weekdays`."""
    text = join_tokens(cursor.tokens[cursor.at :]).removeprefix("from ")
    if not any(letter.isdigit() for letter in text) or len(text) > 60:
        return []
    cursor.at = len(cursor.tokens)
    return [attribute(replace(ref, type=ref.type or "other"), "opening_hours", text)]


def _member(cursor: Cursor, ref: Ref) -> list[Assertion]:
    start = cursor.at
    cursor.at += 1
    told = (
        [assertion for assertion in team_or_project(cursor, ref) if assertion.key == "member_of"]
        if ref.type == "person"
        else []
    )
    if not told:
        cursor.at = start
        return []
    start = cursor.at
    firm = read_firm(cursor) if cursor.take("at") else ""
    if not firm:
        cursor.at = start
    return [*told, relation(ref, "works_at", firm, "organisation")] if firm else told


def _member_of(cursor: Cursor, ref: Ref, scene: Scene) -> list[Assertion]:
    start = cursor.at
    told = [assertion for assertion in team_or_project(cursor, ref) if assertion.key == "member_of"]
    if ref.type == "person" and not told:
        cursor.at = start
        if cursor.low(-2) != "member":
            return []
        name = read_firm(cursor)
        named = name and at_boundary(cursor) and scene.type_of(name) not in ("person", "location")
        return [relation(ref, "member_of", name, "organisation")] if named else []
    if told or ref.type == "person":
        return told
    cursor.at = start
    name = read_thing(cursor).removeprefix("the ")
    return [relation(replace(ref, type=ref.type or "other"), "part_of", name, "other")] if name else []


def _status(cursor: Cursor, ref: Ref) -> list[Assertion]:
    start = cursor.at
    cursor.at += 1
    cursor.take_any(("a", "my"))
    cursor.take_all(STATUSES | {"care"})
    run = cursor.tokens[start : cursor.at]
    if run[-1].low in STATUSES - words(
        "sick annual study parental unpaid medical maternity paternity retired unemployed"
    ):
        return [attribute(ref, "status", join_tokens(run))]
    cursor.at = start
    return []


def _place_now(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`in Paris this week`: where somebody is for a time; where no time is told, a place that is known as one."""
    if ref.type != "person" or not cursor.take("in"):
        return []
    timed = any(token.kind == "time" for token in cursor.tokens)
    place = read_place(cursor)
    kind = scene.type_of(place) if place else "none"
    return [attribute(ref, "location_now", place)] if kind == "location" or (timed and not kind) else []


def _title(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`a designer at Acme`, `the CTO`, `head of product`; of others only where they are known to be persons."""
    if ref.type not in ("person", "") or (ref.type == "" and cursor.low() not in ("the", "a", "an")):
        return []
    start = cursor.at
    told = read_title(cursor, ref)
    if not told or (len(told) == 1 and ref.type == ""):
        return []
    if len(told) == 2 and is_state_role(told[0].value):
        cursor.at = start
        return []
    if len(told) == 2 and told[0].value.casefold().endswith("student"):
        return [replace(told[0], said_with=""), replace(told[1], key="studied_at")]
    return told


def _tie(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`Bob is my manager`, `Anna is Tom's sister`, `I'm Anna's husband`."""
    owner = read_owner(cursor, scene)
    if not isinstance(owner, Ref) or owner.name == ref.name:
        return []
    cursor.take_all(words("new older younger little big only current direct best line"))
    if owner.is_self and scene.is_person(ref.name) and (served := cursor.take_any(SERVING)) and at_boundary(cursor):
        return [attribute(replace(ref, type="person"), "role", served)]
    noun, key = read_noun(cursor, RELATIONS | {"employer": "works_at"})
    if not key:
        return _fellow_worker(cursor, ref, owner, scene)
    kind = {"has_pet": "other", "works_at": "organisation"}.get(key, "person")
    scene.mention(ref.name, kind, gender_of(noun))
    if owner.is_self:
        scene.roles[noun] = ref.name
    return [relation(owner, key, ref.name, kind)]


def _fellow_worker(cursor: Cursor, ref: Ref, owner: Ref, scene: Scene) -> list[Assertion]:
    """`Dev has been our lead engineer since May`: what he is at the speaker's."""
    role = read_role(cursor) if owner.plural and ref.type in ("person", "") else ""
    if not role or not at_boundary(cursor) or is_state_role(role):
        return []
    scene.mention(ref.name, "person")
    return [attribute(replace(ref, type="person"), "role", role)]


_COMPLEMENTS: tuple[Callable[[Cursor, Ref, VerbGroup, Scene], list[Assertion]], ...] = (
    read_age,
    _adjective,
    _employed,
    _tie,
    read_introduction,
    _title,
    _place_now,
    read_from,
)

"""The closed list of keys: how many values each holds, what it is by default about, and what is folded into it.

Families of rules write only these; models are told of them. A plain clause names its key by its verb, and a caller's
triples may name any; such a key holds many values.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from memory.vocabulary.folding import fold_token


@dataclass(frozen=True, kw_only=True)
class Key:
    """`target`: the type of the entity that a relation leads to; "" for an attribute. `synonyms` are tokens."""

    name: str
    single: bool
    category: str
    target: str = ""
    synonyms: Sequence[str] = ()


def _key(name: str, single: bool, category: str, target: str = "", synonyms: str = "") -> Key:
    return Key(name=name, single=single, category=category, target=target, synonyms=tuple(synonyms.split()))


S, M = True, False
KEYS = {
    key.name: key
    for key in (
        _key("name", S, "identity", synonyms="full_name called first_name"),
        _key("pronouns", S, "identity"),
        _key("birthday", S, "identity", synonyms="born_on date_of_birth birth_date born"),
        _key("age", S, "identity"),
        _key("anniversary", S, "identity", synonyms="wedding_anniversary"),
        _key("teaches", M, "identity"),
        _key("runs", M, "knowledge"),
        _key("email", M, "identity", synonyms="email_address e_mail mail"),
        _key("phone", M, "identity", synonyms="phone_number telephone mobile"),
        _key("nationality", M, "identity", synonyms="citizenship"),
        _key("role", S, "identity", synonyms="job_title title position job profession works_as occupation"),
        _key(
            "works_at",
            S,
            "identity",
            "organisation",
            "employer company works_for employed_by joined started_at employed_at workplace",
        ),
        _key("lives_in", S, "identity", "location", "based_in home moved_to resides_in residence city lives_at"),
        _key("reports_to", S, "identity", "person", "manager boss supervisor line_manager"),
        _key("married_to", S, "identity", "person", "wife husband spouse"),
        _key("has_child", M, "identity", "person", "kid kids child children son daughter sons daughters"),
        _key("has_parent", M, "identity", "person", "mother father mom mum dad parent parents"),
        _key("has_sibling", M, "identity", "person", "sister brother sibling siblings sisters brothers"),
        _key("has_pet", M, "identity", "other", "pet dog cat pets dogs cats"),
        _key("has_friend", M, "identity", "person", "friend friends best_friend"),
        _key("member_of", M, "identity", "organisation", "team belongs_to_team"),
        _key("studied_at", M, "identity", "organisation", "university alma_mater graduated_from studies_at school"),
        _key("speaks", M, "identity", synonyms="language languages"),
        _key("certified_in", M, "identity", synonyms="certification certified"),
        _key("intolerant_to", M, "identity", synonyms="intolerance intolerances"),
        _key("has_condition", M, "identity", synonyms="condition illness diagnosis diagnosed_with medical_condition"),
        _key("blood_type", S, "identity", synonyms="blood_group"),
        _key("middle_name", S, "identity"),
        _key("surname", S, "identity", synonyms="last_name family_name"),
        _key("hometown", S, "identity", synonyms="home_town grew_up_in"),
        _key("birthplace", S, "identity", synonyms="place_of_birth birth_place born_in"),
        _key("birth_year", S, "identity", synonyms="year_of_birth"),
        _key("handedness", S, "identity"),
        _key("field_of_study", M, "identity", synonyms="studies subject_of_study"),
        _key("timezone", S, "identity", synonyms="time_zone"),
        _key("shoe_size", S, "identity"),
        _key("height", S, "identity"),
        _key("weight", S, "identity"),
        _key("likes", M, "knowledge", synonyms="loves prefers enjoys hobby hobbies"),
        _key("dislikes", M, "knowledge", synonyms="hates cant_stand"),
        _key("allergic_to", M, "identity", synonyms="allergy allergies allergic"),
        _key("uses", M, "knowledge", synonyms="works_with"),
        _key("knows", M, "knowledge"),
        _key("owns", M, "knowledge"),
        _key("diet", S, "knowledge"),
        _key("avoids", M, "knowledge", synonyms="does_not_eat does_not_drink"),
        _key("medication", M, "identity", synonyms="takes_medication medicine"),
        _key("routine", M, "knowledge"),
        _key("plays", M, "knowledge"),
        _key("collects", M, "knowledge"),
        _key("learns", M, "knowledge"),
        _key("drives", M, "knowledge"),
        _key("leads", M, "identity", "organisation", "team_lead_of head_of"),
        _key("budget", S, "context"),
        _key("status", S, "context", synonyms="on_leave"),
        _key("location_now", S, "context", synonyms="current_location currently_in"),
        _key("current_focus", S, "context", synonyms="working_on_now focus"),
        _key("deadline", S, "context", synonyms="due due_date"),
        _key("mood", S, "context"),
        _key("works_on", M, "context", "project", "project projects working_on"),
        _key("price", S, "knowledge", synonyms="costs cost"),
        _key("sku", S, "knowledge"),
        _key("belongs_to", M, "knowledge", "category", "category categories"),
        _key("part_of", M, "knowledge", "other"),
        _key("manufacturer", S, "knowledge", "organisation", "made_by produced_by"),
        _key("return_window", S, "knowledge"),
        _key("opening_hours", S, "knowledge", synonyms="hours open_hours"),
        _key("acquired", M, "knowledge", "organisation", "bought"),
        _key("founded", M, "knowledge", "organisation"),
        _key("located_in", M, "knowledge", "location", "headquartered_in"),
        _key("has_ceo", S, "knowledge", "person", "ceo"),
    )
}
_BY_SYNONYM = {synonym: key.name for key in KEYS.values() for synonym in key.synonyms}
_OPEN_SINGLE = re.compile(
    r"(?:favourite|preferred)_\w+|number_of_\w+"
    r"|(?:\w+_)?(?:husband|wife|spouse|partner|mother|father|mum|mom|dad|boss|manager|supervisor|son|daughter|brother"
    r"|sister|parents)_(?:works_at|role|lives_in|age|birthday|height|diet|status|hometown|birthplace)"
    r"|\w+_(?:expires|arrives|departs|starts|ends|goes_live|date|price|address|capacity)"
)

ENDS = {
    "left": "works_at",
    "quit": "works_at",
    "fired": "works_at",
    "divorced": "married_to",
    "sold": "owns",
    "stopped_using": "uses",
    "dropped": "uses",
    "switched_from": "uses",
}
"""Verbs whose being so ends what another key says."""


def fold_key(text: str) -> str:
    """The canonical key of a word or phrase; a key of its own where the list has none."""
    token = fold_token(text).replace("favorite", "favourite")
    token = token.removeprefix("my_").removeprefix("is_")
    return _BY_SYNONYM.get(token, token) if token not in KEYS else token


def known_key(text: str) -> Key:
    """The key with what is to be known of it; one that the list has not holds many values."""
    name = fold_key(text)
    if name in KEYS:
        return KEYS[name]
    return Key(name=name, single=bool(_OPEN_SINGLE.fullmatch(name)), category="knowledge")

"""The closed list of keys: how many values each holds, what it is by default about, and what is folded into it.

Families of rules write only these; models are told of them. A plain clause names its key by its verb, and a caller's
triples may name any; such a key holds many values.
"""

import re
from collections.abc import Iterator, Sequence
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


LISTED = """\
identity, one at a time
    name: full_name called first_name
    pronouns
    birthday: born_on date_of_birth birth_date born
    age
    anniversary: wedding_anniversary
    role: job_title title position job profession works_as occupation
    works_at -> organisation: employer company works_for employed_by joined started_at employed_at workplace
    lives_in -> location: based_in home moved_to resides_in residence city lives_at
    reports_to -> person: manager boss supervisor line_manager
    married_to -> person: wife husband spouse
    blood_type: blood_group
    middle_name
    surname: last_name family_name
    hometown: home_town grew_up_in
    birthplace: place_of_birth birth_place born_in
    birth_year: year_of_birth
    handedness
    timezone: time_zone
    shoe_size
    height
    weight
identity, many at a time
    teaches
    email: email_address e_mail mail
    phone: phone_number telephone mobile
    nationality: citizenship
    has_child -> person: kid kids child children son daughter sons daughters
    has_parent -> person: mother father mom mum dad parent parents
    has_sibling -> person: sister brother sibling siblings sisters brothers
    has_pet -> other: pet dog cat pets dogs cats
    has_friend -> person: friend friends best_friend
    member_of -> organisation: team belongs_to_team
    studied_at -> organisation: university alma_mater graduated_from studies_at school
    speaks: language languages
    certified_in: certification certified
    intolerant_to: intolerance intolerances
    has_condition: condition illness diagnosis diagnosed_with medical_condition
    field_of_study: studies subject_of_study
    allergic_to: allergy allergies allergic
    medication: takes_medication medicine
    leads -> organisation: team_lead_of head_of
knowledge, one at a time
    diet
    price: costs cost
    sku
    manufacturer -> organisation: made_by produced_by
    return_window
    opening_hours: hours open_hours
    has_ceo -> person: ceo
knowledge, many at a time
    runs
    likes: loves prefers enjoys hobby hobbies
    dislikes: hates cant_stand
    uses: works_with
    knows
    owns
    avoids: does_not_eat does_not_drink
    routine
    plays
    collects
    learns
    drives
    belongs_to -> category: category categories
    part_of -> other
    acquired -> organisation: bought
    founded -> organisation
    located_in -> location: headquartered_in
context, one at a time
    budget
    status: on_leave
    location_now: current_location currently_in
    current_focus: working_on_now focus
    deadline: due due_date
    mood
context, many at a time
    works_on -> project: project projects working_on
"""
"""`name -> target: synonyms`, the latter two where there are any, below the category and how many values it holds."""


def _read(listed: str) -> Iterator[Key]:
    category, single = "", False
    for line in listed.splitlines():
        if not line.startswith(" "):
            category, _, count = line.partition(", ")
            single = count.startswith("one")
            continue
        named, _, synonyms = line.partition(":")
        name, _, target = map(str.strip, named.partition("->"))
        yield Key(name=name, single=single, category=category, target=target, synonyms=tuple(synonyms.split()))


KEYS = {key.name: key for key in _read(LISTED)}
_BY_SYNONYM = {synonym: key.name for key in KEYS.values() for synonym in key.synonyms}
_OPEN_SINGLE = re.compile(
    r"(?:favourite|preferred)_\w+|number_of_\w+"
    r"|(?:\w+_)?(?:husband|wife|spouse|partner|mother|father|mum|mom|dad|boss|manager|supervisor|son|daughter|brother"
    r"|sister|parents)_(?:works_at|role|lives_in|age|birthday|height|diet|status|hometown|birthplace)"
    r"|(?:\w+_)?(?:location|grade|is)|marital_status|\w+_number"
    r"|(?:biggest|largest|smallest|main|primary|oldest|newest|youngest|busiest|current|latest|new|best|worst)_\w+"
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

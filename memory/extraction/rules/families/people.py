"""Managers, spouses, children, pets."""

from collections.abc import Sequence

from memory.extraction.diff import SELF, Move
from memory.extraction.rules.families.assertions import attribute, read_person, relation
from memory.extraction.rules.scene import Assertion, Ref, Scene, gender_of
from memory.extraction.rules.text.nouns import RELATIONS
from memory.extraction.rules.text.phrases import Cursor, read_list, read_name
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words
from memory.extraction.rules.titles import read_title


def read_report(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    cursor.take("directly")
    boss = read_person(cursor, scene, but=ref.name) if cursor.take("to") else ""
    if not boss:
        return []
    scene.mention(boss, "person")
    told = [relation(ref, "reports_to", boss, "person")]
    start = cursor.at
    more = read_title(cursor, Ref(name=boss, type="person")) if cursor.take(",") and boss != SELF else []
    if not more:
        cursor.at = start
    return told + more


def read_manage(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if group.passive and not cursor.take("by"):
        return []
    other = read_person(cursor, scene, but=ref.name)
    plain = SELF in (other, ref.name) and (group.passive or other == SELF)
    if not other or scene.type_of(other) not in ("person", "") or not (plain or other == SELF or scene.type_of(other)):
        return []
    low, high = (ref.name, other) if group.passive else (other, ref.name)
    return [relation(Ref(name=low, type="person", inferred=ref.inferred), "reports_to", high, "person")]


def read_marry(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if group.passive and not cursor.take("to"):
        return []
    other = read_person(cursor, scene, but=ref.name)
    return (
        [relation(ref, "married_to", other, "person", event=group.tense is Tense.PAST or not group.passive)]
        if other
        else []
    )


def read_divorce(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if group.passive and group.tense is Tense.PRESENT:
        return []
    cursor.take("from")
    other = read_person(cursor, scene, but=ref.name)
    return [relation(ref, "married_to", other, "person", event=True, move=Move.END)]


_COUNTS = words("a an one two three four five six another my")


_KINDS = words(
    """little older younger big twin small black white old new golden baby elder adopted rescue beautiful lovely
    tabby"""
)


def named_relatives(cursor: Cursor, ref: Ref, scene: Scene, *, event: bool = False) -> list[Assertion]:
    """`a dog named Rex`, `two kids, Mia and Noah`, `a sister called Eva`."""
    told = _named_relative(cursor, ref, scene, event=event)
    while told:
        start = cursor.at
        cursor.take(",")
        more = _named_relative(cursor, ref, scene, event=event) if cursor.take("and") or cursor.low() == "a" else []
        if not more:
            cursor.at = start
            break
        told += more
    return told


def _named_relative(cursor: Cursor, ref: Ref, scene: Scene, *, event: bool) -> list[Assertion]:
    start = cursor.at
    noun = cursor.attempt(_relative)
    key = RELATIONS.get(noun, "")
    if not key:
        cursor.at = start
        return []
    names = read_list(cursor, read_name)
    cursor.take(")")
    kind = "other" if key == "has_pet" else "person"
    for name in names:
        scene.mention(name, kind, gender_of(noun))
    if len(names) == 1:
        scene.roles[noun] = names[0]
    told = [relation(ref, key, name, kind, event=event) for name in names]
    return [*told, *species_of(names, key, noun)]


def species_of(names: Sequence[str], key: str, noun: str) -> list[Assertion]:
    """`two cats, Pepper and Marmalade`: what kind of animal each is."""
    one = {"kitties": "kitty", "puppies": "puppy"}.get(noun, noun if noun == "goldfish" else noun.removesuffix("s"))
    if key != "has_pet" or one == "pet":
        return []
    return [attribute(Ref(name=name, type="other"), "species", one) for name in names]


def _relative(cursor: Cursor) -> str:
    """Past `a dog named`, `two kids,`, `a sister who is called`; the noun."""
    if not cursor.take_any(_COUNTS) and cursor.low() != "twins":
        return ""
    while cursor.low() in _KINDS or (
        cursor.kind() == "word" and cursor.low(1) in RELATIONS and cursor.low() not in RELATIONS
    ):
        cursor.at += 1
    noun = cursor.low()
    cursor.at += 1
    cursor.skip()
    marked = cursor.take_any(("named", "called", ",", "(", "who", ":"))
    if not marked or (marked == "who" and not (cursor.take("is", "called") or cursor.take("is", "named"))):
        return ""
    _ = cursor.take("named") or cursor.take("called")
    return noun

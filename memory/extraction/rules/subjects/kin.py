"""Relatives whom nobody named: what `my husband` does is told of the speaker, as `husband_works_at`.

An entity "husband" would stand beside the one that gets his name later, and beside another speaker's husband.
"""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import SELF
from memory.extraction.rules.scene import KIN, Assertion, Ref, Scene, gender_of
from memory.extraction.rules.text.nouns import OTHER_RELATIONS, RELATIONS, ROLES
from memory.extraction.rules.text.words import words

_TOLD = words(
    """works_at role lives_in age birthday plays speaks likes prefers dislikes allergic_to intolerant_to diet avoids
    hometown birthplace birth_year nationality teaches studied_at field_of_study learns drives uses has_condition
    collects height handedness runs status owns employment moved_to moved_from"""
)
_NOT_ONE = words("one other second third two three four five good best close closest immediate")
_KINDS = words("older elder younger little big oldest youngest eldest twin")


def nameless(scene: Scene, noun: str, adjectives: Sequence[str]) -> Ref | None:
    """Whom `my older brother` means; None where it may be any of several."""
    if set(adjectives) & _NOT_ONE or noun.startswith("ex-"):
        return None
    kept = [each for each in adjectives if each in _KINDS]
    name = KIN + "_".join([*kept, *noun.split()])
    scene.mention(name, "person", gender_of(noun.rpartition(" ")[2]))
    return Ref(name=name, type="person")


def of_speaker(assertions: Sequence[Assertion]) -> list[Assertion]:
    """With what is told of the nameless as the speaker's own; nothing where that cannot be put so."""
    told = [_owned(each) if each.entity.startswith(KIN) else each for each in assertions]
    lost = any(each is None or each.target.startswith(KIN) for each in told)
    return [] if lost else [each for each in told if each is not None]


def _named(assertion: Assertion) -> Assertion | None:
    """`his name is Tom`, of the brother told of before: whom the speaker has as one."""
    noun = assertion.entity.removeprefix(KIN).rpartition("_")[2]
    key = RELATIONS.get(noun, "")
    if not key and noun in OTHER_RELATIONS | ROLES:
        return replace(assertion, entity=SELF, entity_type="person", key=noun, inferred=True)
    if not key:
        return replace(assertion, entity=SELF, entity_type="person", key=f"{noun}_name")
    kind = "other" if key == "has_pet" else "person"
    return Assertion(entity=SELF, key=key, target=assertion.value, target_type=kind, inferred=True)


def _owned(assertion: Assertion) -> Assertion | None:
    if assertion.key == "name":
        return _named(assertion)
    if (assertion.key not in _TOLD and not assertion.key.endswith("_level")) or not (
        assertion.value or assertion.target
    ):
        return None
    noun = assertion.entity.removeprefix(KIN)
    if assertion.key == "role" and RELATIONS.get(noun.rpartition("_")[2]) == "has_pet":
        return None  # `my cat is a nurse to my dog`
    head = f"{noun}_{assertion.said_with}" if assertion.said_with else ""
    return replace(
        assertion,
        entity=SELF,
        entity_type="person",
        key=f"{noun}_{assertion.key}",
        value=assertion.value or assertion.target,
        target="",
        target_type="",
        said_with=head,
    )

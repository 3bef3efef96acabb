"""Where somebody lives, and ages that were reached."""

from dataclasses import replace

from memory.extraction.rules.families.assertions import attribute, relation
from memory.extraction.rules.scene import KIN, Assertion, Ref, Scene, gender_of
from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.nouns import PRACTICES, RELATIONS, TECHNOLOGIES
from memory.extraction.rules.text.phrases import Cursor, join_tokens, read_name, read_place
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words


def read_live(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    if ref.type in ("product", "policy"):
        return []
    cursor.take("over")
    cursor.take("back")
    told = _with_spouse(cursor, ref, scene)
    if not told and cursor.take("with"):
        begin = cursor.at
        while not cursor.done and cursor.low() != "in" and cursor.kind() == "word":
            cursor.at += 1
        whom = join_tokens(cursor.tokens[begin : cursor.at]).removeprefix("my ").removeprefix("me ")
        told = [attribute(ref, "lives_with", whom)]
    place = read_place(cursor) if cursor.take("in") else ""
    if not place:
        return []
    return [*residence(ref, place, event=group.began), *told]


def _with_spouse(cursor: Cursor, ref: Ref, scene: Scene) -> list[Assertion]:
    """`with my wife Ada`; whom nobody named is passed over by the caller."""
    start, lows = cursor.at, (cursor.low(), cursor.low(1))
    noun = cursor.low(2)
    if lows == ("with", "my") and ref.is_self and RELATIONS.get(noun) == "married_to":
        cursor.at += 3
        name = read_name(cursor)
        if name and scene.type_of(name) in ("person", "") and cursor.low() == "in":
            scene.mention(name, "person", gender_of(noun))
            return [relation(ref, "married_to", name, "person")]
    cursor.at = start
    return []


def residence(ref: Ref, place: str, *, event: bool) -> list[Assertion]:
    key = "lives_in" if ref.type in ("person", "") else "located_in"
    return [relation(ref, key, place, "location", event=event)]


def read_base(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """`is based in`: of a person or of a firm, and of neither where nobody knows which it is."""
    if group.lemma == "headquarter" and not ref.type:
        ref = replace(ref, type="organisation")
    elif group.lemma == "locate" and not ref.type:
        ref = replace(ref, type="other")
    if not ref.type or not group.passive:
        return []
    if not (cursor.take_any(("in", "at")) or cursor.take("out", "of")):
        return []
    if office := cursor.attempt(_office):
        return [attribute(ref, "works_in", office)] if ref.type == "person" else []
    place = read_place(cursor)
    return residence(ref, place, event=False) if place else []


_OFFICES = words("office branch depot warehouse studio plant factory store shop clinic")


def _office(cursor: Cursor) -> str:
    """`the Chicago office`: where one works, and not where one lives."""
    name = read_name(cursor) if cursor.low() in ("the", "our") and (cursor.take("our") or True) else ""
    noun = cursor.take_any(_OFFICES) if name else ""
    return f"{name} {noun}" if noun else ""


def read_move(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    cursor.take_any(("back", "over", "away", "permanently", "house"))
    cursor.skip()
    start = cursor.at
    left = read_place(cursor) if cursor.take("from") else ""
    if left and (ref.plural or left.casefold() in TECHNOLOGIES) and scene.type_of(left) != "location":
        return []  # `we moved from Jira to Linear`
    if cursor.at == start + 1 or not cursor.take_any(("to", "in")):
        return []
    place = read_place(cursor)
    if not place or scene.type_of(place) in ("organisation", "person", "product"):
        return []
    if place.casefold() in TECHNOLOGIES:
        return []
    if cursor.take("from") and not (left := read_place(cursor)):
        return []
    if is_practice(ref, place, scene):
        return [attribute(ref, "moved_to", place, event=True)] if ref.name.startswith(KIN) else []
    gone = [attribute(ref, "moved_from", left, event=True)] if left else []
    return [*residence(ref, place, event=True), *gone]


def is_practice(ref: Ref, place: str, scene: Scene) -> bool:
    """Whether who moved is `my dentist`, whose practice did: by what he is to the speaker, or by `Dr` and a street."""
    if ref.name.startswith(KIN):
        return ref.name.removeprefix(KIN).rpartition("_")[2] in PRACTICES
    doctor = ref.name.casefold().startswith(("dr ", "dr. ", "doctor "))
    street = place.casefold().rpartition(" ")[2] in _STREETS
    return (doctor and street) or any(name == ref.name and noun in PRACTICES for noun, name in scene.roles.items())


_STREETS = words("street st road rd lane avenue ave square drive way close place row terrace court boulevard quay")


def read_turn(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    token = cursor.token()
    number = spelled_number(token.low) if token else None
    said = str(number) if number else token.text if token else ""
    dated = any(token.kind == "time" for token in cursor.tokens)
    if (group.tense is Tense.PRESENT and not dated) or not said.isdecimal() or len(said) > 2:
        return []
    cursor.at += 1
    return [attribute(ref, "age", said, event=True)]

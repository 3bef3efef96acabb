"""Claims in the making, and slots that several families share."""

from dataclasses import replace

from memory.extraction.diff import SELF, Move
from memory.extraction.rules.owners import resolve
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.text.nouns import RELATIONS, TECHNOLOGIES
from memory.extraction.rules.text.phrases import Cursor, read_name
from memory.extraction.rules.text.words import words


def relation(ref: Ref, key: str, target: str, kind: str, *, event: bool = False, move: Move | None = None) -> Assertion:
    return replace(_of(ref, key), target=target, target_type=kind, event=event, move=move)


def attribute(
    ref: Ref, key: str, value: str, *, event: bool = False, move: Move | None = None, kind: str = "person"
) -> Assertion:
    return replace(_of(ref, key, kind=kind), value=value, event=event, move=move)


def _of(ref: Ref, key: str, *, kind: str = "person") -> Assertion:
    return Assertion(entity=ref.name, key=key, entity_type=ref.type or kind, inferred=ref.inferred, slug=ref.slug)


def read_person(cursor: Cursor, scene: Scene, *, but: str = "") -> str:
    """A person's name, `me`, `my manager Bob`, or a pronoun with one antecedent."""
    if cursor.take("me"):
        return SELF
    if cursor.low() in ("him", "her") and cursor.low(1) in ("", ",", "and", "at", "in", "."):
        found = resolve(scene, cursor.low(), but=[but])
        cursor.at += 1
        return found.name if isinstance(found, Ref) else ""
    start = cursor.at
    if (
        cursor.take("my")
        and cursor.low() in RELATIONS | {"colleague": "", "friend": ""}
        and cursor.at + 1 < len(cursor.tokens)
    ):
        cursor.at += 1
    elif cursor.at != start:
        cursor.at = start
    name = read_name(cursor)
    if name and scene.type_of(name) in ("organisation", "location", "product"):
        return ""
    return name


def read_technology(cursor: Cursor) -> str:
    token = cursor.token()
    if token is None or token.low not in TECHNOLOGIES:
        return ""
    cursor.at += 1
    return token.text


_CURRENCIES = words(
    """euros euro eur usd gbp dollars dollar pounds pound chf sek nok dkk pln yen rupees francs cents"""
)


def read_price(cursor: Cursor) -> str:
    token = cursor.token()
    if token is None or token.kind != "number" or token.text.endswith("%"):
        return ""
    cursor.at += 1
    unit = cursor.take_any(_CURRENCIES)
    return f"{token.text} {cursor.tokens[cursor.at - 1].text}" if unit else token.text

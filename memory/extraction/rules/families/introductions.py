"""`I'm Alice`, with what people add behind a comma: `, 34, software developer from Kiel`."""

from collections.abc import Sequence

from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.families.bodies import read_age
from memory.extraction.rules.families.origins import read_from
from memory.extraction.rules.scene import Assertion, Ref, Scene
from memory.extraction.rules.subjects import read_apposition
from memory.extraction.rules.text.nouns import GIVEN, NAMELESS
from memory.extraction.rules.text.phrases import Cursor, read_name
from memory.extraction.rules.text.roles import opens_title, read_role
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.verbs import VerbGroup
from memory.extraction.rules.titles import read_title

_MOCKING = ("obviously", "clearly", "naturally")
"""`I'm Batman, obviously`: nobody adds that to a name of their own."""


def read_introduction(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """The speaker's name, and what follows it."""
    mocked = any(token.low in _MOCKING for token in cursor.tokens)
    if not ref.is_self or ref.plural or group.negated or group.tense != "present" or mocked:
        return []
    _ = cursor.take("called") or cursor.take("named")
    start = cursor.at
    name = _name(cursor)
    if not name or not _is_persons(cursor.tokens[start : cursor.at], scene, name):
        return []
    scene.mention(name, "person")
    return [attribute(ref, "name", name), *_after_name(cursor, ref, scene)]


def _name(cursor: Cursor) -> str:
    if cursor.kind() != "word" or cursor.low() in ("the", "a", "an"):
        return ""
    return read_name(cursor) or cursor.attempt(_casual_name)


def _casual_name(cursor: Cursor) -> str:
    """In a turn of small letters a given name, where something is added to it or nothing follows."""
    token = cursor.token()
    if token is None or not cursor.casual or token.low not in GIVEN:
        return ""
    cursor.at += 1
    return token.text if cursor.done or cursor.low() in (",", "and", "from") else ""


def _is_persons(run: Sequence[Token], scene: Scene, name: str) -> bool:
    """Not an occupation, a nationality or a firm, and not all in capitals."""
    if len(run) > 4 or any(token.kind == "number" for token in run) or (name.isupper() and len(name) > 1):
        return False
    is_title = run[0].low not in GIVEN and (opens_title(run) or read_role(Cursor(tokens=run)))
    if is_title or scene.type_of(name) not in ("person", ""):
        return False
    return not set(name.casefold().split()) & NAMELESS


def _after_name(cursor: Cursor, ref: Ref, scene: Scene) -> list[Assertion]:
    """One addition after the other, as long as each of them is understood."""
    start = cursor.at
    told = read_from(cursor, ref, VerbGroup(), scene)
    cursor.at = cursor.at if told else start
    while True:
        start = cursor.at
        more = _addition(cursor, ref, scene)
        if not more:
            cursor.at = start
            return told
        told += more


def _addition(cursor: Cursor, ref: Ref, scene: Scene) -> list[Assertion]:
    if cursor.take(","):
        cursor.take("and")
        start = cursor.at
        for reader in (read_age, _titled, read_from):
            if told := reader(cursor, ref, VerbGroup(), scene):
                return told
            cursor.at = start
        return []
    joined = cursor.take("and") and cursor.low() in ("a", "an", "the")
    return read_title(cursor, ref) if joined else []


def _titled(cursor: Cursor, ref: Ref, group: VerbGroup, scene: Scene) -> list[Assertion]:
    """An occupation, with where somebody is from."""
    if cursor.low().endswith("ing"):
        return []  # `studying biology` is no occupation
    told = read_apposition(cursor, ref)
    start = cursor.at
    origin = read_from(cursor, ref, group, scene) if told else []
    cursor.at = cursor.at if origin else start
    return [*told, *origin]

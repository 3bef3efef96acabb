"""What stands behind something that was read: `uses Terraform` + `for the infrastructure`."""

from dataclasses import replace

from memory.extraction.diff import Move
from memory.extraction.rules.general.complements import read_complements
from memory.extraction.rules.general.lexicon import TURNING
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.phrases import Cursor, read_name
from memory.vocabulary.folding import fold_token
from memory.vocabulary.keys import KEYS, known_key

LONGEST = 4
"""Words of a value that may stand in a key."""


def with_further(told: Predication) -> Predication:
    """With what was left over under a key of both, `uses_terraform_for`; where that cannot be, it stays left over."""
    first = told.assertions[0] if len(told.assertions) == 1 else None
    if place := _workplace(told):
        return replace(told, assertions=[*told.assertions, place], rest=False, left=())
    turned = any(token.low in TURNING - {"because"} for token in told.left)
    if first is None or first.target or known_key(first.key).single or first.move is Move.END or told.general or turned:
        return told
    if any(first.key.endswith(key) for key, known in KEYS.items() if known.target):
        return told
    cursor = Cursor(told.left)
    found = read_complements(cursor, objects=False)
    said = first.value
    if not cursor.done or not (found.further or found.when) or found.dated or len(said.split()) > LONGEST:
        return told
    begin = f"{first.key}_{fold_token(said)}"
    more = [
        replace(
            first, key=f"{begin}_{joint}", value=phrase.text.removeprefix("my ").removeprefix("our "), inferred=True
        )
        for joint, phrase in found.further
    ]
    if found.when:
        more.append(replace(first, key=f"{begin}_when", value=" ".join(found.when), inferred=True))
    return replace(told, assertions=[first, *more], rest=False, left=())


def _workplace(told: Predication) -> Assertion | None:
    """`a judge in Turin`: where one works, which need not be where one lives."""
    cursor = Cursor(told.left)
    place = read_name(cursor) if cursor.take("in") else ""
    keys = {each.key for each in told.assertions if each.key != "has_sibling"}
    if not place or not cursor.done or "role" not in keys or not keys <= {"role", "works_at"}:
        return None
    role = next(each for each in told.assertions if each.key == "role")
    return replace(role, key="works_in", value=place, said_with="", inferred=True)


def _plain(text: str) -> str:
    """Without the speaker's `my`."""
    return text.removeprefix("my ").removeprefix("our ")

"""What stands behind something that was read: `uses Terraform` + `for the infrastructure`."""

from dataclasses import replace

from memory.extraction.diff import Move
from memory.extraction.rules.general.complements import read_complements
from memory.extraction.rules.general.lexicon import TURNING
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.phrases import Cursor
from memory.vocabulary.folding import fold_token
from memory.vocabulary.keys import KEYS, known_key

LONGEST = 4
"""Words of a value that may stand in a key."""


def with_further(told: Predication) -> Predication:
    """With what was left over under a key of both, `uses_terraform_for`; where that cannot be, it stays left over."""
    first = told.assertions[0] if len(told.assertions) == 1 else None
    turned = any(token.low in TURNING - {"because"} for token in told.left)
    if first is None or first.target or known_key(first.key).single or first.move is Move.END or told.general or turned:
        return told
    if any(first.key.endswith(key) for key, known in KEYS.items() if known.target):
        return told
    cursor = Cursor(told.left)
    found = read_complements(cursor, objects=False)
    said = first.value
    if not cursor.done or not found.further or found.when or len(said.split()) > LONGEST:
        return told
    begin = f"{first.key}_{fold_token(said)}"
    more = [
        replace(
            first, key=f"{begin}_{joint}", value=phrase.text.removeprefix("my ").removeprefix("our "), inferred=True
        )
        for joint, phrase in found.further
    ]
    return replace(told, assertions=[first, *more], rest=False, left=())


def _plain(text: str) -> str:
    """Without the speaker's `my`."""
    return text.removeprefix("my ").removeprefix("our ")

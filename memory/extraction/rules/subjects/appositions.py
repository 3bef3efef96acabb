"""What stands behind a comma after a name."""

from memory.extraction.diff import SELF
from memory.extraction.rules.owners import (
    read_noun,
)
from memory.extraction.rules.scene import Assertion, Ref
from memory.extraction.rules.subjects.relatives import RELATIVES, take_adjectives
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.titles import read_title


def read_apposition(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """What stands after the comma: an occupation, with its employer, or what somebody is to the speaker."""
    if cursor.low() in ("my", "our"):
        cursor.at += 1
        take_adjectives(cursor)
        _noun, key = read_noun(cursor, RELATIVES)
        if key and key != "other":
            return [
                Assertion(entity=SELF, key=key, target=ref.name, target_type="other" if key == "has_pet" else "person")
            ]
        if key:
            return []
    return read_title(cursor, ref)


def appose(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`Dana, our CFO, …`, `Alice, CTO at Acme, …`, `Omar, my manager, …`; without its second comma it is none."""
    start = cursor.at
    if not cursor.take(","):
        return []
    assertions = read_apposition(cursor, ref)
    if assertions and (cursor.take(",") or cursor.done):
        return assertions
    cursor.at = start
    return []

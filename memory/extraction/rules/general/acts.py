"""A verb with its complements: `oversees payroll for the Berlin office`, `flew to Lima`, `is stored in the archive`."""

from memory.extraction.rules.general.events import (
    read_done,
    read_expecting,
    read_gone,
    read_grown,
    read_marrying,
    read_phrasal,
    read_stopped,
    read_suffered,
)
from memory.extraction.rules.general.shapes import Act
from memory.extraction.rules.general.states import (
    read_habitual,
    read_held,
    read_lying,
    read_owning,
    read_recurring,
    read_under_way,
)
from memory.extraction.rules.general.verbs import (
    GIVEN_UP,
)
from memory.extraction.rules.text.forms import form_of
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.verbs import VerbGroup


def read_act(cursor: Cursor, group: VerbGroup) -> Act | None:
    """What the verb group at the cursor does, told as key and values; None for what it may not mean."""
    start = cursor.at
    if group.lemma in ("marry", "get") and (act := read_marrying(cursor, group)):
        return act
    if group.passive:
        return read_suffered(cursor, group)
    if group.ended and (cursor.done or cursor.kind() == "time") and group.lemma in GIVEN_UP:
        return Act(form_of(group.lemma, "third"), [""], state=True)
    for reader in (
        read_stopped,
        read_expecting,
        read_phrasal,
        read_grown,
        read_under_way,
        read_held,
        read_owning,
        read_habitual,
        read_lying,
        read_done,
        read_gone,
        read_recurring,
    ):
        cursor.at = start
        if act := reader(cursor, group):
            return act
    cursor.at = start
    return None

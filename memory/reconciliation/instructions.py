"""Instructions: one is active on a topic; what is revoked stays, inactive."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.ids import new_id
from memory.extraction.diff import InstructionAction, InstructionRow
from memory.reconciliation.records import InstructionRecord
from memory.vocabulary.folding import fold_value


@dataclass(frozen=True, kw_only=True)
class Settled:
    """`told` are those that the rows speak of, as they then are."""

    changed: Sequence[InstructionRecord]
    told: Sequence[InstructionRecord]


def settle_instructions(rows: Sequence[InstructionRow], known: Sequence[InstructionRecord]) -> Settled:
    """The same again changes nothing, another on the topic takes its place, a revocation ends it."""
    active = {each.topic: each for each in known if each.active}
    changed: dict[object, InstructionRecord] = {}
    told: list[InstructionRecord] = []
    for row in rows:
        held = active.get(row.topic)
        if row.action == InstructionAction.REVOKE:
            if held is None:
                continue
            ended = changed[held.id] = replace(held, active=False, is_changed=not held.is_new)
            del active[row.topic]
            told.append(ended)
        elif held is not None and held.folded == fold_value(row.description):
            told.append(held)
        else:
            if held is not None:
                changed[held.id] = replace(held, active=False, is_changed=not held.is_new)
            made = _made(row)
            active[row.topic] = changed[made.id] = made
            told.append(made)
    return Settled(changed=list(changed.values()), told=told)


def _made(row: InstructionRow) -> InstructionRecord:
    return InstructionRecord(
        id=new_id(),
        label=row.label,
        description=row.description,
        topic=row.topic,
        folded=fold_value(row.description),
        is_new=True,
    )

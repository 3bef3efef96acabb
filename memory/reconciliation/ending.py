"""A value ends: it was so until then."""

from datetime import datetime

from memory.extraction.diff import FactRow
from memory.models import FactState
from memory.reconciliation.records import FactRecord
from memory.reconciliation.work import Work


def end(work: Work, row: FactRow, fact: FactRecord) -> None:
    """Close what is believed and named, or all of the key where nothing is named. Nothing to close is nothing."""
    at = row.valid_until or row.valid_from or work.source.said_at
    for held in work.ledger.believed(fact.entity_id, fact.key):
        is_meant = not fact.value_folded or held.value_folded == fact.value_folded
        if held.is_open and is_meant and not _is_over(held, at):
            finish(work, row, held, at=at)


def _is_over(held: FactRecord, at: datetime) -> bool:
    return held.valid_until is not None and held.valid_until <= at


def finish(work: Work, row: FactRow, held: FactRecord, *, at: datetime) -> None:
    """Close it, with what was said only as a part of it. What a trusted source says is not ended by what is said."""
    if held.trust > work.source.trust:
        reason = f"{work.shown(held)} comes from a trusted source, and its end was said."
        work.doubt(held, "curated", reason, (held,))
        return
    close(work, held, at=at)
    close_parts(work, held, at=at)
    work.tell(row, work.ledger.get(held.id), "closed")
    work.settle(held, row)


def close(work: Work, held: FactRecord, *, at: datetime) -> None:
    """An end to come is noted, and it is believed until then."""
    at = max(at, held.valid_from or at)
    if at > work.now:
        work.ledger.change(held, ended_at=at)
    else:
        work.ledger.change(held, state=FactState.CLOSED, ended_at=at, known_until=work.now)


def close_parts(work: Work, held: FactRecord, *, at: datetime) -> None:
    for part in work.ledger.parts_of(held):
        close(work, part, at=at)

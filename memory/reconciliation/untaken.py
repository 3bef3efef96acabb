"""A value is not taken: it is kept as tentative or as a claim, and what is open about it is told."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import FactRow, Move
from memory.models import FactState
from memory.reconciliation.records import FactRecord
from memory.reconciliation.work import Work


def claim(work: Work, row: FactRow, fact: FactRecord, rivals: Sequence[FactRecord]) -> None:
    """Against what is trusted more."""
    kept = _keep(work, replace(fact, state=FactState.CLAIM))
    work.tell(row, kept, "tentative")
    reason = f"{work.shown(rivals[0])} comes from a trusted source; {work.shown(fact)} was said."
    work.doubt(fact, "curated", reason, (kept, *rivals))


def doubt_value(work: Work, row: FactRow, fact: FactRecord, rivals: Sequence[FactRecord]) -> None:
    """Against what is as good as it, or better."""
    kept = _keep(work, replace(fact, state=FactState.TENTATIVE))
    work.tell(row, kept, "tentative")
    reason = f"{work.shown(fact)} was said, and {work.shown(rivals[0])} is known."
    work.doubt(fact, "contradiction", reason, (kept, *rivals))


def tear(work: Work, row: FactRow, fact: FactRecord) -> None:
    """One of several values that were stated at once."""
    kept = _keep(work, replace(fact, state=FactState.TENTATIVE))
    work.tell(row, kept, "tentative")
    work.doubt(fact, "contradiction", "Several values were stated at once.", (kept,))


def hear(work: Work, row: FactRow, fact: FactRecord) -> None:
    """What another is said to have said is a claim; it may agree, and never ends anything."""
    believed = [each for each in work.ledger.believed(fact.entity_id, fact.key) if each.is_open]
    same = next((each for each in believed if each.value_folded == fact.value_folded), None)
    if row.move in (Move.END, Move.FORGET):
        ended = believed[:1] if not fact.value_folded else [same] if same else []
        for held in ended:
            _report(work, row, fact, (held,))
    elif same:
        work.tell(row, work.prove(same, asserted_by=row.asserted_by), "confirmed")
    else:
        kept = _keep(work, replace(fact, state=FactState.CLAIM))
        work.tell(row, kept, "tentative")
        if believed and fact.single:
            _report(work, row, fact, (believed[0], kept))


def _report(work: Work, row: FactRow, fact: FactRecord, facts: Sequence[FactRecord]) -> None:
    who = row.asserted_by or "Somebody"
    ended = row.move in (Move.END, Move.FORGET)
    said = f"{work.shown(facts[0])} no longer holds" if ended else f"it is {work.shown(fact)}"
    work.doubt(fact, "reported", f"{who} is said to have said that {said}.", facts)


def _keep(work: Work, fact: FactRecord) -> FactRecord:
    """Once, however often it is said."""
    for each in work.ledger.chain(fact.entity_id, fact.key):
        if (each.state, each.value_folded, each.asserted_by) == (fact.state, fact.value_folded, fact.asserted_by):
            return work.prove(each, asserted_by=fact.asserted_by)
    return work.prove(work.ledger.put(fact), asserted_by=fact.asserted_by)

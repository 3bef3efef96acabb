"""What becomes of a diff: a pure function over what is known. The rows are those of docs/decisions/0169."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from memory.extraction.diff import Diff, FactRow, Modality, Move
from memory.reconciliation.chains import ends_before
from memory.reconciliation.ending import end
from memory.reconciliation.instructions import settle_instructions
from memory.reconciliation.records import Decisions, FactRecord, KnownRecords, Source, Told
from memory.reconciliation.stating import state
from memory.reconciliation.untaken import hear, tear
from memory.reconciliation.work import FactKey, Work
from memory.vocabulary.keys import known_key


def reconcile(diff: Diff, *, known: KnownRecords, source: Source, now: datetime, floor: float) -> Decisions:
    """What a diff does to one scope set. `floor`: below it a value does not replace another."""
    work = Work(known, source=source, now=now, floor=floor)
    work.cast.admit(diff)
    work.ledger.move(work.cast.merged)
    at_odds = _values_at_odds(work, diff.facts)
    for row in sorted(diff.facts, key=lambda each: bool(each.said_with)):
        _take(work, row, at_odds)
    return _decisions(work, diff)


def _take(work: Work, row: FactRow, at_odds: dict[FactKey, set[str]]) -> None:
    fact = _fact(work, row)
    if fact is None:
        return  # the cast has told that a name could be several
    if _has_ended(work, row):
        return
    if _is_hearsay(row):
        hear(work, row, fact)
    elif row.move in (Move.END, Move.FORGET):
        end(work, row, fact)
    elif _is_torn(work, fact, at_odds):
        tear(work, row, fact)
    else:
        state(work, row, fact)


def _has_ended(work: Work, row: FactRow) -> bool:
    """Whether the end that the row tells in words closed what was known; its chain says it then."""
    place = work.place(row) if row.unless_ended else None
    ended = place and (place[0], known_key(row.unless_ended).name)
    closed = [(each.fact.entity_id, each.fact.key) for each in work.told if each.effect == "closed"]
    return ended in closed


def _fact(work: Work, row: FactRow) -> FactRecord | None:
    place = work.place(row)
    target = work.cast.find(row.target) if row.is_relation else None
    if place is None or (row.is_relation and target is None):
        return None
    return work.record(row, place, target)


def _is_hearsay(row: FactRow) -> bool:
    return row.modality == Modality.REPORTED or bool(row.asserted_by)


def _is_torn(work: Work, fact: FactRecord, at_odds: dict[FactKey, set[str]]) -> bool:
    """One of two values at once is taken where it repeats what is known."""
    if fact.value_folded not in at_odds.get((fact.entity_id, fact.key), ()):
        return False
    believed = work.ledger.believed(fact.entity_id, fact.key)
    return not any(each.is_open and each.value_folded == fact.value_folded for each in believed)


def _values_at_odds(work: Work, rows: Sequence[FactRow]) -> dict[FactKey, set[str]]:
    """Values of keys that hold one, of which a diff states several for one time."""
    said: defaultdict[FactKey, list[FactRecord]] = defaultdict(list)
    for row in rows:
        plain = row.move == Move.STATE and not _is_hearsay(row) and known_key(row.key).single
        if plain and (fact := _fact(work, row)):
            said[fact.entity_id, fact.key].append(fact)
    return {place: odd for place, facts in said.items() if (odd := set(_at_odds(facts)))}


def _at_odds(facts: Sequence[FactRecord]) -> Iterable[str]:
    for one in facts:
        for other in facts:
            apart = ends_before(one, other) or ends_before(other, one)
            if one.value_folded != other.value_folded and not apart:
                yield one.value_folded


def _decisions(work: Work, diff: Diff) -> Decisions:
    instructions = settle_instructions(diff.instructions, work.known.instructions)
    fresh = [each for each in work.told if each.is_new and each.effect in ("created", "superseded")]
    new_entities = sum(each.is_new for each in work.cast.entities.values())
    return Decisions(
        entities=work.cast.changed(),
        named=work.cast.of_the_diff(),
        merged=work.cast.merged,
        created_facts=work.ledger.created(),
        changed_facts=work.ledger.changed(),
        proofs=work.proofs,
        instructions=instructions.changed,
        told_instructions=instructions.told,
        uncertainties=[*work.said_doubts(diff), *work.cast.uncertainties, *work.doubts],
        resolved=work.resolved,
        corrections=work.corrections,
        told=work.told,
        created=new_entities + sum(_is_new_literal(each) for each in fresh),
        updated=len(work.corrections),
        relations_created=sum(each.fact.target_id is not None or _is_new_literal(each) for each in fresh),
    )


def _is_new_literal(told: Told) -> bool:
    return told.fact.target_id is None and told.effect == "created"

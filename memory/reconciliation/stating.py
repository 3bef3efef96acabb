"""A value is stated: it is confirmed, it is new, or it takes the place of another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from memory.extraction.diff import FactRow, Move
from memory.models import FactState, SourceKind
from memory.reconciliation.chains import begin, ends_before, has_lasted, insert_past, make_room
from memory.reconciliation.ending import close, close_parts, finish
from memory.reconciliation.records import FactRecord
from memory.reconciliation.untaken import claim, doubt_value
from memory.reconciliation.work import Work

PLAIN = 0.85
"""What is said as plainly as this is not outweighed by what was said more plainly."""


def state(work: Work, row: FactRow, fact: FactRecord) -> None:
    believed = work.ledger.believed(fact.entity_id, fact.key)
    same = next((each for each in believed if _is_same(each, fact)), None)
    if fact.valid_until and fact.valid_until <= work.now:
        _state_past(work, row, fact, same)
        return
    rivals = [each for each in believed if _excludes(work, row, each, fact)]
    if same and _has_come_back(work, same, fact):
        _insert(work, row, fact)
    elif same:
        _say_again(work, row, same, fact, rivals)
    elif not rivals:
        _create(work, row, fact)
    else:
        _replace(work, row, fact, rivals)


def _is_same(held: FactRecord, fact: FactRecord) -> bool:
    return held.value_folded == fact.value_folded and not ends_before(held, fact)


def _has_come_back(work: Work, held: FactRecord, fact: FactRecord) -> bool:
    """Whether something else was so between an older word of a value and the word that it is believed by."""
    if not fact.single or fact.said_at >= held.said_at:
        return False
    chain = work.ledger.chain(fact.entity_id, fact.key)
    return any(begin(each) < begin(held) and has_lasted(each) and not ends_before(each, fact) for each in chain)


def _excludes(work: Work, row: FactRow, held: FactRecord, fact: FactRecord) -> bool:
    """Whether a believed fact cannot hold beside the new one."""
    if held.value_folded == fact.value_folded:
        return False
    if row.move == Move.CORRECT and row.instead_of and not fact.single:
        return work.names(held, row.instead_of)
    return fact.single and not ends_before(held, fact) and not ends_before(fact, held)


def _state_past(work: Work, row: FactRow, fact: FactRecord, same: FactRecord | None) -> None:
    """It was so, and is over."""
    ended_at = _end_of_past(work, fact)
    if same and same.is_open:
        finish(work, row, same, at=ended_at)
        _clear(work, work.ledger.get(same.id))
    elif same is None:
        over = replace(fact, state=FactState.CLOSED, ended_at=ended_at, known_until=work.now)
        make_room(work.ledger, over)
        made = work.ledger.put(over)
        work.prove(made)
        work.tell(row, made, "created", is_new=True)


def _clear(work: Work, held: FactRecord) -> None:
    """What was closed may last longer than was known. What a trusted source says has not been closed."""
    if not held.is_open:
        make_room(work.ledger, held)


def _end_of_past(work: Work, fact: FactRecord) -> datetime:
    """As it is stated, but where a later word says what else was so by then."""
    assert fact.valid_until is not None  # noqa: S101 - asked before
    believed = work.ledger.believed(fact.entity_id, fact.key) if fact.single else []
    rivals = [each for each in believed if each.value_folded != fact.value_folded and not ends_before(each, fact)]
    later = [begin(each) for each in rivals if each.said_at > fact.said_at]
    return max(begin(fact), min([fact.valid_until, *later]))


def confirm(work: Work, row: FactRow, held: FactRecord, fact: FactRecord) -> None:
    """Said again. An earlier time that is stated moves its beginning back, and an end that is stated is kept."""
    changes: dict[str, Any] = {
        "confidence": max(held.confidence, fact.confidence),
        "valid_until": held.valid_until or row.valid_until,
    }
    if row.valid_from and (held.valid_from is None or row.valid_from < held.valid_from):
        changes["valid_from"] = row.valid_from
    if work.source.trust > held.trust:
        changes |= {"source_kind": fact.source_kind, "source_id": fact.source_id}
    kept = work.ledger.change(held, **changes)
    make_room(work.ledger, kept)
    _reaffirm(work, row, kept)


def _say_again(work: Work, row: FactRow, held: FactRecord, fact: FactRecord, rivals: Sequence[FactRecord]) -> None:
    """A value that is believed already; what was to be later may be so by now, in the place of what is so yet."""
    before = [each for each in rivals if begin(each) < begin(held)]
    is_early = begin(fact) <= work.now < begin(held)
    if begin(fact) >= begin(held) or not (before or is_early):
        confirm(work, row, held, fact)
        return
    for each in before:
        _supersede(work, each, fact)
    kept = work.ledger.change(held, valid_from=fact.valid_from)
    make_room(work.ledger, kept)
    _reaffirm(work, row, kept)


def _insert(work: Work, row: FactRow, fact: FactRecord) -> None:
    """An older word: of a value that was so by then, or of one that nobody had told."""
    chain = work.ledger.chain(fact.entity_id, fact.key)
    then = (each for each in chain if has_lasted(each) and begin(each) <= begin(fact) and not ends_before(each, fact))
    if same := next((each for each in then if each.value_folded == fact.value_folded), None):
        work.tell(row, work.prove(same), "confirmed")
        return
    made = insert_past(work.ledger, fact)
    work.prove(made)
    work.tell(row, made, "created", is_new=True)


def _reaffirm(work: Work, row: FactRow, held: FactRecord) -> None:
    work.tell(row, work.prove(held), "confirmed")
    work.settle(held, row)


def _create(work: Work, row: FactRow, fact: FactRecord) -> None:
    make_room(work.ledger, fact)
    promoted = _promote(work, fact)
    made = work.prove(promoted or work.ledger.put(fact))
    work.tell(row, made, "created", is_new=promoted is None)
    work.settle(made, row)


def _promote(work: Work, fact: FactRecord) -> FactRecord | None:
    """A tentative value that is now said clearly; what was tentative beside it was not so."""
    doubted = [each for each in work.ledger.chain(fact.entity_id, fact.key) if each.state == FactState.TENTATIVE]
    if not doubted or fact.confidence < work.floor:
        return None
    same = next((each for each in doubted if each.value_folded == fact.value_folded), None)
    for each in doubted:
        if fact.single and each is not same:
            _retract(work, each)
    if same is None:
        return None
    confidence = max(same.confidence, fact.confidence)
    return work.ledger.change(same, state=FactState.CURRENT, confidence=confidence)


def _replace(work: Work, row: FactRow, fact: FactRecord, rivals: Sequence[FactRecord]) -> None:
    """Another value of a key that holds one, or a correction that names what was wrong."""
    trusted = max(each.trust for each in rivals)
    if work.source.trust < trusted:
        claim(work, row, fact, rivals)
    elif trusted and work.source.trust == trusted and _is_at_once(fact, rivals):
        doubt_value(work, row, fact, rivals)
    elif work.source.trust > trusted == 0:
        _overrule(work, row, fact, rivals)
    elif row.move != Move.CORRECT and all(fact.said_at < each.said_at for each in rivals):
        _insert(work, row, fact)
    elif fact.confidence < work.floor or any(fact.confidence < min(each.confidence, PLAIN) for each in rivals):
        doubt_value(work, row, fact, rivals)
    else:
        _succeed(work, row, fact, rivals)


def _is_at_once(fact: FactRecord, rivals: Sequence[FactRecord]) -> bool:
    """Two sources observed at one time. An operator's triples are one source, whose last word counts."""
    if fact.source_kind == SourceKind.TRIPLES:
        return False
    return any(fact.said_at == each.said_at and fact.source_id != each.source_id for each in rivals)


def _succeed(work: Work, row: FactRow, fact: FactRecord, rivals: Sequence[FactRecord]) -> None:
    """The rivals end, or never were so; a plan for later stays one."""
    planned = [each for each in rivals if begin(each) > max(begin(fact), work.now)]
    ended = [each for each in rivals if each not in planned]
    if row.move == Move.CORRECT:
        for each in ended:
            _retract(work, each)
        if row.valid_from is None and ended:
            fact = replace(fact, valid_from=min(map(begin, ended)))
    else:
        for each in ended:
            _supersede(work, each, fact)
    _take_over(work, row, fact, ended, until=min(map(begin, planned), default=None))


def _overrule(work: Work, row: FactRow, fact: FactRecord, rivals: Sequence[FactRecord]) -> None:
    """What is trusted takes the place of what was said, which stays as a claim."""
    for each in rivals:
        work.ledger.change(each, state=FactState.CLAIM, known_until=work.now)
    _take_over(work, row, fact, rivals, until=None)
    reason = f"{work.shown(rivals[0])} was said; {work.shown(fact)} comes from a trusted source."
    work.doubt(fact, "curated", reason, (fact, *rivals))


def _take_over(
    work: Work, row: FactRow, fact: FactRecord, old: Sequence[FactRecord], *, until: datetime | None
) -> None:
    latest = max(old, key=begin, default=None)
    taken = replace(fact, supersedes_id=latest.id if latest else None, ended_at=until)
    make_room(work.ledger, taken)
    made = work.ledger.put(taken)
    work.prove(made)
    work.correct(old, made)
    work.tell(row, made, "superseded" if old else "created", is_new=True)
    work.settle(made, row)


def _supersede(work: Work, held: FactRecord, by: FactRecord) -> None:
    """What begins later than now ends it then; until then it is believed."""
    ended_at = max(begin(by), held.valid_from or begin(by))
    if ended_at > work.now:
        close(work, held, at=ended_at)
        return
    work.ledger.change(held, state=FactState.SUPERSEDED, ended_at=ended_at, known_until=work.now)
    close_parts(work, held, at=ended_at)


def _retract(work: Work, held: FactRecord) -> None:
    work.ledger.change(held, state=FactState.RETRACTED, ended_at=held.valid_from, known_until=work.now)

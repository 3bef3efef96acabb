"""One turn: from its words to its facts, all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from memory.access.caller import MemoryCaller
from memory.budget import read_metered
from memory.errors import MemoryInvalid
from memory.extraction.diff import Diff
from memory.extraction.reading import ReadingOutcome, ReadingStage, TurnReading
from memory.extraction.rules.catalogue import read_triples_text
from memory.models import ScopeSet, Session, SourceKind, Turn
from memory.reconciliation.applying import WriteTarget, apply
from memory.reconciliation.records import Decisions, Source
from memory.retries import retry_at
from memory.scopes.paths import Clauses
from memory.writing.answers import counts_of, extraction_of, wire_id
from memory.writing.deciding import Writing, decide, publish, texts_of
from memory.writing.given import GivenTurn, Infer
from memory.writing.places import hold_place
from memory.writing.recognising import turn_text
from memory.writing.searchable import embed_ahead, turn_document
from memory.writing.sessions import next_seq, open_session

NOT_ASKED = TurnReading(diff=Diff(), stage=ReadingStage.NONE, outcome=ReadingOutcome.SKIPPED)


@dataclass(frozen=True, kw_only=True)
class StoredTurn:
    """A turn, what was read in it and what became of that; `turn` is not stored where it is a preview."""

    turn: Turn
    session: Session
    reading: TurnReading
    decided: Decisions


def store_turn(
    caller: MemoryCaller,
    given: GivenTurn,
    *,
    session: str | None,
    scopes: Clauses,
    now: datetime,
    ends_at: float | None = None,
) -> dict[str, Any]:
    """Keep what was said and what follows from it; the answer, in the published shape.

    `ends_at`: when models stop reading, as `read_metered` has it. Raises BudgetSpent where a model is needed and none
    may be asked, MemoryInvalid where trusted text says nothing that can be read, MemoryForbidden; then nothing is
    stored.
    """
    reading = _read(caller, given, session=session, scopes=scopes, now=now, ends_at=ends_at)
    told = [given.text] if given.infer is not Infer.PREVIEW else []
    embedded = embed_ahead([*told, *texts_of(reading.diff)], now=now)
    writing = Writing(actor=caller.name, embedded=embedded, now=now)
    with transaction.atomic():
        place = hold_place(caller, scopes, now=now)
        opened = open_session(caller, session, place, now=now)
        turn = new_turn(given, reading, session=opened, scope_set=place, seq=next_seq(opened), now=now)
        stored = write_turn(caller, given, reading, turn, by=writing)
        publish_turns([stored], by=writing)
        transaction.set_rollback(given.infer is Infer.PREVIEW)
    return answer_of(stored, mode=given.infer.value)


def write_turn(
    caller: MemoryCaller,
    given: GivenTurn,
    reading: TurnReading,
    turn: Turn,
    *,
    by: Writing,
) -> StoredTurn:
    """The turn and what follows from it, but for what is searched. In the caller's transaction, which holds the
    context."""
    source = source_of(given, turn, is_new=True)
    place = WriteTarget(scope_set=turn.scope_set, principal=caller.acts_for or caller.principal, turn=turn)
    decided = decide(reading.diff, place, source=source, now=by.now)
    turn.extraction = extraction_of(decided, turn_id=wire_id(turn), stage=reading.stage)
    turn.save(force_insert=True)
    apply(decided, place, source=source, now=by.now)
    return StoredTurn(turn=turn, session=turn.session, reading=reading, decided=decided)


def publish_turns(stored: Sequence[StoredTurn], *, by: Writing) -> None:
    """Written turns of one context, and what they changed, become what is searched."""
    documents = [turn_document(each.turn) for each in stored]
    publish([each.decided for each in stored], stored[0].turn.context, by=by, beside=documents)


def new_turn(
    given: GivenTurn, reading: TurnReading, *, session: Session, scope_set: ScopeSet, seq: int, now: datetime
) -> Turn:
    turn = Turn(
        context=scope_set.context,
        session=session,
        scope_set=scope_set,
        seq=seq,
        role=given.role,
        content=given.text,
        spoken_at=given.spoken_at,
        stored_at=now,
        labels=list(given.labels),
        infer=given.infer.value,
    )
    note_reading(turn, reading, now=now)
    return turn


def note_reading(turn: Turn, reading: TurnReading, *, now: datetime) -> None:
    """How it was read, on the row."""
    turn.stage, turn.state = reading.stage.value, reading.outcome.value
    turn.unread_clauses = list(reading.diff.unread)
    turn.error, turn.flags = reading.error, list(reading.flags)
    turn.not_before = retry_at(reading, attempts=turn.attempts, now=now)
    turn.tokens_in += reading.tokens_in
    turn.tokens_out += reading.tokens_out


def source_of(given: GivenTurn, turn: Turn, *, is_new: bool = False) -> Source:
    """A tool's answer is a source of its own kind; a text that is given as triples is trusted."""
    kind = SourceKind.TOOL if given.role == Turn.Role.TOOL else SourceKind.TURN
    kind = SourceKind.TRIPLES if given.infer is Infer.TRIPLES else kind
    return Source(kind=kind, id=str(turn.pk), said_at=given.spoken_at, labels=given.labels, is_new=is_new)


def answer_of(stored: StoredTurn, *, mode: str) -> dict[str, Any]:
    turn, reading = stored.turn, stored.reading
    return {
        "mode": mode,
        "sessionId": stored.session.name,
        "turnId": wire_id(turn),
        "chunkId": wire_id(turn),
        "preview": mode == Infer.PREVIEW,
        **counts_of([stored.decided]),
        "stage": reading.stage.value,
        "complete": reading.complete,
        "extraction": turn.extraction,
    }


def _read(
    caller: MemoryCaller,
    given: GivenTurn,
    *,
    session: str | None,
    scopes: Clauses,
    now: datetime,
    ends_at: float | None,
) -> TurnReading:
    """Outside of any transaction: a model may take its time."""
    if given.infer is Infer.NONE:
        return NOT_ASKED
    if given.infer is Infer.TRIPLES:
        return _read_triples(given)
    with transaction.atomic():
        scope_set = caller.writing(scopes, now=now)
        principal = caller.acts_for or caller.principal
        text = turn_text(given, scope_set, principal=principal, session=session)
        transaction.set_rollback(True)
    return read_metered(caller.context, text, now=now, ends_at=ends_at)


def _read_triples(given: GivenTurn) -> TurnReading:
    diff = read_triples_text(given.text, spoken_at=given.spoken_at)
    if not diff.facts:
        raise MemoryInvalid(
            "Nothing in text could be read as triples for certain; send them as triples, or infer full."
        )
    outcome = ReadingOutcome.UNREAD if diff.unread else ReadingOutcome.READ
    return TurnReading(diff=diff, stage=ReadingStage.RULES, outcome=outcome)

"""A conversation at once: every message is kept, and one that cannot be read leaves the others alone."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from memory.access.caller import MemoryCaller
from memory.budget import read_metered
from memory.extraction.pipeline import MODELS_S
from memory.extraction.reading import TurnReading
from memory.models import Session
from memory.scopes.paths import Clauses
from memory.writing.answers import counts_of
from memory.writing.deciding import Writing, texts_of
from memory.writing.given import Extract, GivenTurn, Infer
from memory.writing.places import hold_place
from memory.writing.recognising import turn_texts
from memory.writing.searchable import embed_ahead
from memory.writing.sessions import next_seq, open_session
from memory.writing.turns import NOT_ASKED, StoredTurn, new_turn, publish_turns, write_turn

LISTS = ("entities", "attributes", "relations", "instructions", "uncertainties", "corrections")


def store_batch(
    caller: MemoryCaller,
    given: Sequence[GivenTurn],
    *,
    session: str | None,
    scopes: Clauses,
    extract: Extract,
    now: datetime,
) -> dict[str, Any]:
    """Keep all of them, in order, in one transaction; the answer in the published shape.

    Models share one budget of time; what they do not reach is read by a worker. Raises BudgetSpent before anything is
    stored.
    """
    readings = _read_all(caller, given, session=session, scopes=scopes, now=now)
    texts = [
        text for turn, reading in zip(given, readings, strict=True) for text in (turn.text, *texts_of(reading.diff))
    ]
    by = Writing(actor=caller.name, embedded=embed_ahead(texts, now=now), now=now)
    with transaction.atomic():
        scope_set = hold_place(caller, scopes, now=now)
        opened = open_session(caller, session, scope_set, now=now)
        numbered = enumerate(zip(given, readings, strict=True), start=next_seq(opened))
        rows = [
            new_turn(turn, reading, session=opened, scope_set=scope_set, seq=seq, now=now)
            for seq, (turn, reading) in numbered
        ]
        stored = [
            write_turn(caller, turn, reading, row, by=by)
            for turn, reading, row in zip(given, readings, rows, strict=True)
        ]
        publish_turns(stored, by=by)
        transaction.set_rollback(given[0].infer is Infer.PREVIEW)
    return _answer(stored, opened, extract)


def _read_all(
    caller: MemoryCaller, given: Sequence[GivenTurn], *, session: str | None, scopes: Clauses, now: datetime
) -> list[TurnReading]:
    """Each with those before it in mind. Names that an earlier one brings are known to the models by its words."""
    if given[0].infer is Infer.NONE:
        return [NOT_ASKED] * len(given)
    ends_at = time.monotonic() + MODELS_S
    principal = caller.acts_for or caller.principal
    with transaction.atomic():
        scope_set = caller.writing(scopes, now=now)
        texts = turn_texts(given, scope_set, principal=principal, session=session)
        transaction.set_rollback(True)
    said = [*texts[0].before, *((turn.role, turn.text) for turn in given)]
    before = len(texts[0].before)
    texts = [replace(text, before=said[max(0, before + at - 4) : before + at]) for at, text in enumerate(texts)]
    return [read_metered(caller.context, text, now=now, ends_at=ends_at) for text in texts]


def _answer(stored: Sequence[StoredTurn], session: Session, extract: Extract) -> dict[str, Any]:
    told: list[dict[str, Any]] = [each.turn.extraction for each in stored]
    return {
        "sessionId": session.name,
        "turnIds": [each["turnId"] for each in told],
        "extractions": [_joined(told)] if extract is Extract.WHOLE_CONVERSATION else told,
        **counts_of([each.decided for each in stored]),
        "complete": all(each.reading.complete for each in stored),
    }


def _joined(told: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One extraction, whose rows name their turn."""
    rows = {kind: [row | {"turnId": each["turnId"]} for each in told for row in each[kind]] for kind in LISTS}
    return {"turnId": told[-1]["turnId"], **rows}

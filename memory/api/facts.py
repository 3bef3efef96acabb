"""`/facts` and `/facts/batch`: what is said and what is known for certain goes in."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from pydantic import AliasChoices, Field

from memory.api.answers.base import described
from memory.api.answers.facts import FactsBatchOut, FactsOut
from memory.api.base import Scoped, Wire, WireTime, caller_of, memory_router
from memory.errors import MemoryInvalid, MemoryTooLarge
from memory.writing.batch import store_batch
from memory.writing.given import (
    MOST_BATCH_CHARS,
    GivenTurn,
    Infer,
    check_category,
    check_extract,
    check_infer,
    check_labels,
    check_role,
    check_spoken_at,
    check_text,
)
from memory.writing.triples import store_triples
from memory.writing.turns import store_turn

router = memory_router("memory facts")


class FactsIn(Scoped):
    """`text`, or `triples` with `infer: triples`. `observed_at`: when it was said; now where nothing is named."""

    text: str | None = None
    infer: str | None = None
    session_id: str | None = None
    role: str | None = None
    memory_category: str | None = None
    labels: list[Any] | None = None
    triples: list[Any] | None = None
    observed_at: WireTime | None = Field(default=None, validation_alias=AliasChoices("observed_at", "observedAt", "ts"))


class MessageIn(Wire):
    role: str | None = None
    content: Any = None
    ts: WireTime | None = Field(default=None, validation_alias=AliasChoices("ts", "observed_at", "observedAt"))


class BatchIn(Scoped):
    """`extract`: whole_conversation (default) or per_message."""

    messages: list[MessageIn] | None = None
    session_id: str | None = None
    extract: str | None = None
    infer: str | None = None
    labels: list[Any] | None = None


@router.post(
    "/facts", response=described(FactsOut), summary="Remember one turn, or triples", operation_id="store_facts"
)
def store_facts(request: HttpRequest, body: FactsIn) -> dict[str, Any]:
    """What was read in it and what became of that; every list is always there."""
    caller, now = caller_of(request), timezone.now()
    infer, labels = check_infer(body.infer), check_labels(body.labels)
    check_category(body.memory_category)
    spoken_at = check_spoken_at(body.observed_at, now=now)
    if infer is Infer.TRIPLES and body.text is None:
        if body.triples is None:
            raise MemoryInvalid("infer triples needs triples, or a text that says them.")
        return store_triples(
            caller,
            body.triples,
            session=body.session_id,
            scopes=body.scopes,
            labels=labels,
            observed_at=spoken_at,
            now=now,
        )
    role = check_role(body.role)
    turn = GivenTurn(text=check_text(body.text), role=role, spoken_at=spoken_at, labels=labels, infer=infer)
    return store_turn(caller, turn, session=body.session_id, scopes=body.scopes, now=now)


@router.post(
    "/facts/batch",
    response=described(FactsBatchOut),
    summary="Remember a conversation",
    operation_id="store_facts_batch",
)
def store_facts_batch(request: HttpRequest, body: BatchIn) -> dict[str, Any]:
    """Every message is kept; one that cannot be read leaves the others alone."""
    caller, now = caller_of(request), timezone.now()
    extract, infer, labels = check_extract(body.extract), check_infer(body.infer), check_labels(body.labels)
    if infer is Infer.TRIPLES:
        raise MemoryInvalid("A batch is read whole or not at all: infer is full, preview or none.")
    turns = _turns(body.messages or [], infer=infer, labels=labels, now=now)
    return store_batch(caller, turns, session=body.session_id, scopes=body.scopes, extract=extract, now=now)


def _turns(messages: list[MessageIn], *, infer: Infer, labels: tuple[str, ...], now: datetime) -> list[GivenTurn]:
    most = settings.MEMORY_BATCH_MESSAGES
    if not messages:
        raise MemoryInvalid("messages is needed, and may not be empty.")
    if len(messages) > most:
        raise MemoryTooLarge(f"messages has {len(messages):,} entries; at most {most:,} are taken.")
    turns = [
        GivenTurn(
            text=check_text(each.content, field=f"messages[{number}].content"),
            role=check_role(each.role, field=f"messages[{number}].role"),
            spoken_at=check_spoken_at(each.ts, now=now, field=f"messages[{number}].ts"),
            labels=labels,
            infer=infer,
        )
        for number, each in enumerate(messages)
    ]
    if (total := sum(len(turn.text) for turn in turns)) > MOST_BATCH_CHARS:
        raise MemoryTooLarge(f"messages have {total:,} characters; at most {MOST_BATCH_CHARS:,} are taken.")
    return turns

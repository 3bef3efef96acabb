"""What models read in a context's documents: facts of the source kind `document`.

Chunk by chunk, so that a worker which is killed costs one. Rules alone never make a fact of a document.

See docs/decisions/0172.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from core.stopping import stopping
from ingestion.models import Chunk, FileState
from memory.budget import read_metered
from memory.documents.listing import UNREAD
from memory.errors import BudgetSpent
from memory.extraction.models.configured import configured_readers
from memory.extraction.reading import ReadingOutcome, TurnReading
from memory.locks import hold_context
from memory.models import ContextFile, Fact, FactState, Proof, SourceKind, Turn
from memory.reconciliation.records import Source
from memory.retries import LONGEST_WAIT, PAUSES
from memory.writing.deciding import Writing, texts_of
from memory.writing.given import GivenTurn
from memory.writing.recognising import turn_text
from memory.writing.searchable import delete_facts, embed_ahead
from memory.writing.triples import write_curated

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
ALIVE = (FactState.CURRENT, FactState.TENTATIVE, FactState.CLAIM)
WORKER = "worker"


def read_next_document(*, now: datetime, ends_at: float) -> bool:
    """Let a model read the document that waits longest, until `ends_at` of the monotonic clock.

    False where none waits, or there is no model.
    """
    document = _take(now) if configured_readers() else None
    if document is None:
        return False
    try:
        _read(document, now=now, ends_at=ends_at)
    except BudgetSpent as spent:
        wait = min(timedelta(seconds=float(spent.extra.get("retry_after_s", 60))), LONGEST_WAIT)
        _put_back(document, not_before=now + wait)
    return True


def close_facts_of(document: ContextFile, *, actor: str, now: datetime) -> int:
    """Close facts that nothing but this document says; how many. In the caller's transaction."""
    hold_context(document.context)
    by = Q(source_kind=SourceKind.DOCUMENT, source_id=str(document.pk))
    said = Fact.objects.filter(by, context=document.context_id, state__in=ALIVE, ended_at=None)
    others = Proof.objects.filter(context=document.context_id, fact__in=said).exclude(by)
    only = list(said.exclude(pk__in=others.values("fact")).values_list("pk", flat=True))
    Fact.objects.filter(pk__in=only).update(state=FactState.CLOSED, ended_at=Greatest(F("valid_from"), Value(now)))
    delete_facts(document.context, only, actor=actor, now=now)
    return len(only)


def _take(now: datetime) -> ContextFile | None:
    """For this caller alone, and with its try counted."""
    waits = Q(nodes_not_before=None) | Q(nodes_not_before__lte=now)
    due = ContextFile.objects.filter(UNREAD, waits, file__state=FileState.DONE)
    due = due.filter(context__use_models=True, context__enforcement_blocked=False)
    due = due.select_related("file", "context", "scope_set__context").defer("file__text", "file__parts")
    for document in due.order_by("file__completed_at")[:10]:
        same = ContextFile.objects.filter(waits, pk=document.pk, nodes_attempts=document.nodes_attempts)
        if same.update(nodes_not_before=now + LEASE, nodes_attempts=F("nodes_attempts") + 1):
            document.nodes_attempts += 1
            return document
    return None


def _read(document: ContextFile, *, now: datetime, ends_at: float) -> None:
    if document.nodes_through == 0:
        with transaction.atomic():
            close_facts_of(document, actor=WORKER, now=now)
    chunks = Chunk.objects.filter(file=document.pk, index__gte=document.nodes_through).select_related("file")
    for chunk in chunks.order_by("index"):
        if stopping.is_set() or time.monotonic() > ends_at:
            _put_back(document, not_before=now)
            return
        reading = _read_chunk(document, chunk, now=now)
        if reading.outcome is ReadingOutcome.FAILED:
            pause = PAUSES[min(document.nodes_attempts, len(PAUSES)) - 1]
            ContextFile.objects.filter(pk=document.pk).update(nodes_not_before=now + pause)
            log.warning("document %s waits for a model after attempt %d", document.pk, document.nodes_attempts)
            return
        if not _write(document, chunk, reading, now=now):
            return
    done = {"nodes_hash": document.file.indexed_hash, "nodes_attempts": 0, "nodes_not_before": None}
    _unchanged(document).update(**done)
    log.info("document %s is read", document.pk)


def _read_chunk(document: ContextFile, chunk: Chunk, *, now: datetime) -> TurnReading:
    """As what a tool tells: of the world, and of nobody who speaks."""
    given = GivenTurn(text=chunk.text, role=Turn.Role.TOOL, spoken_at=document.observed_at or document.file.created_at)
    text = turn_text(given, document.scope_set, principal=None, session=None)
    return read_metered(document.context, text, now=now, by_models=True)


def _write(document: ContextFile, chunk: Chunk, reading: TurnReading, *, now: datetime) -> bool:
    """False where the document is another by now: whoever takes it up next begins anew."""
    embedded = embed_ahead(texts_of(reading.diff), now=now)
    said_at = document.observed_at or document.file.created_at
    source = Source(kind=SourceKind.DOCUMENT, id=str(document.pk), said_at=said_at, labels=tuple(document.labels))
    with transaction.atomic():
        hold_context(document.context)
        through = {"nodes_through": chunk.index + 1, "nodes_attempts": 1, "nodes_not_before": now + LEASE}
        if not _unchanged(document).update(**through):
            return False
        by = Writing(actor=WORKER, embedded=embedded, now=now)
        write_curated(reading.diff, document.scope_set, source=source, by=by)
    document.nodes_attempts = 1
    return True


def _unchanged(document: ContextFile) -> QuerySet[ContextFile]:
    same = ContextFile.objects.filter(pk=document.pk, scope_set=document.scope_set, file__state=FileState.DONE)
    return same.filter(file__indexed_hash=document.file.indexed_hash, version=document.version)


def _put_back(document: ContextFile, *, not_before: datetime) -> None:
    """That was no try."""
    ContextFile.objects.filter(pk=document.pk, nodes_attempts__gt=0).update(
        nodes_not_before=not_before, nodes_attempts=F("nodes_attempts") - 1
    )

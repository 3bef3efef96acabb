"""Deleting, restoring, sweeping, purging. Deleted documents lie in the trash for `TRASH_DAYS` and keep their vectors.

Every deletion leaves a change row. Sweep and purge go in batches (`core.batches`) and skip what a push holds.

See docs/decisions/0005.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from core.batches import in_batches, run_in_batches
from knowledge.errors import DocumentAmbiguous, DocumentNotFound
from knowledge.models import Change, Document
from knowledge.run_counts import Counts, add_counts, runs_of

EXPIRED = "expired"
DELETED = "deleted"
RENEWED = Change.Kind.RENEWED.value
MISSING = "no longer in the source's whole set"

# Expired documents are the sweep's. Plan: one walk of the source's live rows, hashed against the kept ids.
MISSING_KEYS = """
SELECT d.key FROM knowledge_document d
WHERE d.source = %(source)s AND d.deleted_at IS NULL AND (d.expires_at IS NULL OR d.expires_at > %(now)s)
  AND (%(stored_before)s::timestamptz IS NULL OR d.stored_at < %(stored_before)s)
  AND NOT EXISTS (SELECT 1 FROM unnest(%(keys)s::text[]) AS kept(key) WHERE kept.key = d.key)
ORDER BY d.key
"""

# A document that came again after `unless_after` stays.
DELETE_KEYS = """
WITH gone AS (
    UPDATE knowledge_document d SET deleted_at = %(now)s, deleted_reason = %(reason)s
    WHERE d.source = %(source)s AND d.key = ANY(%(keys)s) AND d.deleted_at IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM knowledge_change c
        WHERE c.source = d.source AND c.key = d.key AND c.at > %(unless_after)s AND c.kind <> 'deleted'
      )
    RETURNING d.key
)
INSERT INTO knowledge_change (source, key, kind, at, run, actor)
SELECT %(source)s, key, 'deleted', %(now)s, %(run)s, %(actor)s FROM gone ORDER BY key
"""

# In no order: with a million due, each batch would have to sort them all. Expects: for each source one walk of
# document_source_expires, which ends where the batch is full.
SWEEP = """
WITH due AS (
    SELECT due.id FROM (
        SELECT scope FROM knowledge_storedcount WHERE kind = 'document'
        UNION SELECT scope FROM knowledge_countdelta WHERE kind = 'document'
    ) AS sources, LATERAL (
        SELECT d.id FROM knowledge_document d
        WHERE d.source = sources.scope AND d.deleted_at IS NULL AND coalesce(d.expires_at, 'infinity') <= %(now)s
        LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ) AS due LIMIT %(batch)s
), gone AS (
    UPDATE knowledge_document d SET deleted_at = %(now)s, deleted_reason = %(reason)s
    FROM due WHERE d.id = due.id RETURNING d.source, d.key
)
INSERT INTO knowledge_change (source, key, kind, at, actor)
SELECT source, key, 'deleted', %(now)s, 'expiry' FROM gone
"""

PURGE_DUE = """
SELECT id FROM knowledge_document WHERE deleted_at < %s ORDER BY deleted_at LIMIT %s FOR UPDATE SKIP LOCKED
"""

# What hangs on a document goes in statements of its own: counting its passages still needs to know their source.
PURGE = (
    "DELETE FROM knowledge_passage WHERE document_id = ANY(%s)",
    "DELETE FROM knowledge_fulltextrow WHERE document_id = ANY(%s)",
    "DELETE FROM knowledge_document WHERE id = ANY(%s)",
)

# Expects: change_renewal.
PURGE_RENEWALS = """
DELETE FROM knowledge_change WHERE id IN (
    SELECT id FROM knowledge_change WHERE at < %(before)s AND kind = 'renewed' ORDER BY at LIMIT %(batch)s
)
"""

# Expects: change_at.
PURGE_CHANGES = """
DELETE FROM knowledge_change WHERE id IN (
    SELECT id FROM knowledge_change WHERE at < %(before)s ORDER BY at LIMIT %(batch)s
)
"""

FORGET_REPLACED = """
UPDATE knowledge_change SET before = NULL WHERE id IN (
    SELECT id FROM knowledge_change WHERE before IS NOT NULL AND at < %(before)s ORDER BY at LIMIT %(batch)s
)
"""


def delete_document(key: str, *, source: str | None, now: datetime, actor: str, reason: str = DELETED) -> str:
    """Move one document to the trash; returns its source. `source` None: whichever public source holds the id.

    Raises DocumentNotFound where no live document has the id, DocumentAmbiguous where several sources hold it.
    """
    with transaction.atomic():
        found: list[Document] = list(
            (Document.objects.of_source(source) if source else Document.objects.public())
            .live(now)
            .filter(key=key)
            .select_for_update()
            .order_by("id")[:2]
        )
        if not found:
            raise DocumentNotFound(f"There is no document {key!r}" + (f" in the source {source!r}." if source else "."))
        if len(found) > 1:
            raise DocumentAmbiguous(f"Several sources hold a document {key!r}; name the source.")
        delete_rows([found[0].pk], now=now, actor=actor, reason=reason)
        return found[0].source


def delete_rows(rows: Sequence[int], *, now: datetime, actor: str, reason: str = DELETED) -> int:
    """Move these rows to the trash; how many were not there yet. Counts for a sync run that is active."""
    with transaction.atomic():
        live = Document.objects.filter(pk__in=rows, deleted_at=None).order_by("id").select_for_update()
        gone = [(document.source, document.key) for document in live.only("source", "key")]
        Document.objects.filter(pk__in=rows, deleted_at=None).update(deleted_at=now, deleted_reason=reason)
        runs = runs_of({source for source, _ in gone})
        Change.objects.bulk_create(
            Change(source=source, key=key, kind=Change.Kind.DELETED, at=now, run=runs.get(source), actor=actor)
            for source, key in gone
        )
        for source, run in runs.items():
            add_counts(run, Counts(deleted=sum(each == source for each, _ in gone)))
    return len(gone)


def missing_keys(
    source: str, kept: Sequence[str], *, now: datetime, stored_before: datetime | None = None
) -> list[str]:
    """Live documents of the source that are not among the kept ids; only those stored before, where that is given."""
    named: dict[str, Any] = {"source": source, "keys": list(kept), "now": now, "stored_before": stored_before}
    with connection.cursor() as cursor:
        cursor.execute(MISSING_KEYS, named)
        return [key for (key,) in cursor.fetchall()]


def delete_keys(
    source: str,
    keys: Sequence[str],
    *,
    now: datetime,
    actor: str,
    reason: str = MISSING,
    run: uuid.UUID | None = None,
    unless_after: datetime | None = None,
) -> int:
    """Move these documents of a source to the trash, but for those that came again after `unless_after`; how many."""
    named: dict[str, Any] = {"source": source, "keys": list(keys), "now": now, "actor": actor, "reason": reason}
    with connection.cursor() as cursor:
        cursor.execute(DELETE_KEYS, {**named, "run": run, "unless_after": unless_after or now})
        return int(cursor.rowcount)


def restore_rows(rows: Sequence[int], *, now: datetime, actor: str) -> int:
    """Bring these rows back from the trash; how many came. One that had expired comes back without an expiry."""
    with transaction.atomic():
        trashed = list(Document.objects.in_trash().filter(pk__in=rows).order_by("id").select_for_update())
        for document in trashed:
            if document.expires_at is not None and document.expires_at <= now:
                document.expires_at = None
            document.deleted_at, document.deleted_reason, document.stored_at = None, "", now
        Document.objects.bulk_update(trashed, ["expires_at", "deleted_at", "deleted_reason", "stored_at"])
        Change.objects.bulk_create(
            Change(source=each.source, key=each.key, kind=Change.Kind.RESTORED, at=now, actor=actor) for each in trashed
        )
    return len(trashed)


def sweep_expired(*, now: datetime) -> int:
    """Move expired documents to the trash; how many went. They were hidden the moment they expired."""
    return run_in_batches(SWEEP, now=now, reason=EXPIRED)


def purge_trash(*, now: datetime) -> int:
    """Remove for good what has lain in the trash for `TRASH_DAYS`; how many went."""
    before = now - timedelta(days=settings.TRASH_DAYS)
    return in_batches(lambda batch: _purge_batch(before, batch=batch))


@transaction.atomic
def _purge_batch(before: datetime, *, batch: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(PURGE_DUE, [before, batch])
        rows = [row for (row,) in cursor.fetchall()]
        for statement in PURGE if rows else ():
            cursor.execute(statement, [rows])
    return len(rows)


def purge_changes(*, now: datetime) -> int:
    """Forget changes older than `CHANGE_DAYS`, renewals after `RENEWAL_DAYS` already; how many went.

    A source that is synced every few hours renews all it holds each time; nobody asks for that a week later.
    """
    renewals = run_in_batches(PURGE_RENEWALS, before=now - timedelta(days=settings.RENEWAL_DAYS))
    return renewals + run_in_batches(PURGE_CHANGES, before=now - timedelta(days=settings.CHANGE_DAYS))


def forget_replaced(*, now: datetime) -> int:
    """Drop the contents that updates replaced more than `DIFF_DAYS` ago; the changes themselves stay. How many."""
    return run_in_batches(FORGET_REPLACED, before=now - timedelta(days=settings.DIFF_DAYS))

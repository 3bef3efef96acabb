"""Beginning anew with a file that is there: with the bytes that are kept of it, or with new ones.

Its documents stay as they are until those of the new version take their place; they stay, too, where that fails.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from core.tracing.spans import trace_context
from ingestion.blobs import drop_blobs, keep_blob
from ingestion.models import Collection, File, FileState
from ingestion.naming import plain_title
from ingestion.processing.chunks import kept_chunks
from ingestion.processing.indexing import Embedded, index_chunks
from ingestion.processing.wake_up import notify_on_commit
from ingestion.querysets import WORK
from ingestion.uploads.submit import ALONE_WITH, LOCK_SEED
from knowledge.embedding.vector_space import active_space

FRESH: dict[str, Any] = {
    "state": FileState.QUEUED,
    "attempts": 0,
    "stage_percent": 0,
    "not_before": None,
    "lease_id": None,
    "lease_until": None,
    "error": "",
    "error_code": "",
    "temporary": False,
    "indexed_hash": None,
    "started_at": None,
    "completed_at": None,
}
"""A worker that is at it loses its lease."""


def find_same(content_hash: bytes, collection: Collection) -> File | None:
    """The oldest file of these bytes that is not deleted, whatever its name, its tags and its state.

    Locks until the transaction ends, so that two who submit the same bytes at once find each other's file.
    """
    with connection.cursor() as cursor:
        cursor.execute(ALONE_WITH, [content_hash.hex(), LOCK_SEED])
    same = collection.files.filter(content_hash=content_hash).exclude(state=FileState.DELETED)
    return same.without_text().order_by("created_at").first()


def process_again(file: File, *, now: datetime) -> bool:
    """Queue it, at work or not; False where it was deleted meanwhile. Its bytes have to be kept."""
    changed = _living(file).update(**FRESH, updated_at=now, trace_context=trace_context())
    notify_on_commit()
    return bool(changed)


@transaction.atomic
def replace_body(file: File, body: bytes, *, name: str, content_type: str, now: datetime) -> bool:
    """Let other bytes take the place of its own, and queue it; False where it was deleted meanwhile.

    An empty `name` leaves it its name.
    """
    found = _living(file).select_for_update().without_text().first()
    if found is None:
        return False
    content_hash = keep_blob(body)
    named = plain_title(name) or found.file_name
    told = {"content_hash": content_hash, "body_bytes": len(body), "content_type": content_type[:200]}
    told |= {"trace_context": trace_context()}
    _living(file).update(**FRESH, **told, file_name=named, updated_at=now)
    if bytes(found.content_hash or b"") != content_hash:
        drop_blobs([found])
    notify_on_commit()
    return True


@transaction.atomic
def retag(file: File, tags: Sequence[str], *, now: datetime) -> bool:
    """Let these be its tags, and those of its documents at once; False where nothing changes.

    Whoever works on it now has to begin this stage anew.
    """
    found = File.objects.select_for_update(of=("self",)).select_related("collection").get(pk=file.pk)
    if found.state == FileState.DELETED or found.tags == sorted(set(tags)):
        return False
    found.tags = sorted(set(tags))
    if found.state in WORK:
        found.lease_id, found.lease_until = None, None
    found.save(update_fields=["tags", "lease_id", "lease_until"])
    if found.state == FileState.DONE:
        index_chunks([found], kept_chunks([found]), Embedded(space=active_space(now=now), vectors={}), now=now)
    return True


def _living(file: File) -> Any:
    return File.objects.filter(pk=file.pk).exclude(state=FileState.DELETED)

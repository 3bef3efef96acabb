"""How far files are, and beginning anew with those that failed."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from core.tracing.spans import trace_context
from ingestion.models import File, FileState
from ingestion.processing.wake_up import notify_on_commit
from ingestion.querysets import FileQuerySet


def retry_file(file: File, *, now: datetime) -> bool:
    """Begin anew with one that failed; False where it is not failed any more, or its URL was submitted again."""
    fresh = {"attempts": 0, "not_before": None, "error": "", "error_code": "", "temporary": False, "completed_at": None}
    failed = File.objects.filter(pk=file.pk, state=FileState.FAILED)
    try:
        with transaction.atomic():
            notify_on_commit()
            traced = {"trace_context": trace_context()}
            return bool(failed.update(state=FileState.QUEUED, updated_at=now, **fresh, **traced))
    except IntegrityError:
        return False


def retry_failed(files: FileQuerySet, *, now: datetime) -> int:
    """Begin anew with those of the files that failed; how many."""
    failed = files.filter(state=FileState.FAILED).without_text().order_by("created_at")
    return sum(retry_file(file, now=now) for file in failed.iterator(chunk_size=1_000))


def count_states(files: FileQuerySet) -> dict[str, int]:
    """Files by state, every state; `total`, and how many of the failed did so for a `temporary` reason."""
    rows = files.order_by().values_list("state").annotate(n=Count("pk"), passing=Count("pk", filter=Q(temporary=True)))
    found = {state: (count, temporary) for state, count, temporary in rows}
    counts = {state: found.get(state, (0, 0))[0] for state in FileState.values}
    return counts | {"total": sum(counts.values()), "temporary": found.get(FileState.FAILED, (0, 0))[1]}

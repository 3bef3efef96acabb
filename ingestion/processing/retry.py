"""How far filings are, and beginning anew with those that failed."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from ingestion.models import Filing, State
from ingestion.processing.wake_up import notify_on_commit
from ingestion.querysets import FilingQuerySet


def retry_filing(filing: Filing, *, now: datetime) -> bool:
    """Begin anew with one that failed; False where it is not failed any more, or its URL was handed in again."""
    fresh = {"attempts": 0, "not_before": None, "error": "", "error_code": "", "temporary": False, "completed_at": None}
    failed = Filing.objects.filter(pk=filing.pk, state=State.FAILED)
    try:
        with transaction.atomic():
            notify_on_commit()
            return bool(failed.update(state=State.QUEUED, updated_at=now, **fresh))
    except IntegrityError:
        return False


def retry_failed(filings: FilingQuerySet, *, now: datetime) -> int:
    """Begin anew with those of the filings that failed; how many."""
    failed = filings.filter(state=State.FAILED).without_text().order_by("created_at")
    return sum(retry_filing(filing, now=now) for filing in failed.iterator(chunk_size=1_000))


def count_states(filings: FilingQuerySet) -> dict[str, int]:
    """Filings by state, every state; `total`, and how many of the failed did so for a `temporary` reason."""
    rows = (
        filings.order_by().values_list("state").annotate(n=Count("pk"), passing=Count("pk", filter=Q(temporary=True)))
    )
    found = {state: (count, temporary) for state, count, temporary in rows}
    counts = {state: found.get(state, (0, 0))[0] for state in State.values}
    return counts | {"total": sum(counts.values()), "temporary": found.get(State.FAILED, (0, 0))[1]}

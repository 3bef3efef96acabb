"""How long runs are kept: `RUN_DAYS`; a provider's newest success for good, since its freshness is measured by it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from core.batches import in_batches
from knowledge.run_counts import forget_run_counts
from providers.models import RunAttempt, SourceCleanup, SyncRun

# Expects: run_newest from its end, and of each success one probe of run_newest_success.
OLD = """
SELECT r.id FROM providers_syncrun r
WHERE r.queued_at < %s AND r.finished_at IS NOT NULL AND NOT (
    r.state = 'succeeded' AND NOT EXISTS (
        SELECT 1 FROM providers_syncrun n
        WHERE n.provider_id = r.provider_id AND n.state = 'succeeded' AND n.finished_at > r.finished_at
    )
)
ORDER BY r.queued_at, r.id LIMIT %s FOR UPDATE OF r SKIP LOCKED
"""


def forget_runs(*, now: datetime) -> int:
    """Ended runs older than `RUN_DAYS`, with their attempts and what they counted; how many went."""
    before = now - timedelta(days=settings.RUN_DAYS)
    SourceCleanup.objects.filter(finished_at__lt=before).delete()
    return in_batches(lambda batch: _forget_batch(before, batch=batch))


@transaction.atomic
def _forget_batch(before: datetime, *, batch: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(OLD, [before, batch])
        runs = [run for (run,) in cursor.fetchall()]
    RunAttempt.objects.filter(run__in=runs).delete()
    SyncRun.objects.filter(pk__in=runs).delete()
    forget_run_counts(runs)
    return len(runs)

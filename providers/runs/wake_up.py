"""Waking workers. The row is the truth: a lost message costs seconds, a doubled one nothing.

Workers are told of a few runs at a time, never of more than may run at once; whoever ends a run takes the next. So the
queue stays short, and a run that a person waits for is never behind ten thousand scheduled ones.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from core.queue import notify
from providers.models import SyncRun

TASK = "providers.tasks.sync_provider"
QUEUE = "syncs"
NOTIFICATION_EXPIRES_S = 30
MOST_AT_ONCE = 32
"""A message costs a worker more than a quick run. Whoever was woken takes one run after the other, so that a few are
enough for those; a run that takes its time wakes others (`providers.runs.sync`), and so does each tick."""


def notify_on_commit(*, now: datetime) -> None:
    transaction.on_commit(lambda: notify_waiting(now=now))


def notify_waiting(*, now: datetime, most: int = MOST_AT_ONCE) -> int:
    """Tell the workers of the most urgent waiting runs, no more than there are free places. How many were told.

    A place that a worker was told of a moment ago counts as taken, or each end of a run would wake for all of them.
    """
    with transaction.atomic():
        free = settings.MAX_CONCURRENT_SYNCS - SyncRun.objects.taking_places(now).count()
        waiting = SyncRun.objects.waiting(now).most_urgent_first().select_for_update(skip_locked=True)
        ids = [run.pk for run in waiting.only("pk")[: max(min(free, most), 0)]]
        SyncRun.objects.filter(pk__in=ids).update(notified_at=now)
    return len(ids) if notify_workers(ids) else 0


def notify_workers(run_ids: Sequence[uuid.UUID]) -> bool:
    """One message each. False where the queue cannot be reached; the next look tells them again."""
    if not run_ids:
        return True
    return notify(TASK, *([str(each)] for each in run_ids), queue=QUEUE, expires_s=NOTIFICATION_EXPIRES_S)

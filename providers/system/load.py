"""What waits and what runs, in numbers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from kombu.exceptions import OperationalError

from providers.models import SyncRun
from providers.runs.wake_up import open_queue

QUEUES = ("celery", "syncs", "embedding", "filing")


@dataclass(frozen=True, kw_only=True)
class Load:
    """Sync runs; `oldest_queued_s` counts from when the run that waits longest might have started, null without one."""

    runs_running: int
    runs_queued: int
    oldest_queued_s: float | None


def read_load(*, now: datetime) -> Load:
    may_start = Q(state="queued") & (Q(not_before=None) | Q(not_before__lte=now))
    found = SyncRun.objects.active().aggregate(
        running=Count("pk", filter=Q(state="running")),
        queued=Count("pk", filter=Q(state="queued")),
        oldest=Min("queued_at", filter=may_start),
    )
    oldest = found["oldest"]
    waited = max(0.0, (now - oldest).total_seconds()) if oldest else None
    return Load(runs_running=found["running"], runs_queued=found["queued"], oldest_queued_s=waited)


def queue_depths() -> dict[str, int] | None:
    """Messages that wait in each queue of the workers; None while Redis is away. Asks for at most two seconds."""
    try:
        with open_queue() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
            client = connection.default_channel.client
            return {name: int(client.llen(name)) for name in QUEUES}
    except (OperationalError, OSError):
        return None

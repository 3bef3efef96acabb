"""What waits and what runs, in numbers."""

from dataclasses import dataclass
from datetime import datetime

import redis
from django.db.models import Count, Min, Q

from core.redis import converse
from providers.models import SyncRun

QUEUES = ("celery", "syncs", "embedding", "filing")
PROBE = "larder:probe"


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
    """Messages that wait in each queue of the workers; None while Redis is away. Redis has a list a queue."""

    def count(client: redis.Redis) -> list[int]:
        pipe = client.pipeline(transaction=False)
        for name in QUEUES:
            pipe.llen(name)
        return pipe.execute()

    lengths = converse(count)
    return None if lengths is None else dict(zip(QUEUES, lengths, strict=True))


def write_refusal() -> str:
    """Why Redis takes nothing, in its own words: a full disk or memory, a replica. "" where it does, or is away."""

    def write(client: redis.Redis) -> str:
        try:
            client.set(PROBE, 1, ex=1)
        except redis.ResponseError as error:
            return str(error)
        return ""

    return converse(write) or ""

"""Fetching a URL again by a schedule: a URL is a tiny provider. `providers.cron` says when.

See docs/decisions/0083.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from core.tracing.spans import trace_context
from ingestion.models import File, FileState, SourceType
from ingestion.processing.wake_up import notify_on_commit
from providers.cron import next_fire, parse_schedule, parse_zone
from providers.errors import ScheduleInvalid

log = logging.getLogger(__name__)

BATCH = 200


@dataclass(frozen=True, kw_only=True)
class Refetch:
    """Five cron fields in the wall-clock time of a zone; an empty schedule is never."""

    schedule: str = ""
    timezone: str = "UTC"

    def next_after(self, now: datetime) -> datetime | None:
        """Raises ScheduleInvalid."""
        zone = parse_zone(self.timezone)
        return next_fire(parse_schedule(self.schedule), zone=zone, after=now) if self.schedule else None


ONCE = Refetch()


def schedule_fetches(file: File, again: Refetch, *, now: datetime) -> None:
    """Raises ScheduleInvalid."""
    file.fetch_schedule, file.timezone = again.schedule, again.timezone
    file.next_fetch_at = again.next_after(now)
    file.save(update_fields=["fetch_schedule", "timezone", "next_fetch_at"])


def fetch_again(file: File, *, now: datetime) -> bool:
    """Fetch a URL anew; False where it is not done, or is at work already. Its documents stay until it is done."""
    done = File.objects.filter(pk=file.pk, source_type=SourceType.URL, state=FileState.DONE)
    with transaction.atomic():
        queued = done.update(state=FileState.QUEUED, updated_at=now, trace_context=trace_context(), **FRESH)
        notify_on_commit()
    return bool(queued)


@transaction.atomic
def queue_due_fetches(*, now: datetime, limit: int = BATCH) -> int:
    """Queue those whose time has come; how many. Missed slots count once; rows that others hold are left to them."""
    due = list(File.objects.due_for_fetching(now).without_text().select_for_update(skip_locked=True)[:limit])
    for file in due:
        file.next_fetch_at = _next_fetch(file, now)
        file.state, file.updated_at, file.trace_context = FileState.QUEUED, now, ""
        for name, value in FRESH.items():
            setattr(file, name, value)
    File.objects.bulk_update(due, ["next_fetch_at", "state", "updated_at", "trace_context", *FRESH])
    if due:
        notify_on_commit()
    return len(due)


def _next_fetch(file: File, now: datetime) -> datetime | None:
    try:
        return Refetch(schedule=file.fetch_schedule, timezone=file.timezone).next_after(now)
    except ScheduleInvalid:
        log.warning("file %s has a schedule that is none any more", file.pk)
        return None


FRESH: dict[str, Any] = {"attempts": 0, "not_before": None}

"""Fetching a URL again by a schedule: a URL is a tiny provider. When, says the one cron brain.

See docs/decisions/0083.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from ingestion.models import Filing, SourceType, State
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


def schedule_fetches(filing: Filing, again: Refetch, *, now: datetime) -> None:
    """Raises ScheduleInvalid."""
    filing.fetch_schedule, filing.timezone = again.schedule, again.timezone
    filing.next_fetch_at = again.next_after(now)
    filing.save(update_fields=["fetch_schedule", "timezone", "next_fetch_at"])


def fetch_again(filing: Filing, *, now: datetime) -> bool:
    """Fetch a filed URL now; False where it is not filed, or is at it already. Its documents stay until it is done."""
    filed = Filing.objects.filter(pk=filing.pk, source_type=SourceType.URL, state=State.DONE)
    with transaction.atomic():
        queued = filed.update(state=State.QUEUED, updated_at=now, **FRESH)
        notify_on_commit()
    return bool(queued)


@transaction.atomic
def queue_due_fetches(*, now: datetime, limit: int = BATCH) -> int:
    """Queue those whose time has come; how many. Missed slots count once; rows that others hold are left to them."""
    due = list(Filing.objects.due_for_fetching(now).without_text().select_for_update(skip_locked=True)[:limit])
    for filing in due:
        filing.next_fetch_at = _next_fetch(filing, now)
        filing.state, filing.updated_at = State.QUEUED, now
        for name, value in FRESH.items():
            setattr(filing, name, value)
    Filing.objects.bulk_update(due, ["next_fetch_at", "state", "updated_at", *FRESH])
    if due:
        notify_on_commit()
    return len(due)


def _next_fetch(filing: Filing, now: datetime) -> datetime | None:
    try:
        return Refetch(schedule=filing.fetch_schedule, timezone=filing.timezone).next_after(now)
    except ScheduleInvalid:
        log.warning("filing %s has a schedule that is none any more", filing.pk)
        return None


FRESH: dict[str, Any] = {"attempts": 0, "not_before": None}

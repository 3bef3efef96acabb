"""The dispatcher's statements: thousands of providers that fall due together cost three round trips.

The caller's transaction holds the providers' rows from the first statement to its commit.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db import connection

from providers.models import RunState, Trigger


@dataclass(frozen=True, slots=True)
class Due:
    """A provider whose planned time has come, as the plan needs it."""

    pk: str
    sync_schedule: str
    timezone: str
    jitter_s: int
    next_run_at: datetime


@dataclass(frozen=True, slots=True)
class Busy:
    """The run that a provider is still at."""

    trigger: str
    state: str
    attempt: int

    @property
    def sentence(self) -> str:
        waits = self.state == RunState.QUEUED and self.attempt > 1
        doing = "waiting for its next attempt" if waits else RunState(self.state).label.lower()
        return f"The sync before it, {Trigger(self.trigger).label}, was still {doing}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What becomes of one due provider. Without `at` no run is made; `busy` is why a run is skipped, `error` why its
    schedule could not be followed. `trace` is the run's trace context."""

    provider: str
    at: datetime | None = None
    due_since: datetime | None = None
    next: datetime
    busy: str = ""
    error: str = ""
    trace: str = ""


# Plan: index provider_due, in its order; rows that another dispatcher holds are passed over.
LOCK_DUE = """
SELECT id, sync_schedule, timezone, jitter_s, next_run_at FROM providers_provider
WHERE enabled AND next_run_at <= %s ORDER BY next_run_at, id LIMIT %s FOR UPDATE SKIP LOCKED"""

# Asked once the rows are held, so that a run that was made meanwhile is seen. Plan: index run_one_active_per_provider.
READ_BUSY = """
SELECT provider_id, trigger, state, attempt FROM providers_syncrun
WHERE state IN ('queued', 'running') AND provider_id = ANY(%s)"""

# Plan: the JSON is read once; the providers are found by their primary key.
WRITE_SLOTS = """
WITH slot AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(slots)s::json)
        AS slot(provider text, at timestamptz, due_since timestamptz, next timestamptz, busy text, error text,
            trace text)
), made AS (
    INSERT INTO providers_syncrun (
        id, provider_id, trigger, scheduled_for, due_since, queued_at, attempt,
        state, deadline_at, finished_at, error_code, error, trace_context,
        created, updated, renewed, unchanged, stale, deleted, rejected, pending, held)
    SELECT gen_random_uuid(), provider, 'schedule', at, due_since, %(now)s, 1,
        CASE WHEN busy = '' THEN 'queued' ELSE 'skipped' END,
        CASE WHEN busy = '' THEN %(deadline)s::timestamptz END,
        CASE WHEN busy = '' THEN NULL ELSE %(now)s::timestamptz END,
        CASE WHEN busy = '' THEN '' ELSE 'still_running' END, busy, trace,
        0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM slot WHERE at IS NOT NULL
    ON CONFLICT DO NOTHING
)
UPDATE providers_provider SET next_run_at = slot.next, schedule_error = slot.error
FROM slot WHERE id = slot.provider"""


def lock_due(*, now: datetime, limit: int) -> list[Due]:
    """The longest overdue first."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_DUE, [now, limit])
        return [Due(*row) for row in cursor.fetchall()]


def read_busy(providers: Iterable[Due]) -> dict[str, Busy]:
    """By provider; those that have nothing under way are not in it."""
    with connection.cursor() as cursor:
        cursor.execute(READ_BUSY, [[each.pk for each in providers]])
        return {provider: Busy(*rest) for provider, *rest in cursor.fetchall()}


def write_slots(slots: Iterable[Slot], *, now: datetime, deadline: datetime) -> None:
    """A run for each, unless the slot has one already, and each provider's next plan."""
    rows = [dict(zip(Slot.__slots__, FIELDS(slot), strict=True)) for slot in slots]
    with connection.cursor() as cursor:
        cursor.execute(WRITE_SLOTS, {"slots": json.dumps(rows, default=str), "now": now, "deadline": deadline})


FIELDS = attrgetter(*Slot.__slots__)

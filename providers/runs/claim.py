"""Taking a run that waits: one round trip from queued to running, with a lease, a deadline and open run counts.

At most `MAX_CONCURRENT_SYNCS` run at a time. Whoever was told of a run counts them under a lock. Whoever has just ended
one takes the next in its place: no lock is needed, as there are no more than before.

See docs/decisions/0187.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from core.sql import Statement, fetch_all
from knowledge.run_counts import OPEN_COUNTS
from providers.incremental.sync_state import MOST_LOOKED_AT
from providers.incremental.wire import BEGINNING, StartingPoint
from providers.models import Provider, RunState, SyncRun
from providers.querysets import NOTIFY_AGAIN_AFTER

LEASE = timedelta(seconds=60)
STARTING_POINT = "_starting_point"

RUN_FIELDS = [field.attname for field in SyncRun._meta.concrete_fields]
PROVIDER_FIELDS = [field.attname for field in Provider._meta.concrete_fields]

# Held until the claim is committed: the statement that follows sees what the one before it has claimed.
LOCK_PLACES = "SELECT pg_advisory_xact_lock(hashtextextended('larder sync places', 0))"

ONE = "SELECT id, provider_id FROM providers_syncrun WHERE id = %(run)s"

# Plan: index run_urgency, in its order; what another worker is about to take is passed over.
MOST_URGENT = """
SELECT id, provider_id FROM providers_syncrun
WHERE state = 'queued' AND (not_before IS NULL OR not_before <= %(now)s)
AND (notified_at IS NULL OR notified_at <= %(unheard)s)
ORDER BY trigger, queued_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"""

# A success whose documents were all taken; an earlier provider of the same id was another one. Where none of the newest
# is such, everything comes again. Plan: the beginning of run_newest_success.
LAST_SUCCESS = f"""
SELECT began, version FROM (
    SELECT s.id, s.finished_at, s.rejected, coalesce(s.attempt_at, s.started_at) AS began,
        coalesce(s.cursor_version, 0) AS version
    FROM providers_syncrun s
    WHERE s.provider_id = p.id AND s.state = 'succeeded' AND s.finished_at >= p.created_at
    AND s.queued_at >= p.created_at
    ORDER BY s.finished_at DESC LIMIT {MOST_LOOKED_AT}
) newest WHERE rejected = 0
AND NOT EXISTS (SELECT 1 FROM knowledge_runcounts k WHERE k.run = newest.id AND k.trouble <> '')
ORDER BY newest.finished_at DESC LIMIT 1"""  # noqa: S608 -- a number

# Plan: the run, its provider and its cursor by their primary keys; the places by the index run_active.
CLAIM = f"""
WITH asked AS MATERIALIZED ({{asked}}), claimed AS (
    UPDATE providers_syncrun r SET
        state = 'running', started_at = coalesce(r.started_at, greatest(%(now)s, r.queued_at)),
        attempt_at = greatest(%(now)s, r.queued_at, r.started_at),
        cursor_version = coalesce(r.cursor_version, c.version, 0),
        lease_until = %(now)s + %(lease)s, not_before = NULL,
        deadline_at = coalesce(%(now)s + p.sync_timeout_ms * interval '1 millisecond' + 2 * %(lease)s, r.deadline_at)
    FROM asked LEFT JOIN providers_provider p ON p.id = asked.provider_id
    LEFT JOIN providers_synccursor c ON c.provider_id = p.id
    WHERE r.id = asked.id AND r.state = 'queued' AND (r.not_before IS NULL OR r.not_before <= %(now)s)
    AND (SELECT count(*) FROM providers_syncrun WHERE state = 'running') < %(places)s
    RETURNING {", ".join(f"r.{name}" for name in RUN_FIELDS)}, p.prune, p.id AS found
), {OPEN_COUNTS}
SELECT {", ".join(f"claimed.{name}" for name in RUN_FIELDS)}, {", ".join(f"p.{name}" for name in PROVIDER_FIELDS)},
    CASE WHEN last.version = coalesce(c.version, 0) THEN last.began END, coalesce(c.state, '')
FROM claimed LEFT JOIN providers_provider p ON p.id = claimed.found
LEFT JOIN providers_synccursor c ON c.provider_id = p.id
LEFT JOIN LATERAL ({LAST_SUCCESS}) last ON true"""  # noqa: S608 -- names of columns


def claim_run(run_id: UUID, *, now: datetime) -> SyncRun | None:
    """queued -> running; None where it is not ours, or every place is taken. Its provider is loaded with it."""
    claim = Statement(text=CLAIM.format(asked=ONE), parameters={**_parameters(now), "run": run_id})
    *_, rows = fetch_all([Statement(text=LOCK_PLACES), claim])
    if not rows:  # for want of a place, the next run to end may take it at once
        waiting = SyncRun.objects.filter(pk=run_id, state=RunState.QUEUED).exclude(not_before__gt=now)
        waiting.update(notified_at=None)
    return _run_of(rows)


def claim_next(*, now: datetime) -> SyncRun | None:
    """The most urgent run that no worker was told of lately, in the place of one that has ended."""
    unheard = now - NOTIFY_AGAIN_AFTER
    claim = Statement(text=CLAIM.format(asked=MOST_URGENT), parameters={**_parameters(now), "unheard": unheard})
    return _run_of(fetch_all([claim])[0])


def starting_point_of(run: SyncRun) -> StartingPoint:
    """What the sync goes on from, of a run that was just claimed here."""
    found: StartingPoint = vars(run).get(STARTING_POINT, BEGINNING)
    return found


def _parameters(now: datetime) -> dict[str, Any]:
    return {"now": now, "lease": LEASE, "places": settings.MAX_CONCURRENT_SYNCS}


def _run_of(rows: list[tuple[Any, ...]]) -> SyncRun | None:
    if not rows:
        return None
    values = rows[0]
    run = SyncRun.from_db(connection.alias, RUN_FIELDS, values[: len(RUN_FIELDS)])
    *of_provider, since, state = values[len(RUN_FIELDS) :]
    vars(run)[STARTING_POINT] = StartingPoint(since=since, state=state)
    if of_provider[PROVIDER_FIELDS.index("id")] is not None:
        run.provider = Provider.from_db(connection.alias, PROVIDER_FIELDS, of_provider)
    return run

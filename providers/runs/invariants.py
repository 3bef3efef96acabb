"""What must hold of providers and runs at every moment, asked of the database. Each breach is a row and a sentence.

Many rules are constraints as well; they are asked all the same, as a constraint says nothing once it has been dropped,
or was restored around. Every statement is bounded by `since` (on the index run_newest) or by what is active, and gives
(provider, run, sentence). What is younger than `GRACE` is not judged: a tick, a round of the reaper, a commit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from providers.runs.slots import lost_slots

GRACE = timedelta(seconds=30)
KEPT = timedelta(days=1)
"""What is purged after some days is not counted on during the last of them."""


@dataclass(frozen=True, kw_only=True)
class Breach:
    """`run_id` is None where no single run is to blame."""

    rule: str
    provider_id: str
    run_id: UUID | None
    sentence: str


ONE_RUN_PER_SLOT = """
SELECT provider_id, min(id::text)::uuid, format('there are %%s runs for %%s', count(*), scheduled_for)
FROM providers_syncrun WHERE queued_at >= %(since)s AND scheduled_for IS NOT NULL
GROUP BY provider_id, scheduled_for HAVING count(*) > 1"""

MISSED_SLOTS_ARE_MADE_UP_FOR_ONCE = """
SELECT provider_id, id, format('it stands for slots from %%s on, the run before it for those up to %%s', first, before)
FROM (
    SELECT provider_id, id, coalesce(due_since, scheduled_for) AS first,
        max(scheduled_for) OVER (
            PARTITION BY provider_id ORDER BY scheduled_for, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before
    FROM providers_syncrun WHERE queued_at >= %(since)s AND scheduled_for IS NOT NULL
) AS run WHERE first < before"""

ONE_ACTIVE_RUN = """
SELECT provider_id, min(id::text)::uuid, format('%%s runs are active at once', count(*))
FROM providers_syncrun WHERE state IN ('queued', 'running')
GROUP BY provider_id HAVING count(*) > 1"""

NO_OVERLAP = """
SELECT provider_id, id, format('it started at %%s, while another one ran until %%s', started_at, until)
FROM (
    SELECT provider_id, id, started_at, max(coalesce(finished_at, %(now)s)) OVER (
        PARTITION BY provider_id ORDER BY started_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS until
    FROM providers_syncrun WHERE queued_at >= %(since)s AND started_at IS NOT NULL
) AS run WHERE started_at < until"""

WITHIN_LEASE_AND_DEADLINE = """
SELECT provider_id, id, CASE
    WHEN deadline_at IS NULL THEN format('it is %%s without a deadline', state)
    WHEN deadline_at < %(settled)s THEN format('it is still %%s, though its deadline was %%s', state, deadline_at)
    ELSE format('its lease ended at %%s and nobody has settled it', lease_until) END
FROM providers_syncrun WHERE state IN ('queued', 'running') AND (
    deadline_at IS NULL OR deadline_at < %(settled)s OR (state = 'running' AND lease_until < %(settled)s))"""

ENDS_WITH_A_SENTENCE = """
SELECT provider_id, id, format('it %%s without a code or without a sentence', state)
FROM providers_syncrun WHERE queued_at >= %(since)s AND (error_code = '' OR error = '')
AND state IN ('failed', 'timed_out', 'cancelled', 'skipped', 'interrupted')
UNION ALL
SELECT run.provider_id, run.id, format('its attempt %%s ended without a code or without a sentence', number)
FROM providers_runattempt AS attempt JOIN providers_syncrun AS run ON run.id = attempt.run_id
WHERE run.queued_at >= %(since)s AND (attempt.error_code = '' OR attempt.error = '')"""

TIME_RUNS_FORWARD = """
SELECT provider_id, id, format('queued %%s, started %%s, last attempt %%s, finished %%s: not in this order',
    queued_at, started_at, attempt_at, finished_at)
FROM providers_syncrun WHERE queued_at >= %(since)s
AND (started_at < queued_at OR attempt_at < started_at OR finished_at < coalesce(attempt_at, started_at, queued_at))
UNION ALL
SELECT run.provider_id, run.id, format('its attempt %%s ended before it began', number)
FROM providers_runattempt AS attempt JOIN providers_syncrun AS run ON run.id = attempt.run_id
WHERE run.queued_at >= %(since)s AND attempt.ended_at < attempt.started_at"""

NOTHING_EARLY = """
SELECT provider_id, id, format('planned for %%s, it was made at %%s', scheduled_for, queued_at)
FROM providers_syncrun WHERE queued_at >= %(since)s AND queued_at < scheduled_for
UNION ALL
SELECT run.provider_id, run.id, format('attempt %%s began at %%s, not to begin before %%s',
    number + 1, coalesce(next_one.started_at, run.attempt_at), attempt.retry_at)
FROM providers_runattempt AS attempt JOIN providers_syncrun AS run ON run.id = attempt.run_id
LEFT JOIN LATERAL (
    SELECT started_at FROM providers_runattempt WHERE run_id = run.id AND number = attempt.number + 1
) AS next_one ON true
WHERE run.queued_at >= %(since)s AND coalesce(next_one.started_at, run.attempt_at) < attempt.retry_at
AND coalesce(next_one.started_at, run.attempt_at) > attempt.started_at"""

EVERY_ATTEMPT_IS_KEPT = """
SELECT provider_id, id, format('it is at attempt %%s, but %%s earlier ones are noted', attempt, noted)
FROM (
    SELECT provider_id, id, attempt, (SELECT count(*) FROM providers_runattempt WHERE run_id = run.id) AS noted
    FROM providers_syncrun AS run WHERE queued_at >= %(since)s
) AS run WHERE noted <> attempt - 1"""

SKIPPED_FOR_A_REASON = """
SELECT provider_id, id, format('skipped at %%s for a run that was not active then', queued_at)
FROM providers_syncrun AS run
WHERE queued_at >= %(since)s AND state = 'skipped' AND error_code = 'still_running' AND NOT EXISTS (
    SELECT FROM providers_syncrun AS busy WHERE busy.provider_id = run.provider_id AND busy.state <> 'skipped'
    AND busy.queued_at <= run.queued_at AND coalesce(busy.finished_at, %(now)s) >= run.queued_at - %(grace)s)"""

COUNTS_FOLLOW_RUNS = """
SELECT source, run, 'its counts are open, though the run has ended or is gone'
FROM knowledge_runcounts AS counts WHERE closed_at IS NULL AND NOT EXISTS (
    SELECT FROM providers_syncrun WHERE id = counts.run AND state IN ('queued', 'running'))
UNION ALL
SELECT provider_id, id, 'it is running without open counts'
FROM providers_syncrun AS run WHERE state = 'running' AND NOT EXISTS (
    SELECT FROM knowledge_runcounts WHERE knowledge_runcounts.run = run.id AND closed_at IS NULL)
UNION ALL
SELECT DISTINCT '', seen.run, 'what it has seen is still noted, though the run has ended or is gone'
FROM knowledge_seenkeys AS seen WHERE NOT EXISTS (
    SELECT FROM providers_syncrun WHERE id = seen.run AND state IN ('queued', 'running'))"""

COUNTS_ARE_WHAT_ARRIVED = """
SELECT provider_id, id, format('it says %%s documents arrived, its counts %%s', of_run, of_counts)
FROM (
    SELECT provider_id, id,
        (run.created, run.updated, run.renewed, run.unchanged, run.stale, run.deleted, run.rejected,
            run.held)::text AS of_run,
        (counts.created, counts.updated, counts.renewed, counts.unchanged, counts.stale,
            counts.deleted, counts.rejected, counts.held)::text AS of_counts
    FROM providers_syncrun AS run JOIN knowledge_runcounts AS counts ON counts.run = run.id
    WHERE queued_at >= %(since)s AND finished_at IS NOT NULL
) AS run WHERE of_run <> of_counts"""

COUNTS_MATCH_CHANGES = """
SELECT provider_id, id, format('it counts %%s created and updated and %%s deleted documents; kept are %%s and %%s',
    brought, deleted, noted, noted_deleted)
FROM (
    SELECT provider_id, run.id, run.created + run.updated AS brought, run.deleted, counts.late,
        kept.noted, kept.noted_deleted
    FROM providers_syncrun AS run JOIN knowledge_runcounts AS counts ON counts.run = run.id
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE kind IN ('created', 'updated')) AS noted,
            count(*) FILTER (WHERE kind = 'deleted') AS noted_deleted
        FROM knowledge_change WHERE knowledge_change.run = run.id
    ) AS kept
    WHERE run.queued_at >= greatest(%(since)s, %(kept)s) AND run.finished_at IS NOT NULL
) AS run WHERE noted NOT BETWEEN brought AND brought + late OR noted_deleted < deleted"""

PLANS_ARE_KEPT = """
SELECT id, NULL::uuid, CASE WHEN next_run_at IS NULL THEN 'it has a schedule, but no next start is planned'
    ELSE format('it has been due since %%s and nothing has begun', next_run_at) END
FROM providers_provider
WHERE enabled AND paused_at IS NULL AND sync_schedule <> '' AND (next_run_at IS NULL OR next_run_at < %(settled)s)"""

HELD_BELONGS_TO_A_RUN = """
SELECT source, run, 'deletions are held for a run that is not there'
FROM knowledge_helddeletion AS held WHERE state = 'pending' AND run IS NOT NULL AND NOT EXISTS (
    SELECT FROM providers_syncrun WHERE id = held.run AND provider_id = held.source)"""

STATEMENTS = {
    "one run per slot": ONE_RUN_PER_SLOT,
    "missed slots are made up for once": MISSED_SLOTS_ARE_MADE_UP_FOR_ONCE,
    "one active run per provider": ONE_ACTIVE_RUN,
    "runs of a provider do not overlap": NO_OVERLAP,
    "every run is within its lease and deadline": WITHIN_LEASE_AND_DEADLINE,
    "every bad end has a sentence": ENDS_WITH_A_SENTENCE,
    "time runs forward": TIME_RUNS_FORWARD,
    "nothing is early": NOTHING_EARLY,
    "every attempt is kept": EVERY_ATTEMPT_IS_KEPT,
    "what is skipped has a reason": SKIPPED_FOR_A_REASON,
    "the counts of a run follow it": COUNTS_FOLLOW_RUNS,
    "counts are what arrived": COUNTS_ARE_WHAT_ARRIVED,
    "counts match changes": COUNTS_MATCH_CHANGES,
    "plans are kept": PLANS_ARE_KEPT,
    "held deletions belong to a run": HELD_BELONGS_TO_A_RUN,
}
SLOTS = "no slot is lost"
RULES = (*STATEMENTS, SLOTS)


def find_breaches(*, since: datetime, now: datetime) -> Iterator[Breach]:
    """Every breach, rule by rule, for runs made since then and for whatever is active.

    Ask within one REPEATABLE READ transaction wherever others are at work. Cost: a few µs a run.
    """
    kept = now - timedelta(days=settings.CHANGE_DAYS) + KEPT
    values: dict[str, Any] = {"since": since, "now": now, "grace": GRACE, "settled": now - GRACE, "kept": kept}
    for rule, statement in STATEMENTS.items():
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            for provider_id, run_id, sentence in cursor.fetchall():
                yield Breach(rule=rule, provider_id=provider_id, run_id=run_id, sentence=sentence)
    for provider_id, run_id, sentence in lost_slots(since=since, settled=now - GRACE):
        yield Breach(rule=SLOTS, provider_id=provider_id, run_id=run_id, sentence=sentence)

"""How runs end, and whether an attempt is followed by another.

Whoever settles an attempt holds the provider's row first and the run's row second, as everybody does. A verdict is
given once: a run that was taken away meanwhile keeps the one it has.

See docs/decisions/0058.
"""

import logging
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Greatest

from core.sql import fetch
from knowledge.deleting.held import remove_unseen
from knowledge.models import RunCounts
from knowledge.run_counts import CLOSE_COUNTS, close_run_counts
from providers.incremental.sync_state import keep_progress
from providers.incremental.wire import NO_PROGRESS, Progress, SyncMode
from providers.models import Provider, Prune, RunAttempt, RunState, SyncRun
from providers.runs.next_start import planned_start
from providers.runs.retry import retry_delay

log = logging.getLogger(__name__)

COUNTS = ("created", "updated", "renewed", "unchanged", "stale", "deleted", "rejected", "pending", "held")
OUTCOME_FIELDS = ("consecutive_failures", "paused_at", "paused_reason", "next_run_at", "updated_at")
STARTS = ("started_at", "attempt_at")
LATE_GRACE = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How an attempt ended, and why.

    `unavailable`: the same may go well another time, not before `retry_after_s`. `blames_provider`: counts towards its
    failures in a row. `progress`: what a success says of its mode and of what the next one goes on from.
    """

    state: RunState
    error_code: str = ""
    error: str = ""
    contract: int | None = None
    http_status: int | None = None
    reported: int | None = None
    unavailable: bool = False
    retry_after_s: float | None = None
    blames_provider: bool = False
    progress: Progress = NO_PROGRESS


CANCELLED = Verdict(state=RunState.CANCELLED, error_code="cancelled", error="Cancelled while it ran.")
LOST = Verdict(
    state=RunState.INTERRUPTED, error_code="interrupted", error="The worker stopped reporting.", unavailable=True
)
STOPPED = Verdict(
    state=RunState.INTERRUPTED, error_code="interrupted", error="The worker was shut down meanwhile.", unavailable=True
)
INTERNAL = Verdict(
    state=RunState.FAILED,
    error_code="internal_error",
    error="Larder itself failed here, not the provider; see its log.",
)
NO_DATABASE = Verdict(
    state=RunState.FAILED,
    error_code="database_unavailable",
    error="Larder's own database was away when the sync was to begin; the provider was not called.",
    unavailable=True,
)
RAN_TOO_LONG = Verdict(
    state=RunState.TIMED_OUT,
    error_code="ran_too_long",
    error="It was still at work long after its timeout, so its worker was given up; look at the worker's log.",
)


def queued_too_long() -> Verdict:
    minutes = settings.RUN_QUEUE_MINUTES
    sentence = f"No worker took it within {minutes} min. Start more workers, or raise MAX_CONCURRENT_SYNCS."
    return Verdict(state=RunState.FAILED, error_code="queued_too_long", error=sentence)


def queue_deadline(may_start_at: datetime) -> datetime:
    return may_start_at + timedelta(minutes=settings.RUN_QUEUE_MINUTES)


# A success that changes nothing of the provider: nearly every run ends so. The provider's row is locked first, then the
# run's, then its counts. Plan: each by its primary key.
END_PLAINLY = f"""
WITH provider AS MATERIALIZED (
    SELECT id FROM providers_provider
    WHERE id = %(provider)s AND prune <> 'unseen' AND consecutive_failures = 0 AND paused_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM providers_synccursor WHERE provider_id = providers_provider.id) FOR UPDATE
), ours AS MATERIALIZED (
    SELECT r.id FROM provider JOIN providers_syncrun r ON r.provider_id = provider.id
    WHERE r.id = %(run)s AND r.state = 'running' AND r.attempt = %(attempt)s FOR UPDATE OF r
), {CLOSE_COUNTS}
UPDATE providers_syncrun r SET
    state = 'succeeded', finished_at = greatest(%(now)s, r.started_at, r.attempt_at),
    lease_until = NULL, deadline_at = NULL, not_before = NULL, error_code = '', error = '',
    contract = %(contract)s, http_status = %(http_status)s, reported = %(reported)s,
    {", ".join(f"{name} = closed.{name}" for name in COUNTS)}
FROM ours, closed WHERE r.id = ours.id RETURNING r.id"""  # noqa: S608 -- names of columns


def settle_attempt(run: SyncRun, verdict: Verdict, *, now: datetime) -> bool:
    """running -> the verdict with what arrived, or back to the queue for another attempt.

    False where the attempt has been taken away from whoever brings this verdict.
    """
    return _end_plainly(run, verdict, now=now) or _settle(run, verdict, now=now)


def _end_plainly(run: SyncRun, verdict: Verdict, *, now: datetime) -> bool:
    """One round trip; False where there is more to be judged than that."""
    if verdict.state != RunState.SUCCEEDED or verdict.progress != NO_PROGRESS:
        return False
    told = {name: getattr(verdict, name) for name in ("contract", "http_status", "reported")}
    whose = {"provider": run.provider_id, "run": run.pk, "attempt": run.attempt, "now": now}
    return bool(fetch(END_PLAINLY, {**whose, **told}))


@transaction.atomic
def _settle(run: SyncRun, verdict: Verdict, *, now: datetime) -> bool:
    provider = Provider.objects.select_for_update().filter(pk=run.provider_id).first()
    ours = SyncRun.objects.running().select_for_update().filter(pk=run.pk, attempt=run.attempt).first()
    if ours is None:
        return False
    verdict = _judge_fairly(ours, verdict)
    if provider is not None and _is_tried_again(provider, ours, verdict):
        _try_again(provider, ours, verdict, now=now)
        return True
    if provider is not None and provider.prune == Prune.UNSEEN and _is_whole(ours, verdict):
        remove_unseen(ours.pk, now=now)
    if provider is not None and verdict.state == RunState.SUCCEEDED and not _was_refused(ours):
        keep_progress(ours, verdict.progress, now=now)
    _end(ours, verdict, now=now)
    if provider is not None:
        _note_outcome(provider, verdict, now=now)
    return True


def _judge_fairly(run: SyncRun, verdict: Verdict) -> Verdict:
    """A provider is not to blame for what followed from Larder's own refusal to take its documents."""
    if not (verdict.blames_provider and verdict.unavailable):
        return verdict
    trouble = RunCounts.objects.filter(run=run.pk).values_list("trouble", flat=True).first()
    if not trouble:
        return verdict
    sentence = f"Larder itself could not take the provider's documents: {trouble} What followed: {verdict.error}"
    return replace(verdict, error_code="store_unavailable", error=sentence, blames_provider=False)


@transaction.atomic
def end_queued(run_id: UUID, verdict: Verdict, *, now: datetime) -> bool:
    """queued -> the verdict, with what earlier attempts brought. False where it was not queued any more."""
    run = SyncRun.objects.select_for_update().filter(pk=run_id, state=RunState.QUEUED).first()
    if run is None:
        return False
    _end(run, verdict, now=now)
    return True


def _end(run: SyncRun, verdict: Verdict, *, now: datetime) -> None:
    may_follow = run.started_at is not None and verdict.state != RunState.SUCCEEDED
    close_run_counts(run.pk, now=now, late_until=now + LATE_GRACE if may_follow else None)
    counts = RunCounts.objects.filter(run=run.pk).values(*COUNTS).first() or {}
    SyncRun.objects.filter(pk=run.pk).update(
        state=verdict.state,
        finished_at=Greatest(Value(now), *(Coalesce(F(name), Value(now)) for name in ("queued_at", *STARTS))),
        lease_until=None,
        deadline_at=None,
        not_before=None,
        error_code=verdict.error_code,
        error=verdict.error,
        contract=verdict.contract,
        http_status=verdict.http_status,
        reported=verdict.reported,
        mode=verdict.progress.mode,
        **counts,
    )


# --- another attempt --------------------------------------------------------------------------------------------------


def _is_tried_again(provider: Provider, run: SyncRun, verdict: Verdict) -> bool:
    if not verdict.unavailable or run.cancel_requested_at or not provider.enabled:
        return False
    if verdict.state == RunState.TIMED_OUT and not provider.retry_timeouts:
        return False
    return run.attempt < provider.max_attempts


def _try_again(provider: Provider, run: SyncRun, verdict: Verdict, *, now: datetime) -> None:
    """running -> queued, as the next attempt. Its counts stay open: what comes meanwhile belongs to the run."""
    retry_at = now
    if verdict.state != RunState.INTERRUPTED:
        spread = random.random()  # noqa: S311 -- nobody gains from guessing it
        retry_at += retry_delay(
            run.attempt, backoff_s=provider.retry_backoff_s, asked_s=verdict.retry_after_s, spread=spread
        )
    RunAttempt.objects.create(
        run=run,
        number=run.attempt,
        state=verdict.state,
        started_at=run.attempt_at or run.started_at or now,
        ended_at=max(now, run.attempt_at or run.started_at or now),
        retry_at=retry_at,
        http_status=verdict.http_status,
        error_code=verdict.error_code,
        error=verdict.error,
    )
    SyncRun.objects.filter(pk=run.pk).update(
        state=RunState.QUEUED,
        attempt=F("attempt") + 1,
        lease_until=None,
        not_before=retry_at,
        deadline_at=queue_deadline(retry_at),
        notified_at=None,
    )
    log.info("run %s of %s is tried again at %s", run.pk, run.provider_id, retry_at)


# --- what a verdict means for the provider ----------------------------------------------------------------------------


def _is_whole(run: SyncRun, verdict: Verdict) -> bool:
    """Whether what it did not bring is really gone: it meant to bring all, all that it pushed was taken, and that is no
    less than it says it sent."""
    if verdict.state != RunState.SUCCEEDED or verdict.progress.mode == SyncMode.INCREMENTAL or _was_refused(run):
        return False
    run_counts = RunCounts.objects.filter(run=run.pk).first()
    return run_counts is not None and (verdict.reported is None or verdict.reported <= run_counts.upserted)


def _was_refused(run: SyncRun) -> bool:
    """Whether something that it pushed was not taken: by its own fault or by Larder's."""
    return RunCounts.objects.filter(Q(rejected__gt=0) | ~Q(trouble=""), run=run.pk).exists()


def _note_outcome(provider: Provider, verdict: Verdict, *, now: datetime) -> None:
    """Failures in a row are counted; too many of them pause the schedule, a success resumes it."""
    if verdict.state == RunState.SUCCEEDED and (provider.consecutive_failures or provider.paused_at):
        provider.consecutive_failures = 0
        resume(provider, now=now)
    elif verdict.blames_provider:
        provider.consecutive_failures += 1
        if _is_too_much(provider):
            _pause(provider, verdict, now=now)
    else:
        return
    provider.save(update_fields=OUTCOME_FIELDS)


def resume(provider: Provider, *, now: datetime) -> None:
    """Follow the schedule again, from now on: `updated_at` says since when its plan counts. The caller saves."""
    if provider.paused_at:
        provider.updated_at = now
        provider.paused_at, provider.paused_reason, provider.consecutive_failures = None, "", 0
        provider.next_run_at = planned_start(provider, after=now)


def _is_too_much(provider: Provider) -> bool:
    most = provider.pause_after_failures
    return bool(most) and provider.consecutive_failures >= most and provider.paused_at is None and provider.enabled


def _pause(provider: Provider, verdict: Verdict, *, now: datetime) -> None:
    count = provider.consecutive_failures
    provider.paused_at, provider.next_run_at = now, None
    provider.paused_reason = (
        f"{count} syncs in a row failed, so its schedule waits. The last one: {verdict.error} "
        "Resume it once that is mended; a sync by hand that succeeds resumes it, too."
    )
    log.warning("provider %s is paused after %d failures in a row", provider.pk, count)

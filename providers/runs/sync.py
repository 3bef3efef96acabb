"""One run from claim to end. Whatever happens on the way, it ends in bounded time with a sentence.

The claim is a compare-and-set; a lease is renewed while the provider works; the end, in `providers.runs.outcome`, asks
again whether the run is still ours. While HTTP waits, no database connection is held.
"""

import asyncio
import logging
import time
from collections.abc import Coroutine
from datetime import datetime
from itertools import count
from uuid import UUID

import anyio.to_thread
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.models.functions import Now

from core.clock import DATABASE_AWAY, database_now, first_line
from core.stopping import WorkerStopping, stopping
from core.tracing import log_context
from core.tracing.spans import Attributes, continue_work
from providers.errors import CallFailed, CallUnavailable, OutboundTimeout, SecretUnreadable
from providers.models import Heartbeat, Provider, RunState, SyncRun
from providers.outbound.addresses import Policy
from providers.outbound.http import deadline, open_client
from providers.runs.claim import LEASE, claim_next, claim_run, starting_point_of
from providers.runs.conversation import Outcome, Target, converse
from providers.runs.outcome import (
    CANCELLED,
    INTERNAL,
    LOST,
    NO_DATABASE,
    RAN_TOO_LONG,
    STOPPED,
    Verdict,
    end_queued,
    queued_too_long,
    settle_attempt,
)
from providers.runs.wake_up import notify_waiting
from providers.secrets import decrypt_secret

log = logging.getLogger(__name__)

RENEW_S = 5.0
INSIST_EVERY_S = 1.0
SLOW_S = 0.3
WAKES = 2
"""A run that takes longer than `SLOW_S` has so many others woken: its place is not free again soon."""
REAP_BATCH = 500


class RunTaken(Exception):
    """The run is no longer ours: the lease ran out, or somebody cancelled it."""


def run_sync(run_id: UUID) -> None:
    """Claim the run and see it through, then others that wait, one after the other, in its place.

    Called again, or for a run that somebody else has, it does nothing.
    """
    run = claim_run(run_id, now=database_now())
    if run is None:
        return
    while run is not None:
        with log_context(run_id=str(run.pk)):
            run = _see_through(run)
    notify_waiting(now=database_now())


def _see_through(run: SyncRun) -> SyncRun | None:
    """From its claim to its end; the next run, claimed, unless the worker is asked to end."""
    with continue_work("sync", [run.trace_context], attributes=_facts(run)) as syncing:
        log.info("run %s of %s starts", run.pk, run.provider_id)
        verdict = _call_provider(run)
        syncing.note({"larder.run.state": verdict.state.value})
        if verdict.error_code:
            syncing.fail(verdict.error_code)
        ended_at = _insist(run, verdict)
        said = (run.pk, run.provider_id, run.attempt, verdict.state.value, verdict.error_code)
        log.info("run %s of %s: attempt %d ends, %s %s", *said)
    return None if stopping.is_set() else claim_next(now=ended_at)


def _facts(run: SyncRun) -> Attributes:
    return {
        "larder.provider": run.provider_id,
        "larder.run.id": str(run.pk),
        "larder.run.attempt": run.attempt,
        "larder.run.trigger": run.trigger,
    }


def _insist(run: SyncRun, verdict: Verdict) -> datetime:
    """Settle the attempt, and say when.

    A database that is away does not lose the verdict, as long as the lease would last.
    """
    gives_up_at = time.monotonic() + LEASE.total_seconds()
    tries = count()
    while True:
        try:
            now = database_now()
            settle_attempt(run, verdict, now=now)
            return now
        except DATABASE_AWAY as error:
            connections.close_all()
            if time.monotonic() > gives_up_at:
                raise
            if not next(tries):
                log.warning("run %s waits to note its end: %s", run.pk, first_line(error))
        time.sleep(INSIST_EVERY_S)


def renew_lease(run: SyncRun) -> None:
    """Report that the attempt is alive; raises RunTaken or WorkerStopping where it should end. Keeps no connection."""
    if stopping.is_set():
        raise WorkerStopping
    try:
        alive = SyncRun.objects.running().filter(pk=run.pk, attempt=run.attempt, cancel_requested_at=None)
        if not alive.update(lease_until=Now() + LEASE):
            raise RunTaken
    except DatabaseError as error:
        log.warning("run %s could not report: %s", run.pk, first_line(error))
    finally:
        connections.close_all()


def _wake_others() -> None:
    """Keeps no connection. Where the database is away, the next tick does it."""
    try:
        notify_waiting(now=database_now(), most=WAKES)
    except DatabaseError as error:
        log.warning("others were not woken: %s", first_line(error))
    finally:
        connections.close_all()


def reap(*, now: datetime) -> int:
    """Settle what nobody reports on, end what is too long in its state, and tell again of what nobody took.

    How many were settled.
    """
    settled = 0
    for run in SyncRun.objects.silent(now)[:REAP_BATCH]:
        settled += settle_attempt(run, CANCELLED if run.cancel_requested_at else LOST, now=now)
    for run in SyncRun.objects.overdue(now)[:REAP_BATCH]:
        if run.state == RunState.QUEUED:
            settled += end_queued(run.pk, queued_too_long(), now=now)
        else:
            settled += settle_attempt(run, RAN_TOO_LONG, now=now)
    notify_waiting(now=now)
    return settled


def note_heartbeat(name: str, *, now: datetime) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def _call_provider(run: SyncRun) -> Verdict:
    """The verdict on whatever the provider did; where the run was taken away, that one will not count."""
    try:
        provider = run.provider if "provider" in run._state.fields_cache else None
        if provider is None or not provider.enabled:
            return Verdict(
                state=RunState.CANCELLED, error_code="cancelled", error="The provider was deleted or disabled."
            )
        target = _target(provider, run)
        connections.close_all()
        outcome = asyncio.run(_attend(run, _sync(target)))
    except CallFailed as error:
        return _failure(error)
    except DATABASE_AWAY:
        return NO_DATABASE
    except RunTaken:
        return CANCELLED
    except WorkerStopping:
        return STOPPED
    except Exception:
        log.exception("run %s", run.pk)
        return INTERNAL
    return Verdict(state=RunState.SUCCEEDED, **vars(outcome))


def _failure(error: CallFailed) -> Verdict:
    """What is unavailable may be tried again, what is refused may not."""
    return Verdict(
        state=RunState.TIMED_OUT if isinstance(error, OutboundTimeout) else RunState.FAILED,
        error_code=error.code,
        error=error.detail,
        http_status=error.http_status,
        unavailable=isinstance(error, CallUnavailable),
        retry_after_s=error.retry_after_s if isinstance(error, CallUnavailable) else None,
        blames_provider=not isinstance(error, SecretUnreadable),
    )


def _target(provider: Provider, run: SyncRun) -> Target:
    return Target(
        url=provider.url,
        secret=decrypt_secret(provider.secret_encrypted),
        run_id=run.pk,
        timeout_ms=provider.sync_timeout_ms,
        max_body_bytes=settings.SYNC_BODY_BYTES,
        starts_from=starting_point_of(run),
    )


async def _sync(target: Target) -> Outcome:
    async with deadline(target.timeout_ms), open_client(Policy.PROVIDER) as client:
        return await converse(target, client=client)


async def _attend(run: SyncRun, work: Coroutine[None, None, Outcome]) -> Outcome:
    """Do the work and keep the lease alive meanwhile; raises RunTaken or WorkerStopping as soon as a report does."""
    call, pulse = asyncio.ensure_future(work), asyncio.ensure_future(_keep_reporting(run))
    await asyncio.wait({call, pulse}, return_when=asyncio.FIRST_COMPLETED)
    for task in (call, pulse):
        task.cancel()
    await asyncio.wait({call, pulse})
    return call.result() if not call.cancelled() else pulse.result()


async def _keep_reporting(run: SyncRun) -> Outcome:
    await asyncio.sleep(min(SLOW_S, RENEW_S))
    await anyio.to_thread.run_sync(_wake_others, abandon_on_cancel=True)
    while True:
        await asyncio.sleep(RENEW_S)
        await anyio.to_thread.run_sync(renew_lease, run, abandon_on_cancel=True)

"""One run from claim to end. Whatever happens on the way, it ends in bounded time with a sentence.

The claim is a compare-and-set; a lease is renewed while the provider works; the end is another compare-and-set, so that
a run which was taken away meanwhile keeps the verdict it has. While HTTP waits, no database connection is held.
"""

import asyncio
import logging
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import anyio.to_thread
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest, Now

from knowledge.intake import close_intake, open_intake
from knowledge.models import Intake
from providers.addresses import Policy
from providers.bell import ring_waiting
from providers.clock import database_now
from providers.conversation import Outcome, Target, converse
from providers.errors import CallFailed, OutboundTimeout
from providers.models import Heartbeat, Provider, State, SyncRun
from providers.outbound import deadline, open_client
from providers.secrets import decrypt_secret

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
RENEW_S = 5.0
REAP_BATCH = 500
COUNTS = ("created", "updated", "renewed", "unchanged", "deleted", "rejected", "pending")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How a run ended, and why."""

    state: State
    error_code: str = ""
    error: str = ""
    contract: int | None = None
    http_status: int | None = None
    reported: int | None = None


CANCELLED = Verdict(state=State.CANCELLED, error_code="cancelled", error="Cancelled while it ran.")
INTERRUPTED = Verdict(state=State.INTERRUPTED, error_code="interrupted", error="The worker stopped reporting.")
STOPPED = Verdict(state=State.INTERRUPTED, error_code="interrupted", error="The worker was shut down meanwhile.")
INTERNAL = Verdict(
    state=State.FAILED, error_code="internal_error", error="Larder itself failed here, not the provider; see its log."
)


class RunTaken(Exception):
    """The run is no longer ours: the lease ran out, or somebody cancelled it."""


class WorkerStopping(Exception):
    """This process is asked to end; what has not ended by the next report is given up in good order."""


stopping = threading.Event()


def run_sync(run_id: UUID) -> None:
    """Claim the run and see it through. Called again, or for a run that somebody else has, it does nothing."""
    run = claim_run(run_id, now=database_now())
    if run is None:
        return
    log.info("run %s of %s starts", run.pk, run.provider_id)
    verdict = _call_provider(run)
    finish_run(run, verdict, now=database_now())
    log.info("run %s of %s ends: %s %s", run.pk, run.provider_id, verdict.state.value, verdict.error_code)
    ring_waiting(now=database_now())


@transaction.atomic
def claim_run(run_id: UUID, *, now: datetime) -> SyncRun | None:
    """queued -> running, with a lease and an open intake; None where it is not ours to run, or the house is full."""
    waiting = SyncRun.objects.filter(pk=run_id, state=State.QUEUED).exclude(not_before__gt=now)
    if not waiting.exists():
        return None
    if not _has_place():
        waiting.update(rung_at=None)  # the next run to end may ring for it at once
        return None
    if not waiting.update(state=State.RUNNING, started_at=now, lease_until=now + LEASE):
        return None
    run = SyncRun.objects.get(pk=run_id)
    open_intake(run.pk, source=run.provider_id, now=now)
    return run


@transaction.atomic
def finish_run(run: SyncRun, verdict: Verdict, *, now: datetime) -> bool:
    """running -> the verdict, with what arrived. False where the run has been taken away: its verdict stands."""
    close_intake(run.pk, now=now)
    counts = Intake.objects.filter(run=run.pk).values(*COUNTS).first() or {}
    ours = SyncRun.objects.running().filter(pk=run.pk, attempt=run.attempt)
    return bool(
        ours.update(
            state=verdict.state,
            finished_at=Greatest(Value(now), F("started_at")),
            lease_until=None,
            error_code=verdict.error_code,
            error=verdict.error,
            contract=verdict.contract,
            http_status=verdict.http_status,
            reported=verdict.reported,
            **counts,
        )
    )


def renew_lease(run_id: UUID) -> None:
    """Report that the run is alive; raises RunTaken or WorkerStopping where it should end. Keeps no connection."""
    if stopping.is_set():
        raise WorkerStopping
    try:
        alive = SyncRun.objects.running().filter(pk=run_id, cancel_requested_at=None)
        if not alive.update(lease_until=Now() + LEASE):
            raise RunTaken
    except DatabaseError as error:
        log.warning("run %s could not report: %s", run_id, error)
    finally:
        connections.close_all()


def reap(*, now: datetime) -> int:
    """End the runs whose workers went silent, and ring again for those that nobody took. How many were ended."""
    ended = 0
    for run in SyncRun.objects.silent(now)[:REAP_BATCH]:
        ended += finish_run(run, CANCELLED if run.cancel_requested_at else INTERRUPTED, now=now)
    ring_waiting(now=now)
    return ended


def note_heartbeat(name: str, *, now: datetime) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def _has_place() -> bool:
    """Whether one more sync may run. The lock holds until the claim is committed: two claims never count at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('larder sync places', 0))")
    return SyncRun.objects.running().count() < settings.MAX_CONCURRENT_SYNCS


def _call_provider(run: SyncRun) -> Verdict:
    """The verdict on whatever the provider did; where the run was taken away, that one will not count."""
    try:
        provider = Provider.objects.filter(pk=run.provider_id).first()
        if provider is None or not provider.enabled:
            return Verdict(state=State.CANCELLED, error_code="cancelled", error="The provider was deleted or disabled.")
        target = _target(provider, run)
        connections.close_all()
        outcome = asyncio.run(_attend(run.pk, _sync(target)))
    except OutboundTimeout as error:
        return Verdict(state=State.TIMED_OUT, error_code=error.code, error=error.detail)
    except CallFailed as error:
        return Verdict(state=State.FAILED, error_code=error.code, error=error.detail, http_status=error.http_status)
    except RunTaken:
        return CANCELLED
    except WorkerStopping:
        return STOPPED
    except Exception:
        log.exception("run %s", run.pk)
        return INTERNAL
    return Verdict(state=State.SUCCEEDED, **vars(outcome))


def _target(provider: Provider, run: SyncRun) -> Target:
    return Target(
        url=provider.url,
        secret=decrypt_secret(provider.secret_encrypted),
        run_id=run.pk,
        timeout_ms=provider.sync_timeout_ms,
        max_body_bytes=settings.SYNC_BODY_BYTES,
    )


async def _sync(target: Target) -> Outcome:
    async with deadline(target.timeout_ms), open_client(Policy.PROVIDER) as client:
        return await converse(target, client=client)


async def _attend(run_id: UUID, work: Coroutine[None, None, Outcome]) -> Outcome:
    """Do the work and keep the lease alive meanwhile; raises RunTaken or WorkerStopping as soon as a report does."""
    call, pulse = asyncio.ensure_future(work), asyncio.ensure_future(_keep_reporting(run_id))
    await asyncio.wait({call, pulse}, return_when=asyncio.FIRST_COMPLETED)
    for task in (call, pulse):
        task.cancel()
    await asyncio.wait({call, pulse})
    return call.result() if not call.cancelled() else pulse.result()


async def _keep_reporting(run_id: UUID) -> Outcome:
    while True:
        await asyncio.sleep(RENEW_S)
        await anyio.to_thread.run_sync(renew_lease, run_id, abandon_on_cancel=True)

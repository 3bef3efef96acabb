"""Turning time, and people's wishes, into runs. Whoever inserts an active run holds its provider's row."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from providers.bell import ring_on_commit
from providers.errors import (
    AlreadySyncing,
    ProviderDisabled,
    ProviderInvalid,
    RunNotActive,
    RunNotFound,
)
from providers.models import Provider, State, SyncRun, Trigger
from providers.plan import latest_start, next_start
from providers.registry import lock_provider
from providers.verdicts import Verdict, end_queued, queue_deadline

log = logging.getLogger(__name__)

BATCH = 500
OUT_OF_THE_WAY = timedelta(hours=1)
MAX_KEY_CHARS = 255


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What one look at the due providers came to."""

    queued: int = 0
    skipped: int = 0
    failed: int = 0

    @property
    def providers(self) -> int:
        return self.queued + self.skipped + self.failed


@transaction.atomic
def claim_due(*, now: datetime, limit: int = BATCH) -> Claimed:
    """One run for each due provider, for the latest of its slots that have passed; then its next slot is planned.

    Any number of dispatchers may do this at once: rows that another one holds are left to it, and a slot that has its
    run already gets no second. A provider that is still busy gets a `skipped` run with the reason.
    """
    due = list(Provider.objects.due(now).select_for_update(skip_locked=True)[:limit])
    busy = {run.provider_id: run for run in SyncRun.objects.active().filter(provider__in=due)}
    runs = [run for provider in due if (run := _claim_slot(provider, busy=busy.get(provider.pk), now=now))]
    SyncRun.objects.bulk_create(runs, ignore_conflicts=True)
    Provider.objects.bulk_update(due, ["next_run_at", "schedule_error"])
    if runs:
        ring_on_commit(now=now)
    skipped = sum(run.state == State.SKIPPED for run in runs)
    return Claimed(queued=len(runs) - skipped, skipped=skipped, failed=len(due) - len(runs))


def request_sync(provider_id: str, *, trigger: Trigger, now: datetime, idempotency_key: str | None = None) -> SyncRun:
    """A run as soon as there is a place. The same key asks for the same run, whatever became of it.

    Raises ProviderNotFound, ProviderDisabled, and AlreadySyncing while one is active.
    """
    if idempotency_key is not None and not _is_key(idempotency_key):
        raise ProviderInvalid(
            f"An Idempotency-Key is 1 to {MAX_KEY_CHARS} printable characters.", field="Idempotency-Key"
        )
    with transaction.atomic():
        provider = lock_provider(provider_id)
        if idempotency_key and (earlier := provider.runs.filter(idempotency_key=idempotency_key).first()):
            return earlier
        if active := provider.runs.active().first():
            raise AlreadySyncing(active.pk)
        if not provider.enabled:
            raise ProviderDisabled("This provider is disabled; enable it first.")
        run = SyncRun.objects.create(
            provider=provider,
            trigger=trigger,
            queued_at=now,
            deadline_at=queue_deadline(now),
            idempotency_key=idempotency_key or None,
        )
        ring_on_commit(now=now)
    return run


def cancel_run(run_id: UUID, *, now: datetime) -> SyncRun:
    """A queued run ends here; a running one is asked to stop and does so within seconds.

    Raises RunNotFound, and RunNotActive where it has ended already.
    """
    waited = SyncRun.objects.filter(pk=run_id, attempt__gt=1).exists()
    when = "while it waited for its next attempt" if waited else "before it began"
    verdict = Verdict(state=State.CANCELLED, error_code="cancelled", error=f"Cancelled {when}.")
    if not end_queued(run_id, verdict, now=now):
        SyncRun.objects.running().filter(pk=run_id, cancel_requested_at=None).update(cancel_requested_at=now)
    run = SyncRun.objects.filter(pk=run_id).first()
    if run is None:
        raise RunNotFound("There is no such run.")
    if run.state != State.CANCELLED and not run.is_active:
        raise RunNotActive(f"This run has ended already: {run.look.label.lower()}.")
    return run


def _claim_slot(provider: Provider, *, busy: SyncRun | None, now: datetime) -> SyncRun | None:
    """The run for the slot that has passed, and the provider's next plan. One bad row must not stop the others."""
    try:
        return _plan_on(provider, busy=busy, now=now)
    except Exception as error:  # noqa: BLE001 -- recorded on the row, which is tried again in an hour
        log.warning("provider %s cannot be planned: %s", provider.pk, error)
        provider.next_run_at = now + OUT_OF_THE_WAY
        provider.schedule_error = f"Its schedule could not be followed, and is tried again in an hour: {error}"
        return None


def _plan_on(provider: Provider, *, busy: SyncRun | None, now: datetime) -> SyncRun:
    since = provider.next_run_at or now
    slot = latest_start(provider, since=since, until=now)
    provider.next_run_at = next_start(provider, after=now)
    provider.schedule_error = ""
    run = SyncRun(
        provider=provider,
        trigger=Trigger.SCHEDULE,
        scheduled_for=slot,
        due_since=since if since < slot else None,
        queued_at=now,
        deadline_at=queue_deadline(now),
    )
    if busy:
        run.state, run.finished_at, run.error_code, run.deadline_at = State.SKIPPED, now, "still_running", None
        doing = "waiting for its next attempt" if busy.waits_for_retry else busy.look.label.lower()
        run.error = f"The sync before it, {Trigger(busy.trigger).label}, was still {doing}."
    return run


def _is_key(text: str) -> bool:
    return 0 < len(text) <= MAX_KEY_CHARS and text.isprintable()

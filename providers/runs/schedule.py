"""Turning time, and people's wishes, into runs. Whoever inserts an active run holds its provider's row."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from core.tracing.spans import SpanKind, span, trace_context
from providers.errors import (
    AlreadySyncing,
    ProviderDisabled,
    ProviderInvalid,
    RunNotActive,
    RunNotFound,
)
from providers.lookup import lock_provider
from providers.models import RunState, SyncRun, Trigger
from providers.runs.dispatch import (
    Busy,
    Due,
    Slot,
    lock_due,
    read_busy,
    write_slots,
)
from providers.runs.next_start import latest_start, next_start
from providers.runs.outcome import Verdict, end_queued, queue_deadline
from providers.runs.wake_up import notify_on_commit

log = logging.getLogger(__name__)

BATCH = 2_000
OUT_OF_THE_WAY = timedelta(hours=1)
MAX_KEY_CHARS = 255


@dataclass(frozen=True, kw_only=True)
class ClaimedSlots:
    """What one look at the due providers came to."""

    queued: int = 0
    skipped: int = 0
    failed: int = 0

    @property
    def providers(self) -> int:
        return self.queued + self.skipped + self.failed


@transaction.atomic
def claim_due(*, now: datetime, limit: int = BATCH) -> ClaimedSlots:
    """One run for each due provider, for the latest of its slots that have passed; then its next slot is planned.

    Any number of dispatchers may do this at once: rows that another one holds are left to it, and a slot that has its
    run already gets no second. A provider that is still busy gets a `skipped` run with the reason.
    """
    due = lock_due(now=now, limit=limit)
    if not due:
        return ClaimedSlots()
    busy = read_busy(due)
    slots = [_slot_of(provider, busy=busy.get(provider.pk), now=now) for provider in due]
    write_slots(slots, now=now, deadline=queue_deadline(now))
    if len(due) < limit:  # else more is due, and the workers who wake up would take the processor from the next batch
        notify_on_commit(now=now)
    failed, skipped = sum(slot.at is None for slot in slots), sum(slot.busy != "" for slot in slots)
    return ClaimedSlots(queued=len(slots) - skipped - failed, skipped=skipped, failed=failed)


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
        same: SyncRun | None = (
            provider.runs.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
        )
        if same:
            return same
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
            trace_context=trace_context(),
        )
        notify_on_commit(now=now)
    return run


def cancel_run(run_id: UUID, *, now: datetime) -> SyncRun:
    """A queued run ends here; a running one is asked to stop and does so within seconds.

    Raises RunNotFound, and RunNotActive where it has ended already.
    """
    waited = SyncRun.objects.filter(pk=run_id, attempt__gt=1).exists()
    when = "while it waited for its next attempt" if waited else "before it began"
    verdict = Verdict(state=RunState.CANCELLED, error_code="cancelled", error=f"Cancelled {when}.")
    if not end_queued(run_id, verdict, now=now):
        SyncRun.objects.running().filter(pk=run_id, cancel_requested_at=None).update(cancel_requested_at=now)
    run: SyncRun | None = SyncRun.objects.filter(pk=run_id).first()
    if run is None:
        raise RunNotFound("There is no such run.")
    if run.state != RunState.CANCELLED and not run.is_active:
        raise RunNotActive(f"This run has ended already: {run.look.label.lower()}.")
    return run


def _slot_of(provider: Due, *, busy: Busy | None, now: datetime) -> Slot:
    """The slot that has passed, and the provider's next plan. One bad row must not stop the others."""
    since = provider.next_run_at
    try:
        at = latest_start(provider, since=since, until=now)
        return Slot(
            provider=provider.pk,
            at=at,
            due_since=since if since < at else None,
            next=next_start(provider, after=now),
            busy=busy.sentence if busy else "",
            trace="" if busy else _begin_trace(provider),
        )
    except Exception as error:  # noqa: BLE001 -- recorded on the row, which is tried again in an hour
        log.warning("provider %s cannot be planned: %s", provider.pk, error)
        told = f"Its schedule could not be followed, and is tried again in an hour: {error}"
        return Slot(provider=provider.pk, next=now + OUT_OF_THE_WAY, error=told)


def _begin_trace(provider: Due) -> str:
    """Each run that the schedule plans is a trace of its own: thousands may fall due in one tick."""
    with span("schedule sync", kind=SpanKind.PRODUCER, root=True, attributes={"larder.provider": provider.pk}) as plan:
        return plan.context


def _is_key(text: str) -> bool:
    return 0 < len(text) <= MAX_KEY_CHARS and text.isprintable()

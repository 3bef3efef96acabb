"""What people ask of syncs, by page, API and command: done, and noted in the audit in the same transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.audit import Actor, record
from providers.models import SyncRun, Trigger
from providers.runs.schedule import cancel_run, request_sync


@transaction.atomic
def request_sync_as(
    provider_id: str, *, trigger: Trigger, actor: Actor, now: datetime, idempotency_key: str | None = None
) -> SyncRun:
    """`request_sync`, with its errors. Asked again under the same key there is nothing new to note."""
    run = request_sync(provider_id, trigger=trigger, now=now, idempotency_key=idempotency_key)
    if run.queued_at == now:
        record(actor, "provider.sync", provider_id, now=now, after={"run": str(run.pk)})
    return run


@transaction.atomic
def cancel_run_as(run_id: UUID, *, actor: Actor, now: datetime) -> SyncRun:
    """`cancel_run`, with its errors."""
    run = cancel_run(run_id, now=now)
    record(actor, "run.cancel", run.provider_id, now=now, after={"run": str(run.pk), "state": run.state})
    return run

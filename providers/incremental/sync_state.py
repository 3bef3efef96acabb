"""The state of a provider's syncs: kept when a run succeeds, shown, and reset by an admin.

A run that was already under way when the state was reset keeps nothing: it went on from what is gone.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.audit import LARDER, Actor, record
from knowledge.models import RunCounts
from providers.incremental.wire import Progress, SyncMode
from providers.lookup import lock_provider
from providers.models import Provider, RunState, SyncCursor, SyncRun

MOST_LOOKED_AT = 100
"""Where something was refused of each of so many successes in a row, their next sync brings everything."""


@dataclass(frozen=True, kw_only=True)
class SyncProgress:
    """How far a provider's syncs are: what the next one is told, and the mode of the last one that succeeded."""

    since: datetime | None
    state: dict[str, Any]
    state_bytes: int
    saved_at: datetime | None
    mode: str | None

    @property
    def pretty(self) -> str:
        """The state for people to read."""
        return json.dumps(self.state, indent=2, ensure_ascii=False)


def read_sync_progress(provider: Provider) -> SyncProgress:
    cursor = SyncCursor.objects.filter(provider=provider).first() or SyncCursor(provider=provider)
    last = _last_success(provider)
    goes_on = last is not None and (last.cursor_version or 0) == cursor.version
    return SyncProgress(
        since=_began(last) if goes_on else None,
        state=json.loads(cursor.state or "{}"),
        state_bytes=len(cursor.state),
        saved_at=cursor.saved_at,
        mode=(last.mode or None) if last else None,
    )


def keep_progress(run: SyncRun, progress: Progress, *, now: datetime) -> None:
    """Part of the end of a run that succeeded, all of whose documents were taken; its provider's row is held."""
    cursor = SyncCursor.objects.select_for_update().filter(provider=run.provider_id).first()
    if cursor is None:
        if progress.state is None and progress.mode != SyncMode.INCREMENTAL:
            return
        cursor = SyncCursor(provider_id=run.provider_id, renewed_to=_began(_last_success(run.provider)))
    if progress.state is not None and (run.cursor_version or 0) == cursor.version:
        cursor.state, cursor.saved_at = progress.state, now
    cursor.confirmed_at = run.attempt_at or now
    if progress.mode != SyncMode.INCREMENTAL or cursor.renewed_to is None:
        cursor.renewed_to, cursor.renewing_to = cursor.confirmed_at, None
    cursor.save()


@transaction.atomic
def reset_sync_state(provider_id: str, *, now: datetime, actor: Actor = LARDER) -> None:
    """The next sync is told nothing, so that everything comes again. Raises ProviderNotFound."""
    provider = lock_provider(provider_id)
    told = read_sync_progress(provider)
    SyncCursor.objects.get_or_create(provider=provider)
    SyncCursor.objects.filter(provider=provider).update(state="", saved_at=None, version=F("version") + 1)
    before = {"since": told.since.isoformat() if told.since else None, "state_bytes": told.state_bytes}
    record(actor, "provider.reset", provider_id, now=now, before=before)


def _last_success(provider: Provider) -> SyncRun | None:
    """As the claim of its next run finds it (`providers.runs.claim`)."""
    ended = SyncRun.objects.filter(
        provider=provider,
        state=RunState.SUCCEEDED,
        finished_at__gte=provider.created_at,
        queued_at__gte=provider.created_at,
    )
    told = ended.only("attempt_at", "started_at", "cursor_version", "mode", "rejected")
    newest = told.order_by("-finished_at")[:MOST_LOOKED_AT]
    troubled = RunCounts.objects.filter(run__in=[run.pk for run in newest]).exclude(trouble="")
    refused = set(troubled.values_list("run", flat=True))
    return next((run for run in newest if not run.rejected and run.pk not in refused), None)


def _began(run: SyncRun | None) -> datetime | None:
    """Its last attempt."""
    return (run.attempt_at or run.started_at) if run else None

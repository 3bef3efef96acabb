"""A provider's timeline, newest first: its runs, and between them who changed its configuration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import AuditEntry
from core.paging import Page, paginate
from providers.models import RunState, SyncRun
from providers.querysets import BAD, RUNS

MOST_CHANGES = 50
KINDS = {"": "all", "good": "went well", "bad": "failed", "other": "skipped, cancelled"}
STATES: dict[str, list[str]] = {
    "good": [RunState.SUCCEEDED],
    "bad": list(BAD),
    "other": [RunState.SKIPPED, RunState.CANCELLED],
}


@dataclass(frozen=True, kw_only=True)
class Event:
    """A run, `by` whom where a person asked for it, or a change of the configuration."""

    at: datetime
    run: SyncRun | None = None
    by: str = ""
    change: AuditEntry | None = None


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """`next` is the cursor of what came before, None at the beginning."""

    events: Sequence[Event]
    next: str | None


def read_timeline(provider_id: str, *, kind: str = "", cursor: str = "", limit: int) -> Timeline:
    """A page of `limit` runs and what was changed meanwhile; of one of KINDS only runs. Raises CursorInvalid."""
    runs = SyncRun.objects.filter(provider=provider_id)
    runs = runs.filter(state__in=STATES[kind]) if kind in STATES else runs
    page = paginate(runs, by=RUNS, cursor=cursor, limit=limit)
    entries = _entries(provider_id, page)
    asked = {entry.after.get("run"): entry.actor for entry in entries if entry.verb == "provider.sync"}
    told = [Event(at=run.queued_at, run=run, by=asked.get(str(run.pk), "")) for run in page.rows]
    if kind not in STATES:
        told += [Event(at=entry.at, change=entry) for entry in entries if entry.verb != "provider.sync"]
    return Timeline(events=sorted(told, key=lambda event: event.at, reverse=True), next=page.next)


def _entries(provider_id: str, page: Page[SyncRun]) -> list[AuditEntry]:
    """What the audit has of it between the page before and the end of this one."""
    found = AuditEntry.objects.filter(object=provider_id, verb__startswith="provider.").order_by("-id")
    if page.position:
        found = found.filter(at__lt=page.position.values[0])
    if page.next:
        found = found.filter(at__gte=page.rows[-1].queued_at)
    return list(found[:MOST_CHANGES])

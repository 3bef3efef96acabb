"""One sync run closely: how it stands or ended, and what it changed."""

from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.paging import paginate, walk
from dashboard.access import PageRequest, staff_only
from dashboard.csv_export import stream_csv
from dashboard.providers.hints import hint_for
from dashboard.providers.run_timeline import run_moments, run_phases
from knowledge.browsing.history import OF_RUN, show_changes
from knowledge.models import Change, HeldDeletion
from knowledge.run_counts import counts_of_run, late_arrivals
from providers.models import Provider, SyncRun
from providers.querysets import RUNS

CHANGES_SHOWN = 100
RUNS_READ = 1_000
COLUMNS = (
    *("id", "trigger", "scheduled_for", "queued_at", "started_at", "finished_at", "state", "attempt"),
    *("created", "updated", "renewed", "unchanged", "stale", "deleted", "rejected", "pending", "held", "reported"),
    *("http_status", "error_code", "error"),
)


@require_safe
@staff_only
def run(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _run(request, run_id, template="run")


@require_safe
@staff_only
def run_live(request: PageRequest, run_id: UUID) -> HttpResponse:
    """What changes on a run's page as long as it is active."""
    return _run(request, run_id, template="_run_live")


@require_safe
@staff_only
def runs_csv(request: PageRequest, provider_id: str) -> StreamingHttpResponse:
    """Every run of a provider that is kept, newest first; also of one that was deleted."""
    rows = ([getattr(run, name) for name in COLUMNS] for run in _every_run(provider_id))
    return stream_csv(f"{provider_id}-runs", COLUMNS, rows)


def _every_run(provider_id: str) -> Iterator[SyncRun]:
    runs = SyncRun.objects.filter(provider=provider_id)
    return walk(lambda cursor: paginate(runs, by=RUNS, cursor=cursor, limit=RUNS_READ))


def _run(request: PageRequest, run_id: UUID, *, template: str) -> HttpResponse:
    found = get_object_or_404(SyncRun, pk=run_id)
    cursor = request.GET.get("cursor", "")
    counts = counts_of_run(run_id) if found.is_active else found
    page = paginate(Change.objects.of_run(run_id), by=OF_RUN, cursor=cursor, limit=CHANGES_SHOWN)
    now, attempts = timezone.now(), list(found.attempts.all())
    context = {
        "now": now,
        "run": found,
        "counts": counts,
        "changed": counts.created or counts.updated or counts.renewed or counts.deleted,
        "provider": Provider.objects.filter(pk=found.provider_id).first(),
        "page": page,
        "changes": show_changes(page.rows, now=now),
        "moments": run_moments(found, attempts, late=late_arrivals([run_id]).get(run_id, 0)),
        "phases": run_phases(found, attempts, now=now),
        "hint": hint_for(found.error_code),
        "held": HeldDeletion.objects.filter(run=run_id).defer("keys").order_by("-held_at").first(),
        "cursor": cursor,
        "change_days": settings.CHANGE_DAYS,
    }
    return render(request, f"dashboard/{template}.html", context)

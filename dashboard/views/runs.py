"""One sync run closely: how it stands or ended, and what it changed."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.access import PageRequest, staff_only
from dashboard.run_story import tell_run
from knowledge.history import show_changes
from knowledge.intake import intake_counts, late_arrivals
from knowledge.models import HeldDeletion
from providers.models import Provider, SyncRun
from providers.pages import read_changes

CHANGES_SHOWN = 100


@require_safe
@staff_only
def run(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _run(request, run_id, template="run")


@require_safe
@staff_only
def run_live(request: PageRequest, run_id: UUID) -> HttpResponse:
    """What changes on a run's page as long as it is active."""
    return _run(request, run_id, template="_run_live")


def _run(request: PageRequest, run_id: UUID, *, template: str) -> HttpResponse:
    found = get_object_or_404(SyncRun, pk=run_id)
    cursor = request.GET.get("cursor", "")
    counts = intake_counts(run_id) if found.is_active else found
    page = read_changes(run_id, cursor=cursor, limit=CHANGES_SHOWN)
    now = timezone.now()
    context = {
        "now": now,
        "run": found,
        "counts": counts,
        "changed": counts.created or counts.updated or counts.renewed or counts.deleted,
        "provider": Provider.objects.filter(pk=found.provider_id).first(),
        "page": page,
        "changes": show_changes(page.changes, now=now),
        "moments": tell_run(found, found.attempts.all(), late=late_arrivals([run_id]).get(run_id, 0)),
        "held": HeldDeletion.objects.filter(run=run_id).defer("keys").order_by("-held_at").first(),
        "cursor": cursor,
        "change_days": settings.CHANGE_DAYS,
    }
    return render(request, f"dashboard/{template}.html", context)

"""A provider while people watch it: its page, its row, and the two that start and stop a sync.

Page and row ask for themselves again as long as a run is active, and end that by coming back without the trigger.
"""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.audit import actor_of
from core.clock import database_now
from dashboard.access import PageRequest, go, staff_only
from dashboard.providers.rows import read_rows
from dashboard.providers.schedule_preview import preview_schedule
from dashboard.providers.timeline import KINDS, read_timeline
from knowledge.models import HeldDeletion
from providers.errors import AlreadySyncing, ProviderDisabled, RunNotActive
from providers.incremental.sync_state import read_sync_progress, reset_sync_state
from providers.models import Provider, SyncRun, Trigger
from providers.runs.actions import cancel_run_as, request_sync_as
from providers.runs.next_start import shift_of

RUNS_SHOWN = 20
HTMX_STOP_POLLING = 286


@require_safe
@staff_only
def provider(request: PageRequest, provider_id: str) -> HttpResponse:
    return _page(request, provider_id, template="provider")


@require_safe
@staff_only
def provider_live(request: PageRequest, provider_id: str) -> HttpResponse:
    return _page(request, provider_id, template="_provider_live")


@require_safe
@staff_only
def provider_row(request: PageRequest, provider_id: str) -> HttpResponse:
    return _row(request, provider_id)


@require_POST
@staff_only
def sync_now(request: PageRequest, provider_id: str) -> HttpResponse:
    try:
        request_sync_as(provider_id, trigger=Trigger.MANUAL, actor=actor_of(request), now=database_now())
    except (AlreadySyncing, ProviderDisabled) as error:
        _say(request, error.detail)
    return _show_again(request, provider_id) or go(request, "provider", provider_id=provider_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def provider_reset(request: PageRequest, provider_id: str) -> HttpResponse:
    """Asks on GET; on POST its next sync brings everything."""
    found = get_object_or_404(Provider, pk=provider_id)
    if request.method != "POST":
        return render(request, "dashboard/provider_reset.html", {"provider": found})
    reset_sync_state(provider_id, now=database_now(), actor=actor_of(request))
    messages.success(request, f"The sync state of {provider_id} is reset. Its next sync brings everything.")
    return go(request, "provider", provider_id=provider_id)


@require_POST
@staff_only
def run_cancel(request: PageRequest, run_id: UUID) -> HttpResponse:
    try:
        cancel_run_as(run_id, actor=actor_of(request), now=database_now())
    except RunNotActive as error:
        _say(request, error.detail)
    provider_id = SyncRun.objects.values_list("provider", flat=True).get(pk=run_id)
    return _show_again(request, provider_id) or go(request, "run", run_id=run_id)


def _say(request: PageRequest, sentence: str) -> None:
    """On the next page; a fragment shows by itself how things stand."""
    if not request.htmx:
        messages.info(request, sentence)


def _show_again(request: PageRequest, provider_id: str) -> HttpResponse | None:
    """The fragment that an action was asked from; None where it was a plain form."""
    htmx = request.htmx
    if not htmx:
        return None
    if htmx.target == "provider-live":
        return _page(request, provider_id, template="_provider_live")
    return _row(request, provider_id)


def _row(request: PageRequest, provider_id: str) -> HttpResponse:
    """A provider that is gone leaves nothing behind, and its row stops asking."""
    now = timezone.now()
    rows = read_rows(Provider.objects.with_last_success().filter(pk=provider_id), now=now)
    if not rows:
        return HttpResponse(status=HTMX_STOP_POLLING)
    return render(request, "dashboard/_provider_row.html", {"row": rows[0], "now": now})


def _page(request: PageRequest, provider_id: str, *, template: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(Provider.objects.with_last_success(), pk=provider_id)
    cursor, kind = request.GET.get("cursor", ""), request.GET.get("kind", "")
    shift = shift_of(found.pk, found.jitter_s)
    context = {
        "now": now,
        "row": read_rows([found], now=now)[0],
        "timeline": read_timeline(provider_id, kind=kind, cursor=cursor, limit=RUNS_SHOWN),
        "cursor": cursor,
        "kind": kind,
        "kinds": KINDS,
        "progress": read_sync_progress(found),
        "timeout": timedelta(milliseconds=found.sync_timeout_ms),
        "shift": shift,
        "held": HeldDeletion.objects.filter(source=provider_id, state=HeldDeletion.State.PENDING).defer("keys").first(),
        "preview": preview_schedule(found.sync_schedule, found.timezone, now=now, shift=shift),
    }
    return render(request, f"dashboard/{template}.html", context)

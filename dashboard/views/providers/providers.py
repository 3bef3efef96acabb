"""The registry of providers: the list, and adding, editing, pausing and deleting."""

from datetime import timedelta
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit import actor_of
from core.clock import database_now
from core.errors import LarderError
from core.paging import paginate
from dashboard.access import PageRequest, go, staff_only
from dashboard.forms import ProviderForm
from dashboard.providers.filters import LISTED, in_state
from dashboard.providers.lasting import lasting_words
from dashboard.providers.rows import read_rows
from dashboard.providers.schedule_preview import preview_schedule
from knowledge.browsing.stats import lasting_of, live_counts
from providers.cleanup import Documents
from providers.fields import FIELDS, ProviderFields
from providers.models import Provider
from providers.querysets import PROVIDERS
from providers.registry import create_provider, delete_provider, update_provider
from providers.runs.next_start import shift_of

PAGE_SIZE = 30
STAY_OR_GO = {
    Documents.KEEP: "stay, each until it expires",
    Documents.TRASH: "are on their way to the trash",
}


@require_safe
@staff_only
def providers(request: PageRequest) -> HttpResponse:
    """By id, those whose id or name holds `q` and that are in `state`; `after` a page's end the next one."""
    now = timezone.now()
    q, state, after = (request.GET.get(name, "").replace("\0", "") for name in ("q", "state", "after"))
    found = in_state(Provider.objects.all(), state, now=now).filter(Q(pk__icontains=q) | Q(name__icontains=q))
    page = paginate(found.with_last_success(), by=PROVIDERS, cursor=after, limit=PAGE_SIZE)
    context = {
        "now": now,
        "q": q,
        "state": state,
        "states": LISTED,
        "rows": read_rows(page.rows, now=now),
        "next": page.next,
        "count": found.count() if q or state or after or page.next else len(page.rows),
        "any": bool(page.rows) or Provider.objects.exists(),
    }
    return render(request, "dashboard/providers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def provider_enabled(request: PageRequest, provider_id: str) -> HttpResponse:
    """Asks for the reason on GET. `enabled=1` resumes it from now on, also where Larder paused it; else it stops."""
    if request.method != "POST":
        found = get_object_or_404(Provider, pk=provider_id)
        return render(request, "dashboard/provider_pause.html", {"provider": found})
    enabled, reason = request.POST.get("enabled") == "1", request.POST.get("reason", "").replace("\0", "")
    wanted = ProviderFields(enabled=enabled, paused=False, paused_reason="" if enabled else reason)
    update_provider(provider_id, now=database_now(), actor=actor_of(request), **wanted)
    messages.success(request, f"{provider_id} is {'on schedule again' if enabled else 'paused'}.")
    return go(request, "provider", provider_id=provider_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def provider_new(request: PageRequest) -> HttpResponse:
    form = ProviderForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and "preview" not in request.POST:
        try:
            made = create_provider(
                form.cleaned_data["id"], now=database_now(), actor=actor_of(request), **form.chosen()
            )
        except LarderError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{made.pk} is registered. Sync it now, or wait for its schedule.")
            return go(request, "provider", provider_id=made.pk)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def provider_edit(request: PageRequest, provider_id: str) -> HttpResponse:
    found = get_object_or_404(Provider, pk=provider_id)
    form = ProviderForm(request.POST if request.method == "POST" else None, provider=found)
    if form.is_valid() and "preview" not in request.POST:
        try:
            update_provider(provider_id, now=database_now(), actor=actor_of(request), **form.chosen())
        except LarderError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{provider_id} is saved; its schedule counts from now on.")
            return go(request, "provider", provider_id=provider_id)
    return _form(request, form, provider=found)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def provider_delete(request: PageRequest, provider_id: str) -> HttpResponse:
    """Asks on GET what becomes of its documents; deletes on POST."""
    found = get_object_or_404(Provider, pk=provider_id)
    if request.method != "POST":
        return render(request, "dashboard/provider_delete.html", _at_stake(found))
    chosen = Documents.TRASH if request.POST.get("documents") == Documents.TRASH else Documents.KEEP
    delete_provider(provider_id, documents=chosen, now=database_now(), actor=actor_of(request))
    messages.success(request, f"{provider_id} is deleted. Its documents {STAY_OR_GO[chosen]}.")
    return go(request, "providers")


@require_safe
@staff_only
def schedule_preview(request: PageRequest) -> HttpResponse:
    """The form's schedule as it stands, read by the same functions that plan."""
    typed = request.GET
    text, zone = typed.get("sync_schedule", ""), typed.get("timezone", "")
    shift = _shift(typed.get("id", ""), typed.get("jitter_s", ""))
    preview = preview_schedule(text, zone, now=timezone.now(), shift=shift)
    return render(request, "dashboard/_schedule_preview.html", {"preview": preview, "zone": zone})


def _shift(provider_id: str, jitter: str) -> timedelta:
    """By the jitter as typed; none while it is no number."""
    seconds = int(jitter) if jitter.isascii() and jitter.isdigit() and len(jitter) < 6 else 0
    return shift_of(provider_id, min(seconds, FIELDS["jitter_s"].between[1]))


def _at_stake(provider: Provider) -> dict[str, object]:
    """How many documents it has, and how long they would stay by themselves."""
    now = timezone.now()
    documents = live_counts(now=now, sources=[provider.pk]).get(provider.pk, 0)
    stay = lasting_words(documents, lasting_of(provider.pk, now=now), now=now) if documents else ""
    return {"provider": provider, "documents": documents, "stay": stay, "trash_days": settings.TRASH_DAYS}


def _form(request: PageRequest, form: ProviderForm, *, provider: Provider | None = None) -> HttpResponse:
    text, zone, jitter = (str(form[name].value() or "") for name in ("sync_schedule", "timezone", "jitter_s"))
    provider_id = provider.pk if provider else str(form["id"].value() or "")
    context = {
        "form": form,
        "provider": provider,
        "preview": preview_schedule(text, zone, now=timezone.now(), shift=_shift(provider_id, jitter)),
        "zone": zone,
        "zones": sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
    }
    wrong = bool(form.errors) and "preview" not in request.POST
    return render(request, "dashboard/provider_form.html", context, status=422 if wrong else 200)

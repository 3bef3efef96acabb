"""Contexts: listed, made, changed and deleted; and one with its counts and its entities."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit import actor_of
from dashboard.access import PageRequest, go, staff_only
from dashboard.forms.memory import ContextForm
from dashboard.memory.listing import counts_of, entities_page
from memory.access.contexts import SETTINGS, change_context, create_context, get_context
from memory.errors import MemoryConflict, MemoryInvalid
from memory.models import Context
from memory.upkeep.removal import delete_context

CONTEXTS_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def contexts(request: PageRequest) -> HttpResponse:
    """By id; POST makes one."""
    form = ContextForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = create_context(given.pop("id"), now=timezone.now(), actor=actor_of(request), **given)
        except (MemoryInvalid, MemoryConflict) as error:
            form.add_error(error.extra.get("field", "id"), error.detail)
        else:
            messages.success(request, f"{made.pk} is there. Make a key for it, and agents can remember.")
            return go(request, reverse("memory-context", args=[made.pk]))
    now = timezone.now()
    found = list(Context.objects.order_by("pk")[: CONTEXTS_SHOWN + 1])
    context = {
        "now": now,
        "form": form,
        "contexts": [counts_of(each, now=now) for each in found[:CONTEXTS_SHOWN]],
        "more": len(found) > CONTEXTS_SHOWN,
    }
    return render(request, "dashboard/memory.html", context, status=422 if form.errors else 200)


@require_safe
@staff_only
def context(request: PageRequest, context_id: str) -> HttpResponse:
    """Its counts, and its entities page by page; `q`: whose names begin with it."""
    found, now = get_context(context_id), timezone.now()
    q = request.GET.get("q", "").replace("\0", "")
    page = entities_page(found, q=q, cursor=request.GET.get("after"))
    shown = {"now": now, "memory": found, "counts": counts_of(found, now=now), "q": q, "page": page}
    return render(request, "dashboard/memory_context.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def context_edit(request: PageRequest, context_id: str) -> HttpResponse:
    found = get_context(context_id)
    initial = {name: getattr(found, name) for name in SETTINGS}
    form = ContextForm(request.POST if request.method == "POST" else None, initial=initial)
    del form.fields["id"]
    if form.is_bound and form.is_valid():
        try:
            change_context(found, now=timezone.now(), actor=actor_of(request), **form.cleaned_data)
        except MemoryInvalid as error:
            form.add_error(error.extra.get("field"), error.detail)
        else:
            messages.success(request, "Saved; it counts from now on.")
            return go(request, reverse("memory-context", args=[found.pk]))
    shown = {"memory": found, "form": form}
    return render(request, "dashboard/memory_edit.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def context_delete(request: PageRequest, context_id: str) -> HttpResponse:
    """Asks on GET, with what would go; deletes on POST."""
    found, now = get_context(context_id), timezone.now()
    if request.method != "POST":
        return render(
            request, "dashboard/memory_delete.html", {"memory": found, "counts": counts_of(found, now=now), "now": now}
        )
    delete_context(found, now=now, actor=actor_of(request))
    messages.success(request, f"{context_id} is deleted, with all that it remembered.")
    return go(request, "memory")

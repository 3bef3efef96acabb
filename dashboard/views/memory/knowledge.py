"""What a context knows: an entity with its dated chains, open uncertainties, instructions; and forgetting."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.audit import actor_of
from dashboard.access import PageRequest, go, staff_only
from dashboard.forms.memory import ForgetForm
from dashboard.memory.listing import chains_of, facts_about, instructions_of, uncertainties_of
from dashboard.words import plural
from memory.access.caller import MemoryCaller
from memory.access.contexts import get_context
from memory.errors import MemoryInvalid
from memory.models import Entity, Fact, Instruction, Uncertainty
from memory.upkeep.deciding import resolve, switch
from memory.upkeep.forgetting import forget


@require_safe
@staff_only
def entity(request: PageRequest, context_id: str, entity_id: UUID) -> HttpResponse:
    context = get_context(context_id)
    found = get_object_or_404(Entity.objects.select_related("scope_set"), context=context, pk=entity_id)
    shown = {
        "now": timezone.now(),
        "memory": context,
        "entity": found,
        "chains": chains_of(found),
        "about": facts_about(found),
    }
    return render(request, "dashboard/memory_entity.html", shown)


@require_safe
@staff_only
def uncertainties(request: PageRequest, context_id: str) -> HttpResponse:
    context = get_context(context_id)
    shown = {"now": timezone.now(), "memory": context, "uncertainties": uncertainties_of(context)}
    return render(request, "dashboard/memory_uncertainties.html", shown)


@require_POST
@staff_only
def uncertainty_resolve(request: PageRequest, context_id: str, uncertainty_id: UUID) -> HttpResponse:
    """`fact`: the one that is right; without it the matter is only settled."""
    context = get_context(context_id)
    rows = Uncertainty.objects.select_related("context")
    found = get_object_or_404(rows, context=context, pk=uncertainty_id)
    right = _fact(found, request.POST.get("fact", ""))
    try:
        resolve(found, right, now=timezone.now(), actor=actor_of(request))
    except MemoryInvalid as error:
        raise Http404(error.detail) from error
    messages.success(request, "Settled." if right is None else "Settled; that one is believed now.")
    return go(request, reverse("memory-uncertainties", args=[context.pk]))


@require_safe
@staff_only
def instructions(request: PageRequest, context_id: str) -> HttpResponse:
    context = get_context(context_id)
    shown = {"now": timezone.now(), "memory": context, "instructions": instructions_of(context)}
    return render(request, "dashboard/memory_instructions.html", shown)


@require_POST
@staff_only
def instruction_switch(request: PageRequest, context_id: str, instruction_id: UUID) -> HttpResponse:
    """On where it was off, and off where it was on."""
    context = get_context(context_id)
    rows = Instruction.objects.select_related("context")
    found = get_object_or_404(rows, context=context, pk=instruction_id)
    switch(found, active=not found.active, now=timezone.now(), actor=actor_of(request))
    messages.success(request, f"{found.label} is {'off' if found.active else 'on'}.")
    return go(request, reverse("memory-instructions", args=[context.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def forgetting(request: PageRequest, context_id: str) -> HttpResponse:
    """Counts first what is meant; forgets it on POST with `sure`."""
    context, now = get_context(context_id), timezone.now()
    form = ForgetForm(request.POST if request.method == "POST" else None)
    count = None
    if form.is_bound and form.is_valid():
        sure, given = "sure" in request.POST, form.cleaned_data
        who = actor_of(request)
        caller = MemoryCaller(context=context, name=who.name, actor=who, is_admin=True)
        count = forget(caller, given["query"], purge=given["purge"], dry_run=not sure, now=now)
        if sure:
            messages.success(request, f"{plural(count, 'fact or turn', 'facts and turns')} forgotten.")
            return go(request, reverse("memory-context", args=[context.pk]))
    shown = {"memory": context, "form": form, "count": count}
    return render(request, "dashboard/memory_forget.html", shown, status=422 if form.errors else 200)


def _fact(uncertainty: Uncertainty, fact_id: str) -> Fact | None:
    if not fact_id:
        return None
    rows = uncertainty.facts.select_related("entity", "context", "scope_set")
    try:
        known_id = UUID(fact_id)
    except ValueError as error:
        raise Http404("no id of a fact") from error
    found: Fact = get_object_or_404(rows, pk=known_id)
    return found

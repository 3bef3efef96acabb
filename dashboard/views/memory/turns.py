"""What was said in a context, and what was made of it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.audit import actor_of
from dashboard.access import PageRequest, go, staff_only
from dashboard.memory.listing import turns_page
from dashboard.words import plural
from memory.access.contexts import get_context
from memory.models import Turn
from memory.upkeep.deciding import read_again, turns_of


@require_safe
@staff_only
def turns(request: PageRequest, context_id: str) -> HttpResponse:
    """Newest first; `unread`: only those that were not read whole."""
    context = get_context(context_id)
    unread = request.GET.get("unread") == "1"
    page = turns_page(context, unread=unread, cursor=request.GET.get("after"))
    shown = {"now": timezone.now(), "memory": context, "page": page, "unread": unread}
    return render(request, "dashboard/memory_turns.html", shown)


@require_safe
@staff_only
def turn(request: PageRequest, context_id: str, turn_id: UUID) -> HttpResponse:
    context = get_context(context_id)
    rows = Turn.objects.select_related("session", "scope_set")
    found = get_object_or_404(rows, context=context, pk=turn_id)
    return render(request, "dashboard/memory_turn.html", {"now": timezone.now(), "memory": context, "turn": found})


@require_POST
@staff_only
def turns_reread(request: PageRequest, context_id: str) -> HttpResponse:
    """All that were not read whole, or the one that is named."""
    context = get_context(context_id)
    ids = [get_object_or_404(Turn, context=context, pk=each).pk for each in _named(request)]
    queued = read_again(context, turns_of(ids), now=timezone.now(), actor=actor_of(request))
    messages.success(request, f"{plural(queued, 'turn')} will be read again.")
    return go(request, reverse("memory-turns", args=[context.pk]))


def _named(request: PageRequest) -> list[UUID]:
    try:
        return [UUID(each) for each in request.POST.getlist("turn")]
    except ValueError:
        return [UUID(int=0)]

"""Deletions that wait for a person: the list, a preview of each, and the two ways to decide."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.audit import actor_of
from dashboard.access import PageRequest, go, staff_only
from dashboard.words import plural
from knowledge.deleting.held import approve_held, discard_held, find_held, read_held
from knowledge.errors import HeldDecided, HeldNotFound
from knowledge.models import HeldDeletion

DECIDED_SHOWN = 50
DOCUMENTS_SHOWN = 100


@require_safe
@staff_only
def held(request: PageRequest) -> HttpResponse:
    """What waits, and what was decided lately; newest first."""
    deletions = HeldDeletion.objects.order_by("-held_at").defer("keys")
    waiting = deletions.filter(state=HeldDeletion.State.PENDING)
    decided = deletions.exclude(state=HeldDeletion.State.PENDING)[:DECIDED_SHOWN]
    context = {"now": timezone.now(), "waiting": waiting, "decided": decided}
    return render(request, "dashboard/held.html", context)


@require_safe
@staff_only
def held_deletion(request: PageRequest, held_id: UUID) -> HttpResponse:
    found = _find(held_id)
    page = read_held(found, cursor=request.GET.get("after", ""), limit=DOCUMENTS_SHOWN)
    context = {
        "now": timezone.now(),
        "held": found,
        "documents": page.rows,
        "next": page.next,
        "share": round(100 * found.count / found.live) if found.live else 100,
        "trash_days": settings.TRASH_DAYS,
    }
    return render(request, "dashboard/held_deletion.html", context)


@require_POST
@staff_only
def held_decide(request: PageRequest, held_id: UUID) -> HttpResponse:
    """`decision=approve` deletes the documents, anything else keeps them."""
    found, now, who = _find(held_id), timezone.now(), actor_of(request)
    try:
        if request.POST.get("decision") == "approve":
            gone = approve_held(found.pk, now=now, actor=who).deleted
            messages.success(request, f"{plural(gone, 'document')} of {found.source} went to the trash.")
        else:
            discard_held(found.pk, now=now, actor=who)
            messages.success(request, f"{plural(found.count, 'document')} of {found.source} stay.")
    except HeldDecided as error:
        messages.warning(request, error.detail)
    return go(request, "held")


def _find(held_id: UUID) -> HeldDeletion:
    try:
        return find_held(held_id)
    except HeldNotFound as error:
        raise Http404 from error

"""One document: looking at it closely, moving it to the trash, and getting it back."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.access import PageRequest, go, staff_only
from dashboard.passages import lay_out
from dashboard.templatetags.larder import document_url
from knowledge.audit import actor_of, record
from knowledge.embedding import active_model
from knowledge.errors import DocumentNotFound
from knowledge.models import Change, Document, Passage
from knowledge.trash import DELETED, delete_document, restore_rows

PASSAGES_SHOWN = 60
CHANGES_SHOWN = 30
TRASH_SHOWN = 100


@require_safe
@staff_only
def document(request: PageRequest, source: str = "", key: str = "") -> HttpResponse:
    """The inspector. Also for what has expired or lies in the trash."""
    found = _find(source or request.GET.get("source", ""), key or request.GET.get("id", ""))
    passages = Passage.objects.filter(document=found, model=active_model()).order_by("ordinal").defer("vector")
    blocks = lay_out(found.content, passages.annotate(searchable=Q(vector__isnull=False)))
    context = {
        "now": timezone.now(),
        "document": found,
        "blocks": blocks if "all" in request.GET else blocks[:PASSAGES_SHOWN],
        "passages": len(blocks),
        "waiting": sum(not block.passage.searchable for block in blocks),  # type: ignore[attr-defined]
        "changes": Change.objects.of_document(found.source, found.key)[:CHANGES_SHOWN],
        "trash_days": settings.TRASH_DAYS,
        "change_days": settings.CHANGE_DAYS,
    }
    return render(request, "dashboard/document.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def document_delete(request: PageRequest) -> HttpResponse:
    """Asks on GET, for those without JavaScript; moves to the trash on POST."""
    found = _find(request.GET.get("source", ""), request.GET.get("id", ""))
    if request.method != "POST":
        return render(request, "dashboard/document_delete.html", {"document": found, "trash_days": settings.TRASH_DAYS})
    now, who = timezone.now(), request.user.get_username()
    try:
        with transaction.atomic():
            delete_document(found.key, source=found.source, now=now, actor=who, reason=f"{DELETED} by {who}")
            record(actor_of(request), "document.delete", str(found), now=now)
    except DocumentNotFound as error:
        messages.warning(request, error.detail)
    else:
        messages.success(request, f"{found.key} is in the trash and can be restored for {settings.TRASH_DAYS} days.")
    return go(request, "knowledge")


@require_POST
@staff_only
def document_restore(request: PageRequest) -> HttpResponse:
    found = _find(request.GET.get("source", ""), request.GET.get("id", ""))
    now = timezone.now()
    with transaction.atomic():
        restored = restore_rows([found.pk], now=now, actor=request.user.get_username())
        if restored:
            record(actor_of(request), "document.restore", str(found), now=now)
    if restored:
        messages.success(request, f"{found.key} is back and can be found again.")
    else:
        messages.warning(request, f"{found.key} is not in the trash.")
    return go(request, document_url(found))


@require_safe
@staff_only
def trash(request: PageRequest) -> HttpResponse:
    """The newest in the trash, those whose id or text holds `q`."""
    q = request.GET.get("q", "").replace("\0", "")
    found = Document.objects.in_trash().containing(q).order_by("-deleted_at", "-id")[: TRASH_SHOWN + 1]
    context = {
        "now": timezone.now(),
        "q": q,
        "documents": found[:TRASH_SHOWN],
        "more": len(found) > TRASH_SHOWN,
        "shown": TRASH_SHOWN,
        "trash_days": settings.TRASH_DAYS,
    }
    return render(request, "dashboard/trash.html", context)


def _find(source: str, key: str) -> Document:
    if "\0" in source + key:
        raise Http404
    return get_object_or_404(Document, source=source, key=key)

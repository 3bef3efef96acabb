"""One document: looking at it closely, moving it to the trash, and getting it back."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.audit import actor_of, record
from core.errors import CursorInvalid
from core.paging import paginate
from dashboard.access import PageRequest, go, staff_only
from dashboard.documents.passages import lay_out, stretch_of
from dashboard.templatetags.addresses import document_url
from ingestion.processing.chunks import chunk_of
from knowledge.browsing.history import OF_DOCUMENT, show_changes
from knowledge.browsing.neighbours import find_neighbours
from knowledge.deleting.trash import DELETED, delete_document, restore_rows
from knowledge.embedding.vector_space import active_model
from knowledge.errors import DocumentNotFound
from knowledge.models import Change, Document, Passage
from knowledge.writing.languages import own_languages
from providers.models import SyncRun

CHANGES_SHOWN = 10
NEIGHBOURS = 6
TEXT_SHOWN = 100_000
MOST_JSON_CHARS = 200_000
MOST_REASON_CHARS = 200


@require_safe
@staff_only
def document(request: PageRequest, source: str = "", key: str = "") -> HttpResponse:
    """The inspector. Also for what has expired or lies in the trash."""
    now = timezone.now()
    found = _find(source or request.GET.get("source", ""), key or request.GET.get("id", ""))
    context = {
        "now": now,
        "document": found,
        "live": found.deleted_at is None and (found.expires_at is None or found.expires_at > now),
        "trash_days": settings.TRASH_DAYS,
        "language": found.language or own_languages([found.source]).get(found.source) or settings.SEARCH_LANGUAGE,
        "neighbours": find_neighbours(found, now=now, count=NEIGHBOURS) if "neighbours" in request.GET else None,
        **_filed(found),
        **_content(request, found),
        **_history(request, found, now=now),
    }
    return render(request, "dashboard/document.html", context)


@require_safe
@staff_only
def neighbours(request: PageRequest) -> HttpResponse:
    """The nearest documents, as a part that the document's page loads after itself."""
    now = timezone.now()
    found = _find(request.GET.get("source", ""), request.GET.get("id", ""))
    near = find_neighbours(found, now=now, count=NEIGHBOURS)
    return render(request, "dashboard/_neighbours.html", {"now": now, "document": found, "neighbours": near})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def document_delete(request: PageRequest) -> HttpResponse:
    """Asks on GET, for those without JavaScript; moves to the trash on POST, with the `reason` that is given."""
    found = _find(request.GET.get("source", ""), request.GET.get("id", ""))
    if request.method != "POST":
        return render(request, "dashboard/document_delete.html", {"document": found, "trash_days": settings.TRASH_DAYS})
    now, who = timezone.now(), request.user.get_username()
    given = request.POST.get("reason", "").replace("\0", "").strip()[:MOST_REASON_CHARS]
    reason = f"{DELETED} by {who}: {given}" if given else f"{DELETED} by {who}"
    try:
        with transaction.atomic():
            delete_document(found.key, source=found.source, now=now, actor=who, reason=reason)
            record(actor_of(request), "document.delete", str(found), now=now)
    except DocumentNotFound as error:
        messages.warning(request, error.detail)
    else:
        messages.success(request, f"{found.key} is in the trash and can be restored for {settings.TRASH_DAYS} days.")
    return go(request, _list_url(request))


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


# --- what the page shows ----------------------------------------------------------------------------------------------


def _filed(found: Document) -> dict[str, Any]:
    """What it was cut from, where somebody uploaded it."""
    chunk = chunk_of(found.source, found.key)
    return {"chunk": chunk, "file": chunk.file} if chunk else {}


def _content(request: PageRequest, found: Document) -> dict[str, Any]:
    """The content by its passages, as plain text, or as the JSON that it is; `show` says which."""
    passages = Passage.objects.filter(document=found, model=active_model()).order_by("ordinal").defer("vector")
    blocks = lay_out(found.content, passages.annotate(searchable=Q(vector__isnull=False)))
    stretch = stretch_of(len(blocks), start=request.GET.get("from", ""), whole="all" in request.GET)
    pretty = _pretty(found.content)
    ways = ["passages", "text", *(["json"] if pretty else [])]
    asked = request.GET.get("show", "json" if pretty and len(blocks) < 2 else "passages")
    waiting = [block.passage for block in blocks if not block.passage.searchable]  # type: ignore[attr-defined]
    return {
        "show": asked if asked in ways else "passages",
        "ways": ways,
        "pretty": pretty,
        "text": found.content if "all" in request.GET else found.content[:TEXT_SHOWN],
        "blocks": blocks[stretch.first - 1 : stretch.last],
        "stretch": stretch,
        "passages": len(blocks),
        "waiting": len(waiting),
        "refused": sum(bool(passage.error) for passage in waiting),
    }


def _history(request: PageRequest, found: Document, *, now: datetime) -> dict[str, Any]:
    """Newest first, from the one that follows `changes` on; an unknown place starts again."""
    rows = Change.objects.of_document(found.source, found.key)
    try:
        page = paginate(rows, by=OF_DOCUMENT, cursor=request.GET.get("changes"), limit=CHANGES_SHOWN)
    except CursorInvalid:
        page = paginate(rows, by=OF_DOCUMENT, limit=CHANGES_SHOWN)
    runs = SyncRun.objects.filter(pk__in={row.run for row in page.rows if row.run})
    return {
        "changes": show_changes(page.rows, now=now),
        "runs": set(runs.values_list("pk", flat=True)),
        "older_changes": page.next,
        "change_days": settings.CHANGE_DAYS,
    }


def _pretty(content: str) -> str:
    """An object or a list as indented JSON; "" for other texts."""
    if len(content) > MOST_JSON_CHARS or content.lstrip()[:1] not in ("{", "["):
        return ""
    try:
        return json.dumps(json.loads(content), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""


def _list_url(request: PageRequest) -> str:
    """The list that it was deleted from, under its filters; else the whole."""
    base = reverse("knowledge")
    came_from = (request.htmx.current_url_abs_path or "") if request.htmx else ""
    return came_from if came_from.partition("?")[0] == base else base


def _find(source: str, key: str) -> Document:
    if "\0" in source + key:
        raise Http404
    return get_object_or_404(Document, source=source, key=key)

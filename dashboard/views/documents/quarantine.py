"""Passages that the embedding backend refused: looked at, and tried again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.audit import actor_of
from dashboard.access import PageRequest, go, staff_only
from dashboard.words import plural
from knowledge.embedding.quarantine import read_quarantine, retry_all, retry_document
from knowledge.errors import DocumentNotFound

PASSAGES_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def quarantine(request: PageRequest) -> HttpResponse:
    """The list, of one source or of all; POST tries again: the document `id` of `source`, all of `source`, or all."""
    given = request.POST if request.method == "POST" else request.GET
    source, key = (given.get(name, "").replace("\0", "") for name in ("source", "id"))
    if request.method == "POST":
        return _retry(request, source, key)
    cursor = request.GET.get("cursor", "")
    page = read_quarantine(source=source or None, cursor=cursor, limit=PASSAGES_SHOWN)
    context = {"now": timezone.now(), "page": page, "source": source, "cursor": cursor}
    return render(request, "dashboard/quarantine.html", context)


def _retry(request: PageRequest, source: str, key: str) -> HttpResponse:
    try:
        tried = (
            retry_document(key, source=source, actor=actor_of(request))
            if key
            else retry_all(source=source or None, actor=actor_of(request))
        )
    except DocumentNotFound as error:
        messages.warning(request, error.detail)
    else:
        messages.success(request, f"{plural(tried, 'passage')} will be tried again within seconds.")
    return go(request, "quarantine")

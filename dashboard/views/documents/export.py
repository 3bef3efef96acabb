"""Lists of documents as files."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models.functions import Left, Length
from django.http import HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.paging import walk
from dashboard.access import PageRequest, staff_only
from dashboard.csv_export import stream_csv
from dashboard.forms import BrowseForm
from knowledge.browsing.filters import Narrowed, narrow
from knowledge.browsing.lists import Order, read_documents

CHUNK = 1_000
BEGINNING = 1_000
HEADER = (
    *("source", "id", "tags", "metadata", "updated_at", "stored_at", "expires_at"),
    *("characters", f"first_{BEGINNING}_characters"),
)


@require_safe
@staff_only
def documents_export(request: PageRequest) -> HttpResponseBase:
    """What the list shows under the same filters, all pages; contents by their beginning.

    By source and id, whatever the order of the list: in another one, what changes meanwhile moves past the export.
    """
    now = timezone.now()
    form = BrowseForm(request.GET, sources=())
    if not form.is_valid():
        return HttpResponseBadRequest("A filter cannot be read.", content_type="text/plain; charset=utf-8")
    found = narrow(form.wanted(), now=now)
    name = f"{form.cleaned_data['source'] or 'documents'}-{now:%Y-%m-%d}"
    return stream_csv(name, HEADER, _rows(found))


def _rows(found: Narrowed) -> Iterator[tuple[Any, ...]]:
    shortened = found.pool.defer("content").annotate(beginning=Left("content", BEGINNING), chars=Length("content"))
    found = replace(found, pool=shortened)
    for each in walk(lambda cursor: read_documents(found, order=Order.ID, cursor=cursor, limit=CHUNK)):
        times: tuple[datetime | None, ...] = (each.updated_at, each.stored_at, each.expires_at)
        yield (each.source, each.key, " ".join(each.tags), each.metadata, *times, each.chars, each.beginning)  # type: ignore[attr-defined]

"""The knowledge page: what there is, what an analyzer would find, and a list to walk through."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from re import Pattern

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from dashboard.access import PageRequest, staff_only
from dashboard.forms import BrowseForm, SearchForm
from dashboard.highlight import question_words
from knowledge import stats
from knowledge.embedders.base import EmbedderUnavailable, EmbeddingRefused
from knowledge.errors import CursorInvalid
from knowledge.models import Document
from knowledge.pages import DocumentPage, read_page
from knowledge.search import Answer, Mode, Query, search, space_for

PAGE_SIZE = 25
TOP_TAGS = 10
PARTS = {"search": "dashboard/_search.html", "documents": "dashboard/_browse.html"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of a question: an answer, or a sentence why there is none."""

    answer: Answer | None = None
    words: Pattern[str] | None = None
    problem: str = ""


@require_safe
@staff_only
def knowledge(request: PageRequest) -> HttpResponse:
    """With a `text` in the address a search, otherwise the list under its filters; 422 where a field is wrong.

    htmx gets the part that it is going to select, without the cards, which take the longest to count.
    """
    now = timezone.now()
    asked = "text" in request.GET
    sources = Document.objects.live(now).values_list("source", flat=True).distinct()
    search_form = SearchForm(request.GET.dict() if asked else None, sources=sources)
    browse_form = BrowseForm({} if asked else request.GET, sources=sources)
    context = {
        "now": now,
        "totals": SimpleLazyObject(partial(stats.stats, now=now)),
        "tags": SimpleLazyObject(partial(stats.tag_counts, now=now, limit=TOP_TAGS)),
        "search_form": search_form,
        "finding": _ask(search_form, now=now) if asked and search_form.is_valid() else None,
        "browse_form": browse_form,
        "page": _browse(browse_form, cursor=request.GET.get("cursor", ""), now=now),
        "filtered": browse_form.is_valid() and any(browse_form.cleaned_data.values()),
    }
    wrong = not browse_form.is_valid() or (asked and not search_form.is_valid())
    template = PARTS.get(request.htmx.target or "", "dashboard/knowledge.html")
    return render(request, template, context, status=422 if wrong else 200)


def _ask(form: SearchForm, *, now: datetime) -> Finding:
    asked = form.cleaned_data
    query = Query(
        text=asked["text"],
        tags=asked["tags"],
        top_k=asked["top_k"],
        min_score=asked["min_score"],
        diverse=asked["strategy"] == "diverse",
        source=asked["source"],
        mode=Mode(asked["mode"]),
    )
    try:
        answer = search(query, now=now, space=space_for(query, now=now))
    except (EmbedderUnavailable, EmbeddingRefused) as error:
        return Finding(problem=error.detail)
    return Finding(answer=answer, words=question_words(query.text))


def _browse(form: BrowseForm, *, cursor: str, now: datetime) -> DocumentPage | None:
    """None where a filter cannot be read; an unknown cursor starts again."""
    if not form.is_valid():
        return None
    asked = form.cleaned_data
    found = Document.objects.live(now).of_source(asked["source"]).tagged(asked["tags"]).containing(asked["q"])
    try:
        return read_page(found, cursor=cursor, limit=PAGE_SIZE)
    except CursorInvalid:
        return read_page(found, cursor="", limit=PAGE_SIZE)

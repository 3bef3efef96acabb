"""The knowledge page: what there is, what an analyzer would find, and a list to walk through."""

from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from accounts.models import Stage
from dashboard.access import PageRequest, staff_only
from dashboard.documents.listing import list_documents
from dashboard.documents.questions import (
    Reading,
    as_curl,
    ask,
    read_tags,
    reading_of,
)
from dashboard.forms import BrowseForm, SearchForm
from knowledge.browsing import stats
from knowledge.words.languages import known_languages

PAGE_SIZE = 25
BESIDE_NO_ANSWER = 5
TOP_TAGS = 10
PARTS = {"search": "dashboard/_search.html", "documents": "dashboard/_browse.html"}


@require_safe
@staff_only
def knowledge(request: PageRequest) -> HttpResponse:
    """With a `text` in the address a search, otherwise the list under its filters; 422 where a field is wrong.

    htmx gets the part that it is going to select. The cards, which take the longest to count, stand above no answer.
    """
    now = timezone.now()
    asked = "text" in request.GET
    sources = stats.source_names()
    search = _search(request, sources, now=now)
    limit = PAGE_SIZE if not asked else 0 if _is_answered(search) else BESIDE_NO_ANSWER
    browse = _browse(QueryDict() if asked else request.GET, sources, limit=limit, now=now)
    context = {
        "now": now,
        "totals": SimpleLazyObject(partial(stats.stats, now=now)),
        "tags": SimpleLazyObject(partial(stats.tag_counts, now=now, limit=TOP_TAGS)),
        "asked": asked,
        **search,
        **browse,
    }
    wrong = not browse["browse_form"].is_valid() or (asked and not search["search_form"].is_valid())
    template = PARTS.get(request.htmx.target or "", "dashboard/knowledge.html")
    return render(request, template, context, status=422 if wrong else 200)


@require_safe
@staff_only
def tags_read(request: PageRequest) -> HttpResponse:
    """A tag expression in plain words, as one types it."""
    tags, source = request.GET.get("tags", "")[:2_000], request.GET.get("source", "")
    reading = read_tags(tags.replace("\0", ""), source=source.replace("\0", "") or None, now=timezone.now())
    return render(request, "dashboard/_tags_read.html", {"reading": reading})


def _search(request: PageRequest, sources: list[str], *, now: datetime) -> dict[str, Any]:
    stages = {stage.name: stage for stage in Stage.objects.order_by("name")}
    offered: dict[str, Any] = {"sources": sources, "stages": stages, "languages": _languages(request.GET, now=now)}
    if "text" not in request.GET:
        return {"search_form": SearchForm(**offered)}
    form = SearchForm(request.GET.dict(), **offered)
    if not form.is_valid():
        return {"search_form": form, "reading": _read(form, now=now)}
    finding = ask(form, stages=stages, now=now)
    curl = as_curl(finding.asked, url=request.build_absolute_uri(reverse("api:query")))
    reading = reading_of(finding, now=now) or _read(form, now=now)
    return {"search_form": form, "finding": finding, "curl": curl, "reading": reading}


def _languages(asked: QueryDict, *, now: datetime) -> list[str]:
    """Those of the documents that are searched, and the one that is asked for if there is such a one."""
    source, named = asked.get("source", "").replace("\0", ""), asked.get("language", "")
    also = [named] if named in known_languages() else []
    return sorted({*stats.languages_of(source or None, now=now), *also})


def _read(form: SearchForm, *, now: datetime) -> Reading | None:
    """None for what the database could not be asked about."""
    tags, source = str(form.data.get("tags", "")), str(form.data.get("source", ""))
    return None if "\0" in tags + source else read_tags(tags, source=source or None, now=now)


def _is_answered(search: dict[str, Any]) -> bool:
    return "finding" in search and search["finding"].answer is not None


def _browse(asked: QueryDict, sources: list[str], *, limit: int, now: datetime) -> dict[str, Any]:
    """No page where a filter cannot be read, and none of no documents."""
    form = BrowseForm(asked, sources=sources)
    if not form.is_valid() or not limit:
        return {"browse_form": form, "listing": None, "page": None}
    listing = list_documents(form, asked, order=form.order, limit=limit, now=now)
    return {"browse_form": form, "listing": listing, "page": listing.page}

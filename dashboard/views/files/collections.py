"""Collections: what belongs together, how it is cut and how long it lives."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.audit import actor_of
from core.paging import paginate
from dashboard.access import PageRequest, go, staff_only
from dashboard.files.listing import MOST_COUNTED
from dashboard.forms import CollectionForm
from dashboard.words import plural
from ingestion.actions import FACTS, create_collection_as, delete_collection_as, update_collection_as
from ingestion.collections.collections import get_collection
from ingestion.errors import CollectionExists
from ingestion.models import Collection, File
from ingestion.querysets import COLLECTIONS, WORK
from knowledge.browsing.stats import live_counts

COLLECTIONS_SHOWN = 100
FILES_COUNTED = 300
"""Of one collection; of more, the page says that there are more."""


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def collections(request: PageRequest) -> HttpResponse:
    """By name; POST makes one."""
    form = CollectionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = create_collection_as(now=timezone.now(), actor=actor_of(request), **form.cleaned_data)
        except CollectionExists as error:
            form.add_error("name", error.detail + ".")
        else:
            messages.success(request, f"{made.name} is there; upload what belongs in it.")
            return go(request, "collections")
    page = paginate(_counting(Collection.objects.all(), most=FILES_COUNTED), by=COLLECTIONS, limit=COLLECTIONS_SHOWN)
    context = {
        "form": form,
        "collections": _with_documents(page.rows),
        "most": FILES_COUNTED,
        "more": page.next is not None,
    }
    return render(request, "dashboard/collections.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def collection(request: PageRequest, name: str) -> HttpResponse:
    """Changes count for what is uploaded from then on."""
    found = get_collection(name)
    initial = {each: getattr(found, each) for each in FACTS}
    form = CollectionForm(request.POST if request.method == "POST" else None, initial=initial)
    del form.fields["name"]
    if form.is_bound and form.is_valid():
        update_collection_as(found, form.cleaned_data, now=timezone.now(), actor=actor_of(request))
        messages.success(request, "Saved; it counts for what is uploaded from now on.")
        return go(request, "collections")
    context = {"collection": found, "form": form}
    return render(request, "dashboard/collection.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def collection_delete(request: PageRequest, name: str) -> HttpResponse:
    collection = get_collection(name)
    if request.method != "POST":
        [found] = _with_documents(_counting(Collection.objects.filter(pk=name), most=MOST_COUNTED))
        context = {"collection": found, "most": MOST_COUNTED, "trash_days": settings.TRASH_DAYS}
        return render(request, "dashboard/collection_delete.html", context)
    removed = delete_collection_as(collection, now=timezone.now(), actor=actor_of(request))
    messages.success(request, f"{name} is deleted; {plural(removed, 'document')} went to the trash.")
    return go(request, "collections")


def _counting(collections: QuerySet[Collection], *, most: int) -> QuerySet[Any]:
    """Each with its `file_count`, those `at_work` and `failed`, each to one more than `most`."""
    of = {"file_count": ~Q(state="deleted"), "at_work": Q(state__in=WORK), "failed": Q(state="failed")}
    return collections.annotate(**{name: _count(which, most) for name, which in of.items()})


def _with_documents(collections: Iterable[Any]) -> list[Any]:
    """Each with the number of its live `documents`."""
    found = list(collections)
    documents = live_counts(now=timezone.now(), sources=[each.name for each in found])
    for each in found:
        each.documents = documents.get(each.name, 0)
    return found


def _count(which: Q, most: int) -> Func:
    """Up to one more than `most`, however many there are. Expects: a walk along file_of_collection."""
    rows = File.objects.filter(which, collection=OuterRef("pk")).values("pk")[: most + 1]
    return Func(ArraySubquery(rows), function="cardinality", output_field=IntegerField())

"""Collections: what is filed together, how it is cut and how long it lives."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dashboard.access import PageRequest, go, staff_only
from dashboard.forms import CollectionForm
from dashboard.words import plural
from filing.collections import get_collection
from filing.errors import CollectionExists
from filing.models import Collection
from filing.querysets import WORK
from filing.steering import change_collection, make_collection, remove_collection
from knowledge.audit import actor_of

COLLECTIONS_SHOWN = 200
TRACKED = ~Q(filings__state="deleted")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def collections(request: PageRequest) -> HttpResponse:
    """By name; POST makes one."""
    form = CollectionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = make_collection(now=timezone.now(), actor=actor_of(request), **form.cleaned_data)
        except CollectionExists as error:
            form.add_error("name", error.detail + ".")
        else:
            messages.success(request, f"{made.name} is there; hand in what belongs in it.")
            return go(request, "collections")
    found = list(_counted().order_by("name")[: COLLECTIONS_SHOWN + 1])
    context = {
        "now": timezone.now(),
        "form": form,
        "collections": found[:COLLECTIONS_SHOWN],
        "more": len(found) > COLLECTIONS_SHOWN,
    }
    return render(request, "dashboard/collections.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def collection(request: PageRequest, name: str) -> HttpResponse:
    """Changes count for what is filed from then on."""
    found = get_collection(name)
    initial = {each: getattr(found, each) for each in ("description", "splitter", "days_to_live")}
    form = CollectionForm(request.POST if request.method == "POST" else None, initial=initial)
    del form.fields["name"]
    if form.is_bound and form.is_valid():
        change_collection(found, form.cleaned_data, now=timezone.now(), actor=actor_of(request))
        messages.success(request, "Saved; it counts for what is filed from now on.")
        return go(request, "collections")
    context = {"collection": found, "form": form}
    return render(request, "dashboard/collection.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def collection_delete(request: PageRequest, name: str) -> HttpResponse:
    get_collection(name)
    found = _counted().get(pk=name)
    if request.method != "POST":
        return render(request, "dashboard/collection_delete.html", {"collection": found})
    removed = remove_collection(found, now=timezone.now(), actor=actor_of(request))
    messages.success(request, f"{name} is deleted; {plural(removed, 'document')} went to the trash.")
    return go(request, "collections")


def _counted() -> Any:
    return Collection.objects.annotate(
        files=Count("filings", filter=TRACKED),
        at_work=Count("filings", filter=Q(filings__state__in=WORK)),
        failed=Count("filings", filter=Q(filings__state="failed")),
        documents=Sum("filings__document_count", default=0),
    )

"""The trash: looking through it. Getting documents out of it is in `bulk` and `documents`."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.access import PageRequest, staff_only
from dashboard.documents.listing import list_documents
from dashboard.forms import FilterForm
from knowledge.browsing import stats
from knowledge.browsing.lists import Order

PAGE_SIZE = 50


@require_safe
@staff_only
def trash(request: PageRequest) -> HttpResponse:
    """The newest in the trash first, under its filters; 422 where one cannot be read."""
    now = timezone.now()
    form = FilterForm(request.GET, sources=stats.source_names(trashed=True))
    readable, listing = form.is_valid(), None
    if readable:
        listing = list_documents(form, request.GET, order=Order.DELETED, trashed=True, limit=PAGE_SIZE, now=now)
    context = {
        "now": now,
        "browse_form": form,
        "listing": listing,
        "page": listing.page if listing else None,
        "trash_days": settings.TRASH_DAYS,
    }
    return render(request, "dashboard/trash.html", context, status=200 if readable else 422)

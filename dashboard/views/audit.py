"""Who steered what."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.access import PageRequest, staff_only
from knowledge.audit import read_audit
from knowledge.models import AuditEntry

ENTRIES_SHOWN = 50
FILTERS = ("actor", "verb", "object")


@require_safe
@staff_only
def audit(request: PageRequest) -> HttpResponse:
    """Newest first, under the filters of the address."""
    filters = {name: request.GET.get(name, "").replace("\0", "").strip() for name in FILTERS}
    cursor = request.GET.get("cursor", "")
    context = {
        "now": timezone.now(),
        "filters": filters,
        "filtered": any(filters.values()),
        "verbs": AuditEntry.objects.order_by("verb").values_list("verb", flat=True).distinct(),
        "page": read_audit(AuditEntry.objects.matching(**filters), cursor=cursor, limit=ENTRIES_SHOWN),
        "cursor": cursor,
        "days": settings.AUDIT_DAYS,
    }
    return render(request, "dashboard/audit.html", context)

"""The audit: who did what."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.audit import known_verbs, read_audit, walk_audit
from accounts.models import AuditEntry
from accounts.querysets import AuditQuerySet
from dashboard.access import PageRequest, staff_only
from dashboard.csv_export import stream_csv

ENTRIES_SHOWN = 50
FILTERS = ("actor", "verb", "object", "since", "until")
COLUMNS = ("at", "by", "actor", "address", "verb", "object", "before", "after")


@require_safe
@staff_only
def audit(request: PageRequest) -> HttpResponse:
    """Newest first, under the filters of the address."""
    filters, cursor = _filters(request), request.GET.get("cursor", "")
    context = {
        "now": timezone.now(),
        "filters": filters,
        "filtered": any(filters.values()),
        "verbs": known_verbs(),
        "page": read_audit(_found(filters), cursor=cursor, limit=ENTRIES_SHOWN),
        "cursor": cursor,
        "days": settings.AUDIT_DAYS,
    }
    return render(request, "dashboard/audit.html", context)


@require_safe
@staff_only
def audit_export(request: PageRequest) -> HttpResponseBase:
    """All that the filters leave, as CSV."""
    entries = walk_audit(_found(_filters(request)))
    return stream_csv("audit", COLUMNS, ([getattr(entry, name) for name in COLUMNS] for entry in entries))


def _filters(request: PageRequest) -> dict[str, str]:
    """What the address asks for; a day that is none is left out, and so is shown as not chosen."""
    given = {name: request.GET.get(name, "").replace("\0", "").strip() for name in FILTERS}
    return given | {name: given[name] if _day(given[name]) else "" for name in ("since", "until")}


def _found(filters: dict[str, str]) -> AuditQuerySet:
    """Days are whole days in UTC, the last one included."""
    last = _day(filters["until"])
    after = last + timedelta(days=1) if last and last.date() < date.max else None
    days: dict[str, Any] = {"since": _day(filters["since"]), "until": after}
    return AuditEntry.objects.matching(**filters | days)


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), tzinfo=UTC)
    except ValueError:
        return None

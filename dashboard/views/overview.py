"""The overview: one sentence of health, what needs attention, every provider, and the day ahead."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.access import PageRequest, staff_only
from dashboard.charts.day_ahead import day_ahead
from dashboard.charts.day_chart import draw_day
from dashboard.health import Health
from dashboard.providers.overview import ProvidersOverview, read_overview
from dashboard.waiting import read_waits
from knowledge.browsing.stats import live_counts, waiting_passages
from knowledge.models import HeldDeletion
from providers.system.readiness import readiness

OF_PROVIDERS = {"providers", "freshness"}
"""Parts that say of all providers what the list of those that need attention says one by one."""


@require_safe
@staff_only
def overview(request: PageRequest) -> HttpResponse:
    situation = _situation()
    return render(request, "dashboard/overview.html", situation | _day(situation["providers"], now=situation["now"]))


@require_safe
@staff_only
def situation(request: PageRequest) -> HttpResponse:
    """All of the overview but its frame and the day ahead; it asks for itself again every quarter of a minute."""
    return render(request, "dashboard/_situation.html", _situation())


def _situation() -> dict[str, Any]:
    now = timezone.now()
    documents = live_counts(now=now)
    waiting, quarantined = waiting_passages()
    waits = read_waits()
    providers = read_overview(now=now, documents=documents)
    unready = [part for part in readiness(now=now) if part.state != "ok"]
    missing = [part for part in unready if providers.total or part.name != "providers"]
    held = HeldDeletion.objects.filter(state=HeldDeletion.State.PENDING).order_by("-held_at").defer("keys")
    health = Health(
        providers=providers,
        held=len(held),
        missing=sum(part.name not in OF_PROVIDERS or not providers.needing for part in missing),
        documents=sum(documents.values()),
        waiting=waiting,
        quarantined=quarantined,
        waits=waits,
    )
    return {
        "now": now,
        "health": health,
        "waits": waits,
        "facts": health.facts(now=now),
        "missing": missing,
        "held": held,
        "providers": providers,
    }


def _day(providers: ProvidersOverview, *, now: Any) -> dict[str, Any]:
    day = day_ahead(now=now, stamp=(providers.total, providers.planned, providers.changed_at))
    capacity = settings.MAX_CONCURRENT_SYNCS
    return {"day": day, "picture": draw_day(day, capacity=capacity) if day else "", "capacity": capacity}

"""The overview: one sentence of health, what needs a hand, every provider, and the day ahead."""

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
from dashboard.providers.overview import Fleet, read_fleet
from dashboard.waiting import read_waits
from knowledge.browsing.stats import live_counts, waiting_passages
from knowledge.models import HeldDeletion
from providers.system.readiness import readiness

OF_PROVIDERS = {"providers", "freshness"}
"""Parts that say of all providers what the list of those that need a hand says one by one."""


@require_safe
@staff_only
def overview(request: PageRequest) -> HttpResponse:
    situation = _situation()
    return render(request, "dashboard/overview.html", situation | _day(situation["fleet"], now=situation["now"]))


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
    fleet = read_fleet(now=now, documents=documents)
    missing = [part for part in readiness(now=now) if part.state != "ok" and (fleet.total or part.name != "providers")]
    held = HeldDeletion.objects.filter(state=HeldDeletion.State.PENDING).order_by("-held_at").defer("keys")
    health = Health(
        fleet=fleet,
        held=len(held),
        missing=sum(part.name not in OF_PROVIDERS or not fleet.needing for part in missing),
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
        "fleet": fleet,
    }


def _day(fleet: Fleet, *, now: Any) -> dict[str, Any]:
    day = day_ahead(now=now, stamp=(fleet.total, fleet.planned, fleet.changed_at))
    capacity = settings.MAX_CONCURRENT_SYNCS
    return {"day": day, "picture": draw_day(day, capacity=capacity) if day else "", "capacity": capacity}

"""The overview: one sentence of health, what needs a hand, every provider, and the day ahead."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.access import PageRequest, staff_only
from dashboard.charts import timeline
from dashboard.health import Health
from dashboard.provider_rows import read_rows
from dashboard.timeline import lanes
from knowledge.embedding import active_model
from knowledge.models import Document, HeldDeletion, Passage
from providers.models import Provider
from providers.readiness import readiness

ROWS_SHOWN = 50


@require_safe
@staff_only
def overview(request: PageRequest) -> HttpResponse:
    return render(request, "dashboard/overview.html", _situation())


@require_safe
@staff_only
def situation(request: PageRequest) -> HttpResponse:
    """All of the overview but its frame; it asks for itself again every quarter of a minute."""
    return render(request, "dashboard/_situation.html", _situation())


def _situation() -> dict[str, Any]:
    now = timezone.now()
    providers = list(Provider.objects.all())
    rows = read_rows(providers, now=now)
    missing = [part for part in readiness(now=now) if part.state != "ok" and (providers or part.name != "providers")]
    planned = lanes(providers, now=now)
    held = HeldDeletion.objects.filter(state=HeldDeletion.State.PENDING).order_by("-held_at").defer("keys")
    health = Health(
        held=len(held),
        rows=rows,
        missing=len(missing),
        documents=Document.objects.live(now).count(),
        waiting=Passage.objects.waiting().filter(model=active_model(), document__deleted_at=None).count(),
    )
    return {
        "now": now,
        "health": health,
        "facts": health.facts(now=now),
        "missing": missing,
        "held": held,
        "rows": rows[:ROWS_SHOWN],
        "more": len(rows) > ROWS_SHOWN,
        "timeline": timeline(planned, start=now) if planned else "",
    }

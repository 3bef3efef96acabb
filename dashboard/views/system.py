"""The system: processes, queues, caches, database, versions and the settings that matter."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.access import PageRequest, staff_only
from providers.system import read_system


@require_safe
@staff_only
def system(request: PageRequest) -> HttpResponse:
    return _render(request, "dashboard/system.html")


@require_safe
@staff_only
def system_live(request: PageRequest) -> HttpResponse:
    return _render(request, "dashboard/_system_live.html")


def _render(request: PageRequest, template: str) -> HttpResponse:
    now = timezone.now()
    system_state = read_system(now=now)
    silent = [process for process in system_state.processes if not process.is_well]
    return render(request, template, {"now": now, "system": system_state, "silent": silent})

"""A provider looked over while somebody waits: a few seconds, and no sync is started."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from core.clock import database_now
from dashboard.access import PageRequest, staff_only
from providers.doctor import examine
from providers.doctor.steps import verdict
from providers.models import Provider

SENTENCES = {
    "ok": "Everything is well",
    "warn": "It works, but look at the warnings",
    "bad": "Something is wrong",
}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def provider_doctor(request: PageRequest, provider_id: str) -> HttpResponse:
    """Says on GET what will be asked; asks on POST."""
    found = get_object_or_404(Provider, pk=provider_id)
    steps = examine(found, now=database_now()) if request.method == "POST" else []
    context = {"provider": found, "steps": steps, "sentence": SENTENCES[verdict(steps)] if steps else ""}
    return render(request, "dashboard/provider_doctor.html", context)

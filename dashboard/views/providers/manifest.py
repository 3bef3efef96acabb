"""Providers as code, in the browser: what is registered as a file, and what a file would change."""

from hashlib import sha256

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.audit import actor_of
from core.clock import database_now
from dashboard.access import PageRequest, go, staff_only
from dashboard.words import plural
from providers.errors import Fault, ManifestInvalid
from providers.manifest import ManifestPlan, apply_manifest, export_manifest, plan_manifest, read_manifest


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def manifest(request: PageRequest) -> HttpResponse:
    """The export on GET. On POST the difference; with `apply` the change, if it is the one that was shown.

    422 where the file is refused.
    """
    if request.method != "POST":
        return _page(request, export_manifest())
    text, prune = request.POST.get("file", "").replace("\r\n", "\n"), "prune" in request.POST
    try:
        declared = read_manifest(text)
        if "apply" not in request.POST or request.POST.get("shown") != _digest(text, prune):
            return _page(request, text, plan=plan_manifest(declared, environment=None, prune=prune), prune=prune)
        plan = apply_manifest(declared, environment=None, now=database_now(), prune=prune, actor=actor_of(request))
    except ManifestInvalid as error:
        return _page(request, text, faults=error.faults, prune=prune)
    messages.success(request, f"{plural(len(plan.changes), 'change')} made, effective at once.")
    return go(request, "providers")


def _page(
    request: PageRequest,
    text: str,
    *,
    plan: ManifestPlan | None = None,
    faults: list[Fault] | None = None,
    prune: bool = False,
) -> HttpResponse:
    context = {
        "text": text,
        "shown": _digest(text, prune),
        "plan": plan,
        "faults": faults or [],
        "prune": prune,
        "lines": text.count("\n") + 2,
    }
    return render(request, "dashboard/manifest.html", context, status=422 if faults else 200)


def _digest(text: str, prune: bool) -> str:
    return sha256(f"{prune} {text}".encode(errors="replace")).hexdigest()

"""The two root endpoints that need no key."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from knowledge.checks import embedding_state


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 as long as the process lives; asks nobody."""
    return JsonResponse({"status": "ok"})


@require_safe
def readiness(request: HttpRequest) -> JsonResponse:
    """Always 200: `degraded` says that the embedding backend cannot be reached; lists keep working."""
    state = embedding_state()
    embedding = {"url": state.url, "model": state.model, "reachable": state.reachable}
    return JsonResponse({"status": "ok" if state.reachable else "degraded", "embedding": embedding})

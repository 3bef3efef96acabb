"""`/api/v1/health`: whether the memory is there. Anybody may ask."""

from django.http import HttpRequest
from ninja import Router

router = Router(tags=["memory"])


@router.get("/health", auth=None, summary="Whether the memory answers", operation_id="memory_health")
def health(request: HttpRequest) -> dict[str, str]:
    return {"status": "ok"}

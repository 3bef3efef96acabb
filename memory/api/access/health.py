"""`/api/v1/health`: whether the memory is there. Anybody may ask."""

from typing import Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from memory.api.answers.base import Shape, described

router = Router(tags=["memory"])


class HealthOut(Shape):
    """The memory answers."""

    status: Literal["ok"] = Field(description="ok")


@router.get(
    "/health",
    auth=None,
    response=described(HealthOut),
    summary="Whether the memory answers",
    operation_id="memory_health",
)
def health(request: HttpRequest) -> dict[str, str]:
    return {"status": "ok"}

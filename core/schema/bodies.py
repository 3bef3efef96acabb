"""Bodies that are no JSON, for `openapi_extra` of a route."""

from typing import Any


def answers_text(media_type: str) -> dict[str, Any]:
    """The answer is a text."""
    return {"responses": {200: {"content": {media_type: {"schema": {"type": "string"}}}}}}


def takes_text(media_type: str, *, example: str) -> dict[str, Any]:
    """The body is a text."""
    content = {media_type: {"schema": {"type": "string"}, "example": example}}
    return {"requestBody": {"required": True, "content": content}}

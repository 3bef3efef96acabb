"""From whatever a store gives back, by the names that are usual for it, to a chunk that fits the contract."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from larder_sdk.knowledge_layer.shapes import Chunk, ContentType

PERCENT = 100.0
ROUNDING = 1e-6
UNKNOWN = "unknown"
CONTENT_TYPES = {
    **dict.fromkeys(("table", "csv"), ContentType.TABLE),
    **dict.fromkeys(("chart", "graph", "plot"), ContentType.CHART),
    **dict.fromkeys(("image", "figure", "photo", "picture"), ContentType.IMAGE),
}
NAMES = ("file_name", "filename", "title", "url")
PASSED_ON = ("content_subtype", "structured_data", "image_storage_uri", "image_url")


def to_chunk(hit: Mapping[str, Any], index: int = 0) -> Chunk:
    """A hit as the contract shows it.

    `id` or `chunk_id`; `content` or `text`; `score`; `metadata` with `file_name`, `page` or `page_number`, and `type`
    or `form`. What stands beside `metadata` counts where it says nothing. Nothing that is missing or odd is an error.
    """
    metadata = told if isinstance(told := hit.get("metadata"), Mapping) else {}
    known = {**hit, **{name: value for name, value in metadata.items() if value is not None}}
    chunk_id = _text(hit, "chunk_id", "id") or f"chunk_{index}"
    name = _text(known, *NAMES) or _text(metadata, "source") or _text(hit, "id") or UNKNOWN
    page = _page(known)
    return Chunk(
        chunk_id=chunk_id,
        content=_content(hit),
        score=to_score(hit.get("score")),
        file_name=name,
        page_number=page,
        display_citation=_text(known, "citation", "display_citation") or cite(name, page),
        content_type=_content_type(known),
        metadata=dict(metadata),
        **{field: _text(known, field) or None for field in PASSED_ON},
    )


def cite(file_name: str, page: int | None) -> str:
    """`report.pdf, p.15`, or the file's name where there are no pages."""
    return f"{file_name}, p.{page}" if page else file_name


def to_score(value: Any) -> float:
    """Within 0 and 1. Beyond 1, by more than a cosine's rounding, is a percentage; no number, or below 0, is 0."""
    try:
        score = float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    if math.isnan(score) or score <= 0:
        return 0.0
    return min(score / PERCENT if score > 1 + ROUNDING else score, 1.0)


def _text(known: Mapping[str, Any], *names: str) -> str:
    """The first that says anything; a number that is an id counts as its digits."""
    for name in names:
        value = known.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _content(hit: Mapping[str, Any]) -> str:
    return next((value for name in ("content", "text") if isinstance(value := hit.get(name), str)), "")


def _page(known: Mapping[str, Any]) -> int | None:
    for name in ("page", "page_number"):
        page = known.get(name)
        if isinstance(page, int) and not isinstance(page, bool) and page >= 1:
            return page
    return None


def _content_type(known: Mapping[str, Any]) -> ContentType:
    told = (_text(known, name).lower() for name in ("type", "form", "content_type"))
    return next((CONTENT_TYPES[each] for each in told if each in CONTENT_TYPES), ContentType.TEXT)

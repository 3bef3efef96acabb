"""`/api/documents`: texts, URLs and files of one product's published shape, statuses and error texts.

What comes in is judged here by hand, since clients expect those very sentences; errors leave as `{"error": …}`
(`config.documents_api`). Collections are ours: without one named, everything goes to `documents`.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from accounts import access
from accounts.access import caller
from ingestion.collections.collections import default_collection, get_collection
from ingestion.errors import FilingNotFound, FilingRefused, NotFailed
from ingestion.kinds import Claim
from ingestion.models import Collection, Filing, SourceType, State
from ingestion.naming import read_uuid
from ingestion.processing.refetching import Refetch
from ingestion.processing.retry import count_states, retry_failed, retry_filing
from ingestion.tags import check_scope
from ingestion.uploads.submit import (
    Handed,
    Label,
    hand_in_file,
    hand_in_text,
    hand_in_url,
    take_back,
)
from knowledge.fields import check_metadata
from providers.errors import ScheduleInvalid

router = Router(tags=["documents"])

LIMIT, MOST = 50, 500
MOST_SKIPPED = 2**31


@router.post("", auth=access.writers, response={200: dict, 201: dict}, summary="Hand in a text, a URL or a file")
def hand_in(request: HttpRequest) -> Status[dict[str, Any]]:
    """201 with the id of what is queued; 200 for a URL, or the bytes of a file, that are tracked already."""
    handed = _hand_in(request, _body(request))
    told: dict[str, Any] = {"id": str(handed.filing.pk), "status": handed.filing.state}
    if handed.deduplicated:
        return Status(200, told | {"deduplicated": True})
    return Status(201, told)


@router.get("", auth=access.readers, summary="What was handed in, newest first")
def list_filings(request: HttpRequest, status: str = "", limit: str = "", offset: str = "") -> dict[str, Any]:
    """`limit` is 50 unless given, and kept within 1 and 500; an unknown status finds nothing."""
    most, skip = min(max(_number(limit, LIMIT), 1), MOST), min(max(_number(offset, 0), 0), MOST_SKIPPED)
    found = _visible(request)
    if status:
        found = found.filter(state=status) if "\0" not in status else found.none()
    rows = found.newest_first()[skip : skip + most]
    return {
        "documents": [_row(each) for each in rows.without_text()],
        "total": found.count(),
        "limit": most,
        "offset": skip,
    }


@router.get("/status-counts", auth=access.readers, summary="How many are in which state")
def get_status_counts(request: HttpRequest, collection: str = "") -> dict[str, int]:
    """Every state, `total`, and `temporary`: those of the failed that trying again may help."""
    found = _visible(request)
    return count_states(found.filter(collection=collection.replace("\0", "")) if collection else found)


@router.post("/retry", auth=access.writers, summary="Try those again that failed for a reason that passes")
def retry_filings(request: HttpRequest, collection: str = "") -> dict[str, int]:
    found = _visible(request).filter(temporary=True)
    return {"retried": retry_failed(found.filter(collection=collection) if collection else found, now=timezone.now())}


@router.post("/{filing_id}/retry", auth=access.writers, summary="Try again what failed")
def retry_one(request: HttpRequest, filing_id: str) -> dict[str, Any]:
    """409 for what did not fail, and for a URL that was handed in again since."""
    filing = _the_one(request, filing_id)
    if not retry_filing(filing, now=timezone.now()):
        raise NotFailed(f"Only what failed can be tried again; this is {filing.state}")
    return {"id": str(filing.pk), "status": State.QUEUED}


@router.get("/{filing_id}", auth=access.readers)
def get_filing(request: HttpRequest, filing_id: str) -> dict[str, Any]:
    filing = _the_one(request, filing_id)
    return _row(filing) | {"raw_content": filing.text or None}


@router.get("/{filing_id}/chunks", auth=access.readers)
def get_chunks(request: HttpRequest, filing_id: str) -> dict[str, Any]:
    """By index; an unknown id has none, and one that was deleted has none any more."""
    filing = _visible(request).filter(pk=read_uuid(filing_id)).exclude(state=State.DELETED).first()
    chunks = filing.chunks.order_by("index") if filing else []
    shown = [
        {
            "id": chunk.filing.key_of(chunk.index),
            "content": chunk.text,
            "type": "document_chunk",
            "created_at": chunk.filing.completed_at or chunk.filing.updated_at,
            "chunk_index": chunk.index,
        }
        for chunk in chunks
    ]
    return {"chunks": shown, "count": len(shown)}


@router.delete("/{filing_id}", auth=access.writers)
def delete_filing(request: HttpRequest, filing_id: str, reason: str = "") -> dict[str, Any]:
    """Softly: the row stays with its reason, its documents go to the trash. `memoriesRemoved` counts those."""
    if not reason.strip():
        raise FilingRefused("reason query parameter is required")
    filing = _the_one(request, filing_id)
    removed = take_back(filing.pk, reason=reason, now=timezone.now(), actor=caller(request).name)
    return {"deleted": True, "memoriesRemoved": removed}


# --- translation ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the body says, each field as a text; tags are a list."""

    source_type: str
    title: str
    content: str
    content_type: str
    url: str
    collection: str
    fetch_schedule: str
    timezone: str
    metadata: Mapping[str, Any]
    tags: list[str]


def _body(request: HttpRequest) -> Asked:
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        raise FilingRefused("Invalid JSON body") from None
    if not isinstance(given, dict):
        raise FilingRefused("Invalid JSON body")
    return Asked(
        **{name: _text(given.get(name)) for name in ("source_type", "title", "content", "content_type", "url")},
        collection=_text(given.get("collection")),
        fetch_schedule=_text(given.get("fetch_schedule")).strip(),
        timezone=_text(given.get("timezone")).strip() or "UTC",
        metadata=_metadata(given.get("metadata")),
        tags=_tags(given.get("tags")),
    )


def _hand_in(request: HttpRequest, asked: Asked) -> Handed:
    if asked.source_type not in SourceType.values:
        raise FilingRefused("source_type must be text, url, or file")
    needed = "url" if asked.source_type == "url" else "content"
    if not getattr(asked, needed).strip():
        raise FilingRefused(f"{needed} is required for {asked.source_type} source_type")
    if asked.fetch_schedule and asked.source_type != "url":
        raise FilingRefused("fetch_schedule is for url source_type only")
    now, collection = timezone.now(), _collection(request, asked.collection)
    label = Label(
        title=asked.title,
        content_type=asked.content_type,
        tags=asked.tags,
        metadata=asked.metadata,
        actor=caller(request).name,
    )
    if asked.source_type == "url":
        return _hand_in_url(asked, collection, label, now=now)
    if asked.source_type == "text":
        return hand_in_text(asked.content, collection=collection, label=label, now=now)
    name = asked.title or "file"
    return hand_in_file(_bytes(asked), name=name, collection=collection, label=label, now=now)


def _hand_in_url(asked: Asked, collection: Collection, label: Label, *, now: datetime) -> Handed:
    again = Refetch(schedule=asked.fetch_schedule, timezone=asked.timezone)
    try:
        return hand_in_url(asked.url.strip(), collection=collection, label=label, now=now, again=again)
    except ScheduleInvalid as error:
        raise FilingRefused(error.detail) from error


def _bytes(asked: Asked) -> bytes:
    """The content of a file: text as it is, anything else in base64."""
    if _is_text(asked):
        return asked.content.encode()
    try:
        return base64.b64decode(asked.content, validate=True)
    except (binascii.Error, ValueError):
        return asked.content.encode()


def _is_text(asked: Asked) -> bool:
    """Without a type its name's suffix says it."""
    if asked.content_type:
        return asked.content_type.startswith("text/")
    claimed = Claim(name=asked.title).kind
    return claimed is None or claimed.is_text


def _collection(request: HttpRequest, named: str) -> Collection:
    """A key that is bound to a source files into the collection of that name and into no other."""
    bound = caller(request).source
    if named:
        return get_collection(named if bound is None else caller(request).source_for(named))
    return default_collection(now=timezone.now(), source=bound)


def _visible(request: HttpRequest) -> Any:
    bound = caller(request).source
    found = Filing.objects.select_related("collection")
    return found.filter(collection=bound) if bound is not None else found


def _the_one(request: HttpRequest, filing_id: str) -> Filing:
    found: Filing | None = _visible(request).filter(pk=read_uuid(filing_id)).first()
    if found is None:
        raise FilingNotFound("Document not found")
    return found


def _row(filing: Filing) -> dict[str, Any]:
    return {
        "id": str(filing.pk),
        "source_url": filing.url or None,
        "source_type": filing.source_type,
        "content_type": filing.content_type or None,
        "content_hash": bytes(filing.content_hash).hex() if filing.content_hash else None,
        "title": filing.title or None,
        "status": filing.state,
        "error": filing.error or None,
        "error_code": filing.error_code or None,
        "temporary": filing.temporary,
        "chunk_count": filing.chunk_count,
        "memory_count": filing.document_count,
        "metadata_json": json.dumps(filing.metadata, ensure_ascii=False),
        "created_at": filing.created_at,
        "updated_at": filing.updated_at,
        "completed_at": filing.completed_at,
        "collection": filing.collection_id,
        "flags": filing.flags,
        "fetch_schedule": filing.fetch_schedule or None,
        "timezone": filing.timezone,
        "next_fetch_at": filing.next_fetch_at,
        "fetched_at": filing.fetched_at,
    }


def _text(value: Any) -> str:
    """Without NUL and halves of characters, which no text column can store; anything but a text is none."""
    return value.replace("\0", "").encode(errors="replace").decode() if isinstance(value, str) else ""


def _tags(value: Any) -> list[str]:
    if not isinstance(value or [], list) or not all(isinstance(tag, str) for tag in value or []):
        raise FilingRefused("tags must be a list of texts")
    return check_scope(value or [])


def _metadata(value: Any) -> Mapping[str, Any]:
    """Anything but an object is none; what cannot be kept is refused."""
    try:
        return check_metadata(value) if isinstance(value, dict) else {}
    except ValueError as error:
        raise FilingRefused(f"metadata {error}") from None


def _number(text: str, default: int) -> int:
    try:
        return int(text)
    except ValueError:
        return default

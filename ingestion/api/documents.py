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
from accounts.models import AccessKey
from accounts.private_sources import PRIVATE_PREFIX
from ingestion.collections.collections import default_collection, get_collection
from ingestion.errors import FileNotFound, FileRefused, NotFailed
from ingestion.kinds import DeclaredType
from ingestion.models import Collection, File, FileState, SourceType
from ingestion.naming import read_uuid
from ingestion.processing.refetching import Refetch
from ingestion.processing.retry import count_states, retry_failed, retry_file
from ingestion.tags import check_scope
from ingestion.uploads.submit import (
    Label,
    Submission,
    delete_file,
    submit_file,
    submit_text,
    submit_url,
)
from knowledge.fields import check_metadata
from providers.errors import ScheduleInvalid

router = Router(tags=["documents"])

LIMIT, MOST = 50, 500
MOST_SKIPPED = 2**31


@router.post("", auth=access.writers, response={200: dict, 201: dict}, summary="Submit a text, a URL or a file")
def submit(request: HttpRequest) -> Status[dict[str, Any]]:
    """201 with the id of what is queued; 200 for a URL, or the bytes of a file, that are tracked already."""
    submission = _submit(request, _body(request))
    told: dict[str, Any] = {"id": str(submission.file.pk), "status": submission.file.state}
    if submission.deduplicated:
        return Status(200, told | {"deduplicated": True})
    return Status(201, told)


@router.get("", auth=access.readers, summary="What was submitted, newest first")
def list_files(request: HttpRequest, status: str = "", limit: str = "", offset: str = "") -> dict[str, Any]:
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
def retry_files(request: HttpRequest, collection: str = "") -> dict[str, int]:
    found = _visible(request).filter(temporary=True)
    return {"retried": retry_failed(found.filter(collection=collection) if collection else found, now=timezone.now())}


@router.post("/{file_id}/retry", auth=access.writers, summary="Try again what failed")
def retry_one(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """409 for what did not fail, and for a URL that was submitted again since."""
    file = _the_one(request, file_id)
    if not retry_file(file, now=timezone.now()):
        raise NotFailed(f"Only what failed can be tried again; this is {file.state}")
    return {"id": str(file.pk), "status": FileState.QUEUED}


@router.get("/{file_id}", auth=access.readers)
def get_file(request: HttpRequest, file_id: str) -> dict[str, Any]:
    file = _the_one(request, file_id)
    return _row(file) | {"raw_content": file.text or None}


@router.get("/{file_id}/chunks", auth=access.readers)
def get_chunks(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """By index; an unknown id has none, and one that was deleted has none any more."""
    file = _visible(request).filter(pk=read_uuid(file_id)).exclude(state=FileState.DELETED).first()
    chunks = file.chunks.order_by("index") if file else []
    shown = [
        {
            "id": chunk.file.key_of(chunk.index),
            "content": chunk.text,
            "type": "document_chunk",
            "created_at": chunk.file.completed_at or chunk.file.updated_at,
            "chunk_index": chunk.index,
        }
        for chunk in chunks
    ]
    return {"chunks": shown, "count": len(shown)}


@router.delete("/{file_id}", auth=access.writers)
def delete_one(request: HttpRequest, file_id: str, reason: str = "") -> dict[str, Any]:
    """Softly: the row stays with its reason, its documents go to the trash. `memoriesRemoved` counts those."""
    if not reason.strip():
        raise FileRefused("reason query parameter is required")
    file = _the_one(request, file_id)
    removed = delete_file(file.pk, reason=reason, now=timezone.now(), actor=caller(request).name)
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
        raise FileRefused("Invalid JSON body") from None
    if not isinstance(given, dict):
        raise FileRefused("Invalid JSON body")
    return Asked(
        **{name: _text(given.get(name)) for name in ("source_type", "title", "content", "content_type", "url")},
        collection=_text(given.get("collection")),
        fetch_schedule=_text(given.get("fetch_schedule")).strip(),
        timezone=_text(given.get("timezone")).strip() or "UTC",
        metadata=_metadata(given.get("metadata")),
        tags=_tags(given.get("tags")),
    )


def _submit(request: HttpRequest, asked: Asked) -> Submission:
    if asked.source_type not in SourceType.values:
        raise FileRefused("source_type must be text, url, or file")
    needed = "url" if asked.source_type == "url" else "content"
    if not getattr(asked, needed).strip():
        raise FileRefused(f"{needed} is required for {asked.source_type} source_type")
    if asked.fetch_schedule and asked.source_type != "url":
        raise FileRefused("fetch_schedule is for url source_type only")
    now, collection = timezone.now(), _collection(request, asked.collection)
    label = Label(
        title=asked.title,
        content_type=asked.content_type,
        tags=asked.tags,
        metadata=asked.metadata,
        actor=caller(request).name,
    )
    if asked.source_type == "url":
        return _submit_url(asked, collection, label, now=now)
    if asked.source_type == "text":
        return submit_text(asked.content, collection=collection, label=label, now=now)
    name = asked.title or "file"
    return submit_file(_bytes(asked), name=name, collection=collection, label=label, now=now)


def _submit_url(asked: Asked, collection: Collection, label: Label, *, now: datetime) -> Submission:
    again = Refetch(schedule=asked.fetch_schedule, timezone=asked.timezone)
    try:
        return submit_url(asked.url.strip(), collection=collection, label=label, now=now, again=again)
    except ScheduleInvalid as error:
        raise FileRefused(error.detail) from error


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
    declared = DeclaredType(name=asked.title).kind
    return declared is None or declared.is_text


def _collection(request: HttpRequest, named: str) -> Collection:
    """A key that is bound to a source submits to the collection of that name and into no other."""
    if named:
        return get_collection(caller(request).source_for(named))
    return default_collection(now=timezone.now(), source=caller(request).source)


def _visible(request: HttpRequest) -> Any:
    who, found = caller(request), File.objects.select_related("collection")
    if who.source is not None:
        return found.filter(collection=who.source)
    return found if who.role == AccessKey.Role.ADMIN else found.exclude(collection__name__startswith=PRIVATE_PREFIX)


def _the_one(request: HttpRequest, file_id: str) -> File:
    found: File | None = _visible(request).filter(pk=read_uuid(file_id)).first()
    if found is None:
        raise FileNotFound("Document not found")
    return found


def _row(file: File) -> dict[str, Any]:
    return {
        "id": str(file.pk),
        "source_url": file.url or None,
        "source_type": file.source_type,
        "content_type": file.content_type or None,
        "content_hash": bytes(file.content_hash).hex() if file.content_hash else None,
        "title": file.title or None,
        "status": file.state,
        "error": file.error or None,
        "error_code": file.error_code or None,
        "temporary": file.temporary,
        "chunk_count": file.chunk_count,
        "memory_count": file.document_count,
        "metadata_json": json.dumps(file.metadata, ensure_ascii=False),
        "created_at": file.created_at,
        "updated_at": file.updated_at,
        "completed_at": file.completed_at,
        "collection": file.collection_id,
        "flags": file.flags,
        "fetch_schedule": file.fetch_schedule or None,
        "timezone": file.timezone,
        "next_fetch_at": file.next_fetch_at,
        "fetched_at": file.fetched_at,
    }


def _text(value: Any) -> str:
    """Without NUL and halves of characters, which no text column can store; anything but a text is none."""
    return value.replace("\0", "").encode(errors="replace").decode() if isinstance(value, str) else ""


def _tags(value: Any) -> list[str]:
    if not isinstance(value or [], list) or not all(isinstance(tag, str) for tag in value or []):
        raise FileRefused("tags must be a list of texts")
    return check_scope(value or [])


def _metadata(value: Any) -> Mapping[str, Any]:
    """Anything but an object is none; what cannot be kept is refused."""
    try:
        return check_metadata(value) if isinstance(value, dict) else {}
    except ValueError as error:
        raise FileRefused(f"metadata {error}") from None


def _number(text: str, default: int) -> int:
    try:
        return int(text)
    except ValueError:
        return default

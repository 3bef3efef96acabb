"""`/api/documents`: texts, URLs and files of one product's published shape, statuses and error texts.

What comes in is judged in `submissions`; errors leave as `{"error": …}` (`config.documents_api`). Collections are ours:
without one named, everything goes to `documents`.
"""

import json
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status

from accounts import access
from accounts.access import caller
from accounts.models import AccessKey
from accounts.private_sources import PRIVATE_PREFIX
from ingestion.api.schemas import (
    FileChunksOut,
    FileDeletedOut,
    FileKnownOut,
    FileQueuedOut,
    FileRowsOut,
    FileTextOut,
    RetriedFileOut,
    RetriedOut,
    StatusCountsOut,
)
from ingestion.api.submissions import BODY, as_agent, as_text, submit_asked
from ingestion.errors import FileNotFound, FileRefused, NotFailed
from ingestion.models import File, FileState
from ingestion.naming import read_uuid
from ingestion.processing.retry import count_states, retry_failed, retry_file
from ingestion.uploads.submit import delete_file

router = Router(tags=["documents"])

LIMIT, MOST = 50, 500
MOST_SKIPPED = 2**31


class AgentScope(Schema):
    """An agent and a project, either or both: only what was submitted for them is seen. None: of anybody."""

    agent_id: str | None = None
    project: str | None = None


@router.post(
    "",
    auth=access.writers,
    response={200: FileKnownOut, 201: FileQueuedOut},
    summary="Submit a text, a URL or a file",
    openapi_extra=BODY,
)
def submit(request: HttpRequest) -> Status[dict[str, Any]]:
    """201 with the id of what is queued; 200 for a URL, or the bytes of a file, that are tracked already."""
    submission = submit_asked(request)
    told: dict[str, Any] = {"id": str(submission.file.pk), "status": submission.file.state}
    if submission.deduplicated:
        return Status(200, told | {"deduplicated": True})
    return Status(201, told | {"jobId": told["id"]})


@router.get("", auth=access.readers, response=FileRowsOut, summary="What was submitted, newest first")
def list_files(
    request: HttpRequest, scope: Query[AgentScope], status: str = "", limit: str = "", offset: str = ""
) -> dict[str, Any]:
    """`limit` is 50 unless given, and kept within 1 and 500; an unknown status finds nothing."""
    most, skip = min(max(_number(limit, LIMIT), 1), MOST), min(max(_number(offset, 0), 0), MOST_SKIPPED)
    found = visible_files(request, scope)
    if status:
        found = found.filter(state=status) if "\0" not in status else found.none()
    rows = found.newest_first()[skip : skip + most]
    return {
        "documents": [_row(each) for each in rows.without_text()],
        "total": found.count(),
        "limit": most,
        "offset": skip,
    }


@router.get("/status-counts", auth=access.readers, response=StatusCountsOut, summary="How many are in which state")
def get_status_counts(request: HttpRequest, collection: str = "") -> dict[str, int]:
    """Every state, `total`, and `temporary`: those of the failed that trying again may help."""
    found = visible_files(request)
    return count_states(found.filter(collection=collection.replace("\0", "")) if collection else found)


@router.post(
    "/retry", auth=access.writers, response=RetriedOut, summary="Try those again that failed for a reason that passes"
)
def retry_files(request: HttpRequest, collection: str = "") -> dict[str, int]:
    found = visible_files(request).filter(temporary=True)
    return {"retried": retry_failed(found.filter(collection=collection) if collection else found, now=timezone.now())}


@router.post("/{file_id}/retry", auth=access.writers, response=RetriedFileOut, summary="Try again what failed")
def retry_one(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """409 for what did not fail, and for a URL that was submitted again since."""
    file = _the_one(request, file_id)
    if not retry_file(file, now=timezone.now()):
        raise NotFailed(f"Only what failed can be tried again; this is {file.state}")
    return {"id": str(file.pk), "status": FileState.QUEUED}


@router.get("/{file_id}", auth=access.readers, response=FileTextOut, summary="One of them, with its text")
def get_file(request: HttpRequest, file_id: str, scope: Query[AgentScope]) -> dict[str, Any]:
    file = _the_one(request, file_id, scope)
    return _row(file) | {"raw_content": file.text or None}


@router.get("/{file_id}/chunks", auth=access.readers, response=FileChunksOut, summary="The chunks of its text")
def get_chunks(request: HttpRequest, file_id: str, scope: Query[AgentScope]) -> dict[str, Any]:
    """By index; an unknown id has none, and one that was deleted has none any more."""
    file = visible_files(request, scope).filter(pk=read_uuid(file_id)).exclude(state=FileState.DELETED).first()
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


@router.delete("/{file_id}", auth=access.deleters, response=FileDeletedOut, summary="Delete one, and say why")
def delete_one(request: HttpRequest, file_id: str, scope: Query[AgentScope], reason: str = "") -> dict[str, Any]:
    """Softly: the row stays with its reason, its documents go to the trash. `memoriesRemoved` counts those."""
    if not reason.strip():
        raise FileRefused("reason query parameter is required")
    file = _the_one(request, file_id, scope)
    removed = delete_file(file.pk, reason=reason, now=timezone.now(), actor=caller(request).name)
    return {"deleted": True, "memoriesRemoved": removed}


# --- translation ------------------------------------------------------------------------------------------------------


def visible_files(request: HttpRequest, scope: AgentScope | None = None) -> Any:
    """Those that the key reaches, of the scope where one is named."""
    who, found = caller(request), File.objects.select_related("collection")
    if scope and scope.agent_id is not None:
        found = found.filter(agent_id=as_agent(scope.agent_id))
    if scope and scope.project is not None:
        found = found.filter(project=as_text(scope.project).strip())
    if who.source is not None:
        return found.filter(collection=who.source)
    return found if who.role == AccessKey.Role.ADMIN else found.exclude(collection__name__startswith=PRIVATE_PREFIX)


def _the_one(request: HttpRequest, file_id: str, scope: AgentScope | None = None) -> File:
    found: File | None = visible_files(request, scope).filter(pk=read_uuid(file_id)).first()
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
        "error": _error(file) or None,
        "error_code": file.error_code or None,
        "temporary": file.temporary,
        "chunk_count": file.chunk_count,
        "page_count": file.page_count or None,
        "textless_pages": file.textless_pages if file.page_count else None,
        "recognised_pages": file.recognised_pages if file.page_count else None,
        "unread_pages": file.unread_pages if file.page_count else None,
        "memory_count": file.document_count,
        "metadata_json": json.dumps(file.metadata, ensure_ascii=False),
        "created_at": file.created_at,
        "updated_at": file.updated_at,
        "completed_at": file.completed_at,
        "agent_id": file.agent_id or None,
        "project": file.project or None,
        "collection": file.collection_id,
        "flags": file.flags,
        "fetch_schedule": file.fetch_schedule or None,
        "timezone": file.timezone,
        "next_fetch_at": file.next_fetch_at,
        "fetched_at": file.fetched_at,
    }


def _error(file: File) -> str:
    """Of what was deleted, why it was."""
    return file.deleted_reason if file.state == FileState.DELETED else file.error


def _number(text: str, default: int) -> int:
    try:
        return int(text)
    except ValueError:
        return default

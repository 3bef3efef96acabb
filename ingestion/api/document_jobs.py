"""`/api/memory/jobs/{id}`: what became of a submission, as clients of `/api/documents` follow it.

A document has one job, of its own id: there is no second truth beside the file.
"""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from accounts import access
from ingestion.api.documents import AgentScope, visible_files
from ingestion.api.schemas import FileJobOut
from ingestion.errors import FileNotFound
from ingestion.models import File, FileState
from ingestion.naming import read_uuid
from ingestion.processing.failures import ATTEMPTS

router = Router(tags=["documents"])

ENDED = {FileState.DONE: "completed", FileState.DELETED: "completed", FileState.FAILED: "dead"}


@router.get(
    "/jobs/{job_id}", auth=access.readers, response=FileJobOut, summary="How far the processing of a document is"
)
def get_job(request: HttpRequest, job_id: str, scope: Query[AgentScope]) -> dict[str, Any]:
    """`status` is pending, leased, retry_scheduled, completed, or dead where nobody tries it again by himself."""
    file = visible_files(request, scope).filter(pk=read_uuid(job_id)).without_text().first()
    if file is None:
        raise FileNotFound("Job not found")
    return _job(file)


# --- translation ------------------------------------------------------------------------------------------------------


def _job(file: File) -> dict[str, Any]:
    status = _status(file)
    failed, ended = status == "dead", file.completed_at or file.updated_at
    return {
        "id": str(file.pk),
        "memory_id": None,
        "document_id": str(file.pk),
        "job_type": "document_ingest",
        "status": status,
        "attempts": file.attempts,
        "attempt_count": file.attempts,
        "max_attempts": ATTEMPTS,
        "next_attempt_at": file.not_before if status == "retry_scheduled" else None,
        "error": file.error or None,
        "last_error": file.error or None,
        "last_error_code": file.error_code or None,
        "leased_at": file.updated_at if status == "leased" else None,
        "completed_at": ended if status == "completed" else None,
        "failed_at": ended if failed else None,
        "created_at": file.created_at,
        "updated_at": file.updated_at,
    }


def _status(file: File) -> str:
    if file.state in ENDED:
        return ENDED[FileState(file.state)]
    now = timezone.now()
    if file.lease_until and file.lease_until >= now:
        return "leased"
    return "retry_scheduled" if file.not_before and file.not_before > now else "pending"

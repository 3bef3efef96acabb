"""`/v1/documents/{job_id}/status`: how far an upload is."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from accounts import access
from accounts.access import caller
from ingestion.api.collections import BACKEND
from ingestion.collections.files import File
from ingestion.collections.jobs import (
    ENDED,
    Progress,
    percent_of,
    progress_of,
    succeeded,
)
from ingestion.models import Filing, Job, State
from ingestion.naming import read_uuid

router = Router(tags=["collections"])


@router.get("/documents/{job_id}/status", auth=access.readers, summary="How far a job is")
def job_status(request: HttpRequest, job_id: str) -> dict[str, Any]:
    """An unknown job answers 200 and has failed."""
    job = Job.objects.filter(pk=known).first() if (known := read_uuid(job_id)) else None
    if job is None or caller(request).source not in (None, job.collection_id):
        return _unknown_job(job_id)
    return _job(progress_of(job))


# --- translation ------------------------------------------------------------------------------------------------------


def _job(progress: Progress) -> dict[str, Any]:
    job = progress.job
    return {
        "job_id": str(job.pk),
        "status": progress.status,
        "submitted_at": job.submitted_at,
        "started_at": progress.started_at,
        "completed_at": progress.completed_at,
        "total_files": len(progress.files),
        "processed_files": len(progress.ended),
        "file_details": [_file(each) for each in progress.files],
        "collection_name": job.collection_id,
        "backend": BACKEND,
        "error_message": progress.error,
        "metadata": job.metadata,
    }


def _file(file: File) -> dict[str, Any]:
    filing = file.filing
    return {
        "file_id": str(filing.pk),
        "file_name": file.name,
        "status": status_of(filing),
        "progress_percent": percent_of(filing),
        "error_message": error_of(filing),
        "chunks_created": filing.chunk_count,
    }


def status_of(filing: Filing) -> str:
    """`uploading` is what nobody has taken up yet."""
    if filing.state in ENDED:
        return "success" if succeeded(filing) else "failed"
    return "ingesting" if filing.started_at else "uploading"


def error_of(filing: Filing) -> str | None:
    if filing.state == State.DELETED and not succeeded(filing):
        return filing.error or "It was deleted before it was filed"
    return filing.error or None


def _unknown_job(job_id: str) -> dict[str, Any]:
    return {
        "job_id": job_id,
        "status": "failed",
        "submitted_at": timezone.now(),
        "started_at": None,
        "completed_at": None,
        "total_files": 0,
        "processed_files": 0,
        "file_details": [],
        "collection_name": "",
        "backend": BACKEND,
        "error_message": f"Job {job_id} not found",
        "metadata": {},
    }

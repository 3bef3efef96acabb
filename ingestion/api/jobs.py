"""`/v1/documents/{job_id}/status`: how far an upload is."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from accounts import access
from accounts.access import caller
from ingestion.api.collections import BACKEND
from ingestion.api.schemas import JobOut
from ingestion.collections.files import NamedFile
from ingestion.collections.jobs import (
    ENDED,
    JobProgress,
    percent_of,
    progress_of,
    succeeded,
)
from ingestion.models import File, FileState, Job
from ingestion.naming import read_uuid

router = Router(tags=["collections"])


@router.get("/documents/{job_id}/status", auth=access.readers, response=JobOut, summary="How far a job is")
def job_status(request: HttpRequest, job_id: str) -> dict[str, Any]:
    """An unknown job answers 200 and has failed."""
    job = Job.objects.filter(pk=known).first() if (known := read_uuid(job_id)) else None
    if job is None or not caller(request).reaches(job.collection_id):
        return _unknown_job(job_id)
    return _job(progress_of(job))


# --- translation ------------------------------------------------------------------------------------------------------


def _job(progress: JobProgress) -> dict[str, Any]:
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


def _file(named: NamedFile) -> dict[str, Any]:
    file = named.file
    return {
        "file_id": str(file.pk),
        "file_name": named.name,
        "status": status_of(file),
        "progress_percent": percent_of(file),
        "error_message": error_of(named),
        "chunks_created": file.chunk_count,
    }


def status_of(file: File) -> str:
    """`uploading` is what nobody has taken up yet."""
    if file.state in ENDED:
        return "success" if succeeded(file) else "failed"
    return "ingesting" if file.started_at else "uploading"


def error_of(named: NamedFile) -> str | None:
    if named.file.state == FileState.DELETED and not succeeded(named.file):
        return named.error or "It was deleted before it was processed"
    return named.error or None


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

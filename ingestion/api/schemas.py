"""Shapes of the answers of `/v1` and `/api/documents`, as the published clients read them. Instants in UTC."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, create_model

from ingestion.models import FileState


class CollectionOut(BaseModel):
    """`metadata` is what was given, with its `days_to_live`, `splitter` and `keep_bytes`."""

    name: str
    description: str | None
    file_count: int
    chunk_count: int
    created_at: datetime
    updated_at: datetime
    backend: str
    metadata: dict[str, Any]


class CollectionRemovedOut(BaseModel):
    success: bool
    collection: str


class KnowledgeHealthOut(BaseModel):
    """`detail` says what is wrong where `status` is unhealthy."""

    status: Literal["healthy", "unhealthy"]
    backend: str
    detail: str | None = None


class UploadOut(BaseModel):
    """`job_id` is asked how far the files are."""

    job_id: str
    file_ids: list[str]
    message: str


class CollectionFileOut(BaseModel):
    """`status` is uploading, ingesting, success or failed; `file_size` in bytes."""

    file_id: str
    file_name: str
    collection_name: str
    status: str
    file_size: int
    chunk_count: int
    uploaded_at: datetime
    ingested_at: datetime | None
    expiration_date: datetime | None
    error_message: str | None
    metadata: dict[str, Any]


class NotDeletedOut(BaseModel):
    file_id: str
    error: str


class FilesDeletedOut(BaseModel):
    """`successful` are ids and names as they were asked for; `total_deleted` counts names of files."""

    message: str
    successful: list[str]
    failed: list[NotDeletedOut]
    total_deleted: int


class JobFileOut(BaseModel):
    file_id: str
    file_name: str
    status: str
    progress_percent: float
    error_message: str | None
    chunks_created: int


class JobOut(BaseModel):
    """How far an upload is."""

    job_id: str
    status: str
    submitted_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    total_files: int
    processed_files: int
    file_details: list[JobFileOut]
    collection_name: str
    backend: str
    error_message: str | None
    metadata: dict[str, Any]


class FileKnownOut(BaseModel):
    """What was submitted is tracked already."""

    id: str
    status: str
    deduplicated: Literal[True]


class FileQueuedOut(BaseModel):
    """`jobId` repeats the id, by which `/api/memory/jobs/{id}` tells how far it is."""

    id: str
    status: str
    jobId: str  # noqa: N815 -- its published name


class FileRowOut(BaseModel):
    """What was submitted. `metadata_json` is JSON in a text; `memory_count` its documents in the store."""

    id: str
    source_url: str | None
    source_type: str
    content_type: str | None
    content_hash: str | None
    title: str | None
    status: str
    error: str | None
    error_code: str | None
    temporary: bool
    chunk_count: int
    page_count: int | None
    textless_pages: int | None
    recognised_pages: int | None
    unread_pages: int | None
    memory_count: int
    metadata_json: str
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    agent_id: str | None
    project: str | None
    collection: str
    flags: list[str]
    fetch_schedule: str | None
    timezone: str
    next_fetch_at: datetime | None
    fetched_at: datetime | None


class FileTextOut(FileRowOut):
    """With the text that was read of it, null before."""

    raw_content: str | None


class FileRowsOut(BaseModel):
    """`total` of all pages."""

    documents: list[FileRowOut]
    total: int
    limit: int
    offset: int


_COUNTED: dict[str, Any] = dict.fromkeys((*FileState.values, "total", "temporary"), (int, ...))
StatusCountsOut = create_model("StatusCountsOut", **_COUNTED)
"""How many are in which state; `temporary` of the failed may pass when they are tried again."""


class RetriedOut(BaseModel):
    retried: int


class RetriedFileOut(BaseModel):
    id: str
    status: str


class FileChunkOut(BaseModel):
    id: str
    content: str
    type: str
    created_at: datetime
    chunk_index: int


class FileChunksOut(BaseModel):
    chunks: list[FileChunkOut]
    count: int


class FileDeletedOut(BaseModel):
    """`memoriesRemoved`: its documents in the store, which are in the trash now."""

    deleted: bool
    memoriesRemoved: int  # noqa: N815 -- its published name


class FileJobOut(BaseModel):
    """`status` is pending, leased, retry_scheduled, completed, or dead where nobody tries it again by himself."""

    id: str
    memory_id: None
    document_id: str
    job_type: str
    status: str
    attempts: int
    attempt_count: int
    max_attempts: int
    next_attempt_at: datetime | None
    error: str | None
    last_error: str | None
    last_error_code: str | None
    leased_at: datetime | None
    completed_at: datetime | None
    failed_at: datetime | None
    created_at: datetime
    updated_at: datetime

"""What retrievers and ingestors of any backend give back. Times are UTC and aware; every field has its wire name."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field


class ContentType(StrEnum):
    TEXT = "text"
    TABLE = "table"
    CHART = "chart"
    IMAGE = "image"


class FileStatus(StrEnum):
    """`uploading`: handed over, and nobody has taken it up yet."""

    UPLOADING = "uploading"
    INGESTING = "ingesting"
    SUCCESS = "success"
    FAILED = "failed"


class JobState(StrEnum):
    """A job is completed when at least one of its files succeeded."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class Chunk(BaseModel):
    """A piece of a file that answers a question. `page_number` is counted from 1, None where there are no pages."""

    chunk_id: str
    content: str
    score: float = Field(default=0.0, ge=0.0, le=1.0)
    file_name: str
    page_number: int | None = Field(default=None, ge=1)
    display_citation: str = Field(description="`report.pdf, p.15`, or the file's name")
    content_type: ContentType = ContentType.TEXT
    content_subtype: str | None = None
    structured_data: str | None = None
    image_storage_uri: str | None = None
    image_url: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class RetrievalResult(BaseModel):
    """Best first. `total_tokens` estimates what the chunks take of a model's window, four characters a token."""

    chunks: list[Chunk] = Field(default_factory=list)
    total_tokens: int = Field(default=0, ge=0)
    query: str
    backend: str
    success: bool = True
    error_message: str | None = None


class CollectionInfo(BaseModel):
    name: str
    description: str | None = None
    file_count: int = Field(default=0, ge=0)
    chunk_count: int = Field(default=0, ge=0)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    backend: str
    metadata: dict[str, Any] = Field(default_factory=dict)


class FileInfo(BaseModel):
    """`file_size` is in bytes."""

    file_id: str
    file_name: str
    collection_name: str
    status: FileStatus = FileStatus.UPLOADING
    file_size: int | None = Field(default=None, ge=0)
    chunk_count: int = Field(default=0, ge=0)
    uploaded_at: datetime | None = None
    ingested_at: datetime | None = None
    expiration_date: datetime | None = None
    error_message: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


class FileProgress(BaseModel):
    file_id: str = ""
    file_name: str
    status: FileStatus = FileStatus.UPLOADING
    progress_percent: float = Field(default=0.0, ge=0.0, le=100.0)
    error_message: str | None = None
    chunks_created: int = Field(default=0, ge=0)


class IngestionJobStatus(BaseModel):
    """`processed_files` counts those that ended, well or not."""

    job_id: str
    status: JobState = JobState.PENDING
    submitted_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    total_files: int = Field(default=0, ge=0)
    processed_files: int = Field(default=0, ge=0)
    file_details: list[FileProgress] = Field(default_factory=list)
    collection_name: str
    backend: str
    error_message: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    @property
    def is_terminal(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in (JobState.COMPLETED, JobState.FAILED)

    @property
    def ended(self) -> bool:
        """The same."""
        return self.is_terminal

    @property
    def is_success(self) -> bool:
        """Whether at least one file succeeded."""
        return self.status == JobState.COMPLETED and self.processed_files > 0

    @property
    def progress_percent(self) -> float:
        """The share of the files that ended, 0 to 100."""
        return 100.0 * self.processed_files / self.total_files if self.total_files else 0.0


class ReadAsDict(BaseModel):
    """A shape that the published contract calls a dict: its fields can be read and set as items, too."""

    def __getitem__(self, name: str) -> Any:
        if name not in type(self).model_fields:
            raise KeyError(name)
        return getattr(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self, name, value)

    def get(self, name: str, default: Any = None) -> Any:
        return getattr(self, name) if name in type(self).model_fields else default


class FailedDeletion(ReadAsDict):
    file_id: str
    error: str


class DeletionResult(ReadAsDict):
    """`successful` holds what was asked for, ids or names; `total_deleted` counts files."""

    message: str
    successful: list[str] = Field(default_factory=list)
    failed: list[FailedDeletion] = Field(default_factory=list)
    total_deleted: int = 0

"""What a backend has to be able to do: answer questions (awaited), and take files in (blocking)."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, ClassVar

from pydantic import ValidationError

from larder_sdk.knowledge_layer.normalizing import to_chunk
from larder_sdk.knowledge_layer.shapes import (
    Chunk,
    CollectionInfo,
    DeletionResult,
    FailedDeletion,
    FileInfo,
    FileStatus,
    IngestionJobStatus,
    RetrievalResult,
)

log = logging.getLogger(__name__)

CHARS_A_TOKEN = 4
NOT_THERE = "Not found or already deleted"


class BaseRetriever:
    """Answers questions. A backend writes `find_chunks` and may raise there what it likes: `retrieve` never raises.

    One that writes `retrieve` itself keeps that promise itself. `config` is what the backend was made with.
    """

    backend_name: ClassVar[str] = "unnamed"

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self.config: dict[str, Any] = dict(config or {})

    async def find_chunks(
        self, query: str, collection_name: str, *, top_k: int, filters: Mapping[str, Any]
    ) -> Sequence[Chunk]:
        """At most `top_k` chunks of the collection, best first. `filters` are the backend's own."""
        raise NotImplementedError(f"{self.backend_name} cannot be asked: it has neither find_chunks nor retrieve.")

    async def health_check(self) -> bool:
        """Whether questions can be answered now; never raises."""
        return True

    async def retrieve(
        self, query: str, collection_name: str, top_k: int = 10, filters: Mapping[str, Any] | None = None
    ) -> RetrievalResult:
        """The chunks that answer the query, or `success=False` with a sentence for people in `error_message`."""
        asked = str(query)
        try:
            found = list(await self.find_chunks(query, collection_name, top_k=top_k, filters=filters or {}))
            tokens = sum(-(-len(chunk.content) // CHARS_A_TOKEN) for chunk in found)
            return RetrievalResult(chunks=found, total_tokens=tokens, query=asked, backend=self.backend_name)
        except Exception as error:  # noqa: BLE001 - whatever a backend raises, whoever asks gets an answer
            log.warning("%s: %s: %s", self.backend_name, type(error).__name__, error)
            told = sentence(error)
        return RetrievalResult(query=asked, backend=self.backend_name, success=False, error_message=told)

    def normalize(self, raw_result: Any, idx: int = 0) -> Chunk:
        """What the backend's store gives back for a hit, the `idx`th, as a chunk; see `normalizing.to_chunk`."""
        if isinstance(raw_result, Chunk):
            return raw_result
        return to_chunk(raw_result if isinstance(raw_result, Mapping) else vars(raw_result), idx)


class BaseIngestor(ABC):
    """Takes files in. Verbs raise `larder_sdk.LarderError`, with a sentence for people, unless they say otherwise."""

    backend_name: ClassVar[str]

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self.config: dict[str, Any] = dict(config or {})

    @abstractmethod
    def create_collection(
        self, name: str, description: str | None = None, metadata: Mapping[str, Any] | None = None
    ) -> CollectionInfo:
        """Raises Conflict where there is one of this name."""

    @abstractmethod
    def list_collections(self) -> list[CollectionInfo]: ...

    @abstractmethod
    def get_collection(self, name: str) -> CollectionInfo | None: ...

    @abstractmethod
    def delete_collection(self, name: str) -> bool:
        """Delete it with all its files; False where there was none."""

    @abstractmethod
    def submit_job(
        self, file_paths: Sequence[str | PathLike[str]], collection_name: str, config: Mapping[str, Any] | None = None
    ) -> str:
        """Hand the files over as one job; its id. All files are taken, or none.

        `config`: `original_filenames`, a list of what to call them where the paths are of temporary files;
        `cleanup_files`, whether to delete them once they are handed over; else the backend's own.
        """

    @abstractmethod
    def get_job_status(self, job_id: str) -> IngestionJobStatus:
        """How far the job is. An unknown one has failed, and says so in `error_message`."""

    @abstractmethod
    def list_files(self, collection_name: str) -> list[FileInfo]:
        """None where there is no such collection."""

    async def health_check(self) -> bool:
        """Whether files can be taken in now; never raises."""
        return True

    def upload_file(
        self, file_path: str | PathLike[str], collection_name: str, metadata: Mapping[str, Any] | None = None
    ) -> FileInfo:
        """Hand one file over, with `metadata` as the job's `config`, and see what it is called there.

        The job's id is in the answer's metadata, `job_id`.
        """
        job_id = self.submit_job([str(file_path)], collection_name, metadata)
        job = self.get_job_status(job_id)
        if not job.file_details:
            reason = job.error_message or "The job holds no file."
            return _told(job_id, str(file_path), collection_name, FileStatus.FAILED, reason, job_id)
        [told, *_] = job.file_details
        found = self.get_file_status(told.file_id, collection_name)
        if found is None:
            return _told(told.file_id, told.file_name, collection_name, told.status, told.error_message, job_id)
        return found.model_copy(update={"metadata": found.metadata | {"job_id": job_id}})

    def get_file_status(self, file_id: str, collection_name: str) -> FileInfo | None:
        """By its id, else by its name."""
        files = self.list_files(collection_name)
        by_id = next((file for file in files if file.file_id == file_id), None)
        return by_id or next((file for file in files if file.file_name == file_id), None)

    def delete_file(self, file_id: str, collection_name: str) -> bool:
        """By id or name; False where there was none. A backend writes this, or `delete_files`."""
        if type(self).delete_files is BaseIngestor.delete_files:
            raise NotImplementedError(f"{self.backend_name} cannot delete files.")
        return self.delete_files([file_id], collection_name).total_deleted > 0

    def delete_files(self, file_ids: Sequence[str], collection_name: str) -> DeletionResult:
        """Delete files by id or name, one after another. What is not there, or fails, is told and not raised."""
        successful, failed = [], []
        for file_id in file_ids:
            try:
                error = "" if self.delete_file(file_id, collection_name) else NOT_THERE
            except Exception as trouble:  # noqa: BLE001 - whatever a backend raises, the others are deleted
                log.warning("%s: %s: %s", self.backend_name, type(trouble).__name__, trouble)
                error = sentence(trouble)
            if error:
                failed.append(FailedDeletion(file_id=file_id, error=error))
            else:
                successful.append(file_id)
        message = f"Deleted {len(successful)} of {len(file_ids)} files"
        return DeletionResult(message=message, successful=successful, failed=failed, total_deleted=len(successful))

    def select_sources(self, source_names: Sequence[str]) -> bool:
        """Choose the collections that questions to several at once go to. Raises NotImplementedError where none can."""
        raise NotImplementedError(f"{self.backend_name} does not select sources; name the collection in each call.")

    def get_selected_sources(self) -> list[str]:
        raise NotImplementedError(f"{self.backend_name} does not select sources; name the collection in each call.")

    def generate_summary(self, text_content: str, file_name: str) -> str | None:
        """One sentence on a file's text; None where the backend writes none."""
        return None


def _told(
    file_id: str, file_name: str, collection_name: str, status: FileStatus, error: str | None, job_id: str
) -> FileInfo:
    return FileInfo(
        file_id=file_id,
        file_name=file_name,
        collection_name=collection_name,
        status=status,
        error_message=error,
        metadata={"job_id": job_id},
    )


def sentence(error: Exception) -> str:
    """What an error says to people: its own words where it has some, on one line; never where it happened."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, (error.title, *first["loc"])))
        return f"The backend's answer does not fit {place}: {first['msg']}."
    words = " ".join(str(error).split())[:500]
    return words or f"The backend failed ({type(error).__name__})."

"""What a backend has to be able to do: answer questions (awaited), and take files in (blocking)."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, ClassVar

from pydantic import ValidationError

from larder_sdk.knowledge_layer.shapes import (
    Chunk,
    CollectionInfo,
    DeletionResult,
    FileInfo,
    IngestionJobStatus,
    RetrievalResult,
)

log = logging.getLogger(__name__)

CHARS_A_TOKEN = 4


class BaseRetriever(ABC):
    """Answers questions. A backend writes `find_chunks` and may raise there what it likes; `retrieve` never raises."""

    backend_name: ClassVar[str] = "unnamed"

    @abstractmethod
    async def find_chunks(
        self, query: str, collection_name: str, *, top_k: int, filters: Mapping[str, Any]
    ) -> Sequence[Chunk]:
        """At most `top_k` chunks of the collection, best first. `filters` are the backend's own."""

    @abstractmethod
    async def health_check(self) -> bool:
        """Whether questions can be answered now; never raises."""

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


class BaseIngestor(ABC):
    """Takes files in. Verbs raise `larder_sdk.LarderError`, with a sentence for people, unless they say otherwise."""

    backend_name: ClassVar[str]

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
        """Hand the files over as one job; its id. `config` is the backend's own. All files are taken, or none."""

    @abstractmethod
    def get_job_status(self, job_id: str) -> IngestionJobStatus:
        """How far the job is. An unknown one has failed, and says so in `error_message`."""

    @abstractmethod
    def list_files(self, collection_name: str) -> list[FileInfo]:
        """Raises NotFound where there is no such collection."""

    @abstractmethod
    def delete_files(self, file_ids: Sequence[str], collection_name: str) -> DeletionResult:
        """Delete files by id or name. What is not there is told, not raised."""

    @abstractmethod
    def health_check(self) -> bool:
        """Whether files can be taken in now; never raises."""

    def upload_file(self, file_path: str | PathLike[str], collection_name: str) -> FileInfo:
        """Hand one file over, and see what it is called there."""
        job = self.get_job_status(self.submit_job([file_path], collection_name))
        file_id = job.file_details[0].file_id
        found = self.get_file_status(file_id, collection_name)
        return found or FileInfo(
            file_id=file_id,
            file_name=job.file_details[0].file_name,
            collection_name=collection_name,
            status=job.file_details[0].status,
        )

    def get_file_status(self, file_id: str, collection_name: str) -> FileInfo | None:
        return next((file for file in self.list_files(collection_name) if file.file_id == file_id), None)

    def delete_file(self, file_id: str, collection_name: str) -> bool:
        """False where there was none."""
        return self.delete_files([file_id], collection_name).total_deleted > 0


def sentence(error: Exception) -> str:
    """What an error says to people: its own words where it has some, on one line; never where it happened."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, (error.title, *first["loc"])))
        return f"The backend's answer does not fit {place}: {first['msg']}."
    words = " ".join(str(error).split())[:500]
    return words or f"The backend failed ({type(error).__name__})."

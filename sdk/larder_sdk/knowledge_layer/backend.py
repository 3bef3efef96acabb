"""The backend `larder`: a Larder server, asked and fed over HTTP."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from larder_sdk.base import sendable_key
from larder_sdk.client import KnowledgeClient
from larder_sdk.documents import KnowledgeDocument
from larder_sdk.errors import NotFound, Refused, Unexpected
from larder_sdk.exchange import Call, told, trouble
from larder_sdk.knowledge_layer.contract import BaseIngestor, BaseRetriever
from larder_sdk.knowledge_layer.registry import register_ingestor, register_retriever
from larder_sdk.knowledge_layer.shapes import (
    Chunk,
    CollectionInfo,
    ContentType,
    DeletionResult,
    FileInfo,
    FileStatus,
    IngestionJobStatus,
)
from larder_sdk.knowledge_layer.summaries import Chat, register_summary, summarize, unregister_summary

T = TypeVar("T")
BACKEND = "larder"
HEALTH = "/v1/knowledge/health"
TIMEOUT_S = 15.0
UPLOAD_TIMEOUT_S = 120.0
FILTERS = frozenset({"tags", "min_score", "mode", "strategy", "exclude_tags", "exclude_flags"})


@register_retriever(BACKEND)
class LarderRetriever(BaseRetriever):
    """`filters`: `tags` (a tag expression), `min_score`, `mode`, `strategy`, `exclude_tags` (a list), `exclude_flags`,
    as `KnowledgeClient.query` takes them."""

    backend_name: ClassVar[str] = BACKEND

    def __init__(
        self,
        url: str,
        api_key: str | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url, self._key, self._timeout_s, self._transport = url, api_key, timeout_s, transport

    async def find_chunks(
        self, query: str, collection_name: str, *, top_k: int, filters: Mapping[str, Any]
    ) -> Sequence[Chunk]:
        if unknown := sorted(set(filters) - FILTERS):
            known = ", ".join(sorted(FILTERS))
            raise Refused(f"The filter {unknown[0]!r} is not known; there are: {known}.")
        async with KnowledgeClient(self._url, self._key, timeout=self._timeout_s, transport=self._transport) as client:
            found = await client.query(query, top_k=top_k, source=collection_name, **filters)
        return [to_chunk(document) for document in found]

    async def health_check(self) -> bool:
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=self._timeout_s) as http:
                return is_healthy(await http.get(f"{self._url.rstrip('/')}{HEALTH}"))
        except (httpx.HTTPError, httpx.InvalidURL):
            return False


def to_chunk(document: KnowledgeDocument) -> Chunk:
    """A hit as the contract shows it. Documents that were pushed, not filed, are cited by their title or id."""
    told = document.metadata
    name = _first_text(told, "file_name", "title", "url") or document.id
    page = told.get("page")
    page = page if isinstance(page, int) and page >= 1 else None
    return Chunk(
        chunk_id=document.id,
        content=document.content,
        score=document.score or 0.0,
        file_name=name,
        page_number=page,
        display_citation=_first_text(told, "citation") or (f"{name}, p.{page}" if page else name),
        content_type=ContentType.TABLE if told.get("form") == "table" else ContentType.TEXT,
        metadata={**told, "source": document.source, "tags": document.tags},
    )


def _first_text(told: Mapping[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := told.get(name), str) and value), "")


@register_ingestor(BACKEND)
class LarderIngestor(BaseIngestor):
    """A key of the role admin, or a provider's for the one collection of its own name.

    A collection's `metadata` may hold `days_to_live` and `splitter`; a job's `config` may hold `tags`, a list.
    With `summaries` each file gets its sentence once it is filed, by `chat` where there is one.
    """

    backend_name: ClassVar[str] = BACKEND

    def __init__(
        self,
        url: str,
        api_key: str | None = None,
        *,
        summaries: bool = False,
        chat: Chat | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if (key := sendable_key(api_key)) else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_S, transport=transport)
        self._summaries, self._chat = summaries or chat is not None, chat

    def close(self) -> None:
        self._http.close()

    def create_collection(
        self, name: str, description: str | None = None, metadata: Mapping[str, Any] | None = None
    ) -> CollectionInfo:
        body = {"name": name, "description": description, "metadata": dict(metadata or {})}
        return self._ask(CollectionInfo, "POST", "/v1/collections", json=body)

    def list_collections(self) -> list[CollectionInfo]:
        return self._ask(list[CollectionInfo], "GET", "/v1/collections")

    def get_collection(self, name: str) -> CollectionInfo | None:
        try:
            return self._ask(CollectionInfo, "GET", _place(name))
        except NotFound:
            return None

    def delete_collection(self, name: str) -> bool:
        try:
            self._ask(dict[str, Any], "DELETE", _place(name))
        except NotFound:
            return False
        unregister_summary(name)
        return True

    def submit_job(
        self, file_paths: Sequence[str | PathLike[str]], collection_name: str, config: Mapping[str, Any] | None = None
    ) -> str:
        """Files are sent as they are read. Raises OSError for one that cannot be opened."""
        with ExitStack() as opened:
            files = []
            for path in map(Path, file_paths):
                kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                files.append(("files", (path.name, opened.enter_context(path.open("rb")), kind)))
            form = {"tags": list((config or {}).get("tags", ()))}
            place = f"{_place(collection_name)}/documents"
            return self._ask(Submitted, "POST", place, files=files or None, data=form, timeout=UPLOAD_TIMEOUT_S).job_id

    def get_job_status(self, job_id: str) -> IngestionJobStatus:
        job = self._ask(IngestionJobStatus, "GET", f"/v1/documents/{quote(job_id, safe='')}/status")
        if self._summaries and job.ended:
            for file in job.file_details:
                if file.status == FileStatus.SUCCESS:
                    self._summarize(file.file_id, file.file_name, job.collection_name)
        return job

    def list_files(self, collection_name: str) -> list[FileInfo]:
        return self._ask(list[FileInfo], "GET", f"{_place(collection_name)}/documents")

    def delete_files(self, file_ids: Sequence[str], collection_name: str) -> DeletionResult:
        names: dict[str, list[str]] = {}
        for file in self.list_files(collection_name):
            names.setdefault(file.file_id, []).append(file.file_name)
        place = f"{_place(collection_name)}/documents"
        done = self._ask(DeletionResult, "DELETE", place, json={"file_ids": list(file_ids)})
        for asked in done.successful:
            for name in names.get(asked, [asked]):
                unregister_summary(collection_name, name)
        return done

    def health_check(self) -> bool:
        try:
            return is_healthy(self._http.get(HEALTH))
        except httpx.HTTPError:
            return False

    def _summarize(self, file_id: str, file_name: str, collection_name: str) -> None:
        filed = self._ask(Filed, "GET", f"/api/documents/{file_id}/chunks")
        text = "\n".join(chunk.content for chunk in filed.chunks[:3])
        register_summary(collection_name, file_name, summarize(text, file_name=file_name, chat=self._chat))

    def _ask(self, shape: type[T], method: str, path: str, **sent: Any) -> T:
        """The answer, read as that shape. Raises LarderError."""
        call = Call(method=method, path=path, root="")
        try:
            outcome: httpx.Response | httpx.RequestError = self._http.request(method, path, **sent)
        except httpx.RequestError as error:
            outcome = error
        if problem := trouble(call, outcome):
            raise problem
        assert isinstance(outcome, httpx.Response)  # noqa: S101 - the other kind is always trouble
        try:
            return TypeAdapter(shape).validate_json(outcome.content)
        except ValidationError:
            reason = f"{told(call)} was not answered as Larder does; is its address right?"
            raise Unexpected(reason, status=outcome.status_code) from None


class Submitted(BaseModel):
    job_id: str


class FiledChunk(BaseModel):
    content: str


class Filed(BaseModel):
    chunks: list[FiledChunk]


def is_healthy(answer: httpx.Response) -> bool:
    """Whether it is Larder that says so, and not whatever else stands at this address."""
    try:
        return answer.status_code == 200 and answer.json()["status"] == "healthy"
    except (ValueError, LookupError, TypeError):
        return False


def _place(collection_name: str) -> str:
    return f"/v1/collections/{quote(collection_name, safe='')}"

"""The backend `larder`: a Larder server, asked and fed over HTTP."""

from __future__ import annotations

import asyncio
import logging
import mimetypes
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import zip_longest
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from larder_sdk.client import KnowledgeClient
from larder_sdk.documents import KnowledgeDocument
from larder_sdk.errors import NotFound, Refused, Unexpected
from larder_sdk.exchange import Call, told, trouble
from larder_sdk.knowledge_layer import normalizing
from larder_sdk.knowledge_layer.contract import BaseIngestor, BaseRetriever
from larder_sdk.knowledge_layer.registry import register_ingestor, register_retriever
from larder_sdk.knowledge_layer.shapes import (
    Chunk,
    CollectionInfo,
    DeletionResult,
    FileInfo,
    FileStatus,
    IngestionJobStatus,
)
from larder_sdk.knowledge_layer.summaries import Chat, register_summary, summarize, unregister_summary
from larder_sdk.knowledge_layer.whereabouts import whereabouts

log = logging.getLogger(__name__)

T = TypeVar("T")
BACKEND = "larder"
HEALTH = "/v1/knowledge/health"
NOT_FOUND = 404
UPLOAD_TIMEOUT_S = 120.0
FILTERS = frozenset({"tags", "min_score", "mode", "strategy", "exclude_tags", "exclude_flags", "language"})


@register_retriever(BACKEND)
class LarderRetriever(BaseRetriever):
    """`config`: `endpoint`, `api_key`, `timeout` in seconds; or an address and a key of their own.

    `filters`: `tags` (a tag expression), `min_score`, `mode`, `strategy`, `exclude_tags` (a list), `exclude_flags`,
    `language`, as `KnowledgeClient.query` takes them."""

    backend_name: ClassVar[str] = BACKEND

    def __init__(
        self,
        config: Mapping[str, Any] | str | None = None,
        api_key: str | None = None,
        *,
        url: str | None = None,
        timeout_s: float | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(None if isinstance(config, str) else config)
        self._at = whereabouts(config, url=url, api_key=api_key, timeout_s=timeout_s)
        self._transport = transport

    async def find_chunks(
        self, query: str, collection_name: str, *, top_k: int, filters: Mapping[str, Any]
    ) -> Sequence[Chunk]:
        if unknown := sorted(set(filters) - FILTERS):
            known = ", ".join(sorted(FILTERS))
            raise Refused(f"The filter {unknown[0]!r} is not known; there are: {known}.")
        async with self._client() as client:
            found = await client.query(query, top_k=top_k, source=collection_name, **filters)
            if not found:
                await self._check_collection(client, collection_name)
        return [self.normalize(document, at) for at, document in enumerate(found)]

    def normalize(self, raw_result: Any, idx: int = 0) -> Chunk:
        """A document as `KnowledgeClient` gives it back, or any other hit as `normalizing.to_chunk` takes it."""
        return to_chunk(raw_result) if isinstance(raw_result, KnowledgeDocument) else super().normalize(raw_result, idx)

    async def health_check(self) -> bool:
        try:
            async with self._open() as http:
                return is_healthy(await http.get(HEALTH))
        except (httpx.HTTPError, httpx.InvalidURL):
            return False

    async def _check_collection(self, client: KnowledgeClient, name: str) -> None:
        """Raises NotFound where nothing can be found since there is no such collection, nor a source of this name."""
        async with self._open() as http:
            answer = await http.get(_place(name))
        if answer.status_code == NOT_FOUND and name not in [row.get("source") for row in await client.sources()]:
            raise NotFound(f"Collection '{name}' not found", status=NOT_FOUND, code="not_found")

    def _client(self) -> KnowledgeClient:
        at = self._at
        return KnowledgeClient(at.url, at.api_key, timeout=at.timeout_s, transport=self._transport)

    def _open(self) -> httpx.AsyncClient:
        at = self._at
        return httpx.AsyncClient(base_url=at.url, headers=at.headers(), timeout=at.timeout_s, transport=self._transport)


def to_chunk(document: KnowledgeDocument) -> Chunk:
    """A hit as the contract shows it. Documents that were pushed, not filed, are cited by their title or id."""
    chunk = normalizing.to_chunk(
        {"id": document.id, "content": document.content, "score": document.score, "metadata": document.metadata}
    )
    return chunk.model_copy(
        update={"metadata": {**document.metadata, "source": document.source, "tags": document.tags}}
    )


@register_ingestor(BACKEND)
class LarderIngestor(BaseIngestor):
    """A key of the role admin, or a provider's for the one collection of its own name; `config` as a retriever's.

    A collection's `metadata` may hold `days_to_live`, `splitter` and `keep_bytes`; a job's `config` may hold `tags`, a
    list, `original_filenames` and `cleanup_files`. How files are cut is the collection's, so a job's own wish is none.
    With `summaries`, or `generate_summary` in the `config`,
    each file gets its sentence once it is filed, by `chat` where there is one.
    """

    backend_name: ClassVar[str] = BACKEND

    def __init__(
        self,
        config: Mapping[str, Any] | str | None = None,
        api_key: str | None = None,
        *,
        url: str | None = None,
        summaries: bool = False,
        chat: Chat | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(None if isinstance(config, str) else config)
        at = whereabouts(config, url=url, api_key=api_key)
        self._http = httpx.Client(base_url=at.url, headers=at.headers(), timeout=at.timeout_s, transport=transport)
        self._summaries, self._chat = summaries or chat is not None or bool(self.config.get("generate_summary")), chat

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
        """Files are sent as they are read; with `cleanup_files` they are deleted once the server has them all.

        Raises OSError for one that cannot be opened; where anything is raised, all files stay.
        """
        wanted, paths = config or {}, [Path(each) for each in file_paths]
        with ExitStack() as opened:
            files = []
            for path, name in zip(paths, _names(paths, wanted.get("original_filenames")), strict=True):
                kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                files.append(("files", (name, opened.enter_context(path.open("rb")), kind)))
            form = {"tags": list(wanted.get("tags") or ())}
            place = f"{_place(collection_name)}/documents"
            job = self._ask(Submitted, "POST", place, files=files or None, data=form, timeout=UPLOAD_TIMEOUT_S)
        if wanted.get("cleanup_files"):
            _delete(paths)
        return job.job_id

    def get_job_status(self, job_id: str) -> IngestionJobStatus:
        job = self._ask(IngestionJobStatus, "GET", f"/v1/documents/{quote(job_id, safe='')}/status")
        if self._summaries and job.ended:
            for file in job.file_details:
                if file.status == FileStatus.SUCCESS:
                    self._summarize(file.file_id, file.file_name, job.collection_name)
        return job

    def list_files(self, collection_name: str) -> list[FileInfo]:
        try:
            return self._ask(list[FileInfo], "GET", f"{_place(collection_name)}/documents")
        except NotFound:
            return []

    def delete_file(self, file_id: str, collection_name: str) -> bool:
        try:
            return super().delete_file(file_id, collection_name)
        except NotFound:
            return False

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

    async def health_check(self) -> bool:
        return await asyncio.to_thread(self.is_healthy)

    def is_healthy(self) -> bool:
        """`health_check` for those who wait for nothing."""
        try:
            return is_healthy(self._http.get(HEALTH))
        except httpx.HTTPError:
            return False

    def generate_summary(self, text_content: str, file_name: str) -> str | None:
        """None without `summaries`."""
        return summarize(text_content, file_name=file_name, chat=self._chat) if self._summaries else None

    def _summarize(self, file_id: str, file_name: str, collection_name: str) -> None:
        filed = self._ask(Filed, "GET", f"/api/documents/{file_id}/chunks")
        text = "\n".join(chunk.content for chunk in filed.chunks[:3])
        if summary := self.generate_summary(text, file_name):
            register_summary(collection_name, file_name, summary)

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


def _names(paths: Sequence[Path], given: Any) -> list[str]:
    """What each file is called: as its uploader did where that is told, else as on disk."""
    told = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else []
    named = [name if isinstance(name, str) and name.strip() else "" for name in told]
    return [name or path.name for path, name in zip_longest(paths, named[: len(paths)], fillvalue="")]  # type: ignore[union-attr]


def _delete(paths: Sequence[Path]) -> None:
    """Temporary files that are not needed any more. One that cannot be deleted does not undo what was handed over."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("a file that was handed over stays: %s", error)


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

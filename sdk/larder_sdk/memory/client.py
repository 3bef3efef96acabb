"""The two clients of a memory: the same verbs, awaited or blocking. What they send stands in `calls`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from larder_sdk.base import Connection, address_from_env
from larder_sdk.carrying import Awaited, Blocking
from larder_sdk.exchange import Plan
from larder_sdk.memory import calls
from larder_sdk.memory.calls import Scopes
from larder_sdk.memory.shapes import (
    Batch,
    Document,
    DocumentPage,
    EntityFacts,
    FactVersion,
    NodeCounts,
    Profile,
    QueryAnswer,
    Remembered,
    State,
    Upload,
)

T = TypeVar("T", httpx.BaseTransport, httpx.AsyncBaseTransport)
TIMEOUT_S = 30.0
Rows = Sequence[Mapping[str, Any]]


class _Memory(Connection[T]):
    """A client of one context, without its verbs."""

    def __init__(self, url: str, context: str, api_key: str | SecretStr | None = None, **connection: Any) -> None:
        """A client of the context `context` of the Larder at `url`.

        `connection`: `timeout` for one attempt in seconds (30), `retry`, `correlation_id`, `transport`.
        """
        self.context_id = context
        self.root = f"{calls.ROOT}{quote(context, safe='')}"
        connection.setdefault("timeout", TIMEOUT_S)
        super().__init__(url.rstrip("/") + self.root, api_key, **connection)

    @classmethod
    def from_env(cls, context: str, **options: Any) -> Self:
        """A client of LARDER_URL with the key LARDER_KEY. Raises RuntimeError where LARDER_URL is not set."""
        url, key = address_from_env()
        return cls(url, context, key, **options)

    @property
    def _by(self) -> dict[str, Any]:
        return {"root": self.root, "retry": self.retry}

    # -- plans that both clients carry out -----------------------------------------------------------

    def _remember(self, text: str | None, **fields: Any) -> Plan[Remembered]:
        return calls.write("/facts", {"text": text, **fields}, Remembered, **self._by)

    def _query(self, text: str, **fields: Any) -> Plan[QueryAnswer]:
        return calls.post("/query", {"query": text, **fields}, QueryAnswer, **self._by)

    def _nodes(self, nodes: Rows, relations: Rows, scopes: Scopes | None) -> Plan[NodeCounts]:
        body = {"nodes": list(nodes), "relations": list(relations), "scope": scopes}
        return calls.write("/knowledge/nodes/batch", body, NodeCounts, **self._by)

    def _context(self, text: str, **fields: Any) -> Plan[dict[str, Any]]:
        return calls.answer("POST", "/context", calls.given({"query": text, **fields}), **self._by)

    def _upload(self, file: bytes | str | Path, **metadata: Any) -> Plan[Upload]:
        name, media_type = metadata.pop("name", None), metadata.pop("media_type", None)
        content = file if isinstance(file, bytes) else Path(file).read_bytes()
        name = name or ("" if isinstance(file, bytes) else Path(file).name)
        return calls.upload(content, name=name, media_type=media_type or "", metadata=metadata, **self._by)


class MemoryClient(Awaited, _Memory[httpx.AsyncBaseTransport]):
    """One context of Larder's memory, awaited.

    Every verb raises `larder_sdk.errors`: `Refused` where asking again is useless, `Unavailable` after several
    attempts. A write that is repeated by the client is stored once. `scopes` says where a write belongs, `lens` what a
    read is narrowed to; see `calls.Scopes` for their forms.
    """

    async def remember(
        self,
        text: str,
        *,
        session_id: str | None = None,
        scopes: Scopes | None = None,
        role: str | None = None,
        infer: str | None = None,
        labels: Sequence[str] | None = None,
        observed_at: datetime | None = None,
    ) -> Remembered:
        """Store what was said and what follows from it.

        `role`: user (default), assistant, system or tool. `infer`: full (default), none (keep the words only), preview
        (write nothing) or triples (a record such as "Product X costs 5", read by rules). `observed_at`: when it was
        said, which relative times count from; default now.
        """
        fields = {"session_id": session_id, "scopes": scopes, "role": role, "infer": infer, "labels": labels}
        return await self._carry_out(self._remember(text, observed_at=observed_at, **fields))

    async def remember_batch(
        self,
        messages: Rows,
        *,
        session_id: str | None = None,
        scopes: Scopes | None = None,
        extract: str | None = None,
        labels: Sequence[str] | None = None,
    ) -> Batch:
        """Store a conversation: `[{"role": "user", "content": "…", "ts": "…"}]`, at most 500 messages.

        `extract`: whole_conversation (default) or per_message.
        """
        body = {"messages": list(messages), "session_id": session_id, "scopes": scopes, "extract": extract}
        return await self._carry_out(calls.write("/facts/batch", {**body, "labels": labels}, Batch, **self._by))

    async def write_triples(self, triples: Rows, *, scopes: Scopes | None = None) -> Remembered:
        """Write what is known for certain, past any model, at most 3,000 at once.

        `{"entity": {"type", "name"}, "key", "value"}`, or with `"target": {"type", "name"}` in place of a value.
        """
        return await self._carry_out(self._remember(None, infer="triples", triples=list(triples), scopes=scopes))

    async def upsert_nodes(self, nodes: Rows, relations: Rows = (), *, scopes: Scopes | None = None) -> NodeCounts:
        """Write at most 1,000 nodes `{"kind", "slug", "title", "content"}` and 5,000 relations
        `{"in": [kind, slug], "out": [kind, slug], "label"}`, all or none; the same again changes nothing."""
        return await self._carry_out(self._nodes(nodes, relations, scopes))

    async def query(
        self,
        text: str,
        *,
        k: int | None = None,
        mode: str | None = None,
        lens: Scopes | None = None,
        include: Sequence[str] | None = None,
        labels: Sequence[str] | None = None,
        as_of: datetime | None = None,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
    ) -> QueryAnswer:
        """What answers a question best: at most `k` hits (10; 50 at most).

        `as_of`: what was believed then. `valid_from` and `valid_until`: what was so at some time in between.
        `include`: facts, passages or both (default). `mode`: hybrid (default), vector, bm25 or graph.
        """
        times = {"asOf": as_of, "validFrom": valid_from, "validUntil": valid_until}
        plan = self._query(text, k=k, mode=mode, lens=lens, include=include, labels=labels, **times)
        return await self._carry_out(plan)

    async def context(self, text: str, *, k: int | None = None, lens: Scopes | None = None) -> str:
        """A block for a prompt: what is known of the speaker, then the hits; at most 8,000 characters."""
        return str((await self._carry_out(self._context(text, k=k, lens=lens))).get("context", ""))

    async def state(self, *, lens: Scopes | None = None) -> State:
        """All that is so now, by category."""
        return await self._carry_out(calls.post("/state", {"lens": lens}, State, **self._by))

    async def profile(self) -> Profile:
        """What is known of the speaker."""
        return await self._carry_out(calls.get("/profile", {}, Profile, **self._by))

    async def entity(self, entity_type: str, name: str, *, as_of: datetime | None = None) -> EntityFacts:
        """One entity with its facts. Raises NotFound."""
        path = calls.entity_path(entity_type, name)
        return await self._carry_out(calls.entity(path, {"asOf": _wire(as_of)}, **self._by))

    async def history(self, entity_type: str, name: str, key: str) -> list[FactVersion]:
        """Every value that a key had, oldest first. Raises NotFound."""
        path = f"{calls.entity_path(entity_type, name)}/history/{quote(key, safe='')}"
        return await self._carry_out(calls.history(path, {}, **self._by))

    async def forget(self, query: str, *, purge: bool = False, dry_run: bool = False) -> int:
        """End what matches; how many rows. `purge`: erase it with its history. `dry_run`: only count."""
        body = {"query": query, "purge": purge, "dryRun": dry_run}
        return int((await self._carry_out(calls.answer("POST", "/forget", body, **self._by))).get("deleted", 0))

    async def upload(
        self,
        file: bytes | str | Path,
        *,
        name: str | None = None,
        media_type: str | None = None,
        title: str | None = None,
        scopes: Scopes | None = None,
        labels: Sequence[str] | None = None,
    ) -> Upload:
        """Upload a document, given as its bytes or as a path. The same bytes again are known and not processed anew."""
        told = {"name": name, "media_type": media_type, "title": title, "scopes": scopes, "labels": labels}
        return await self._carry_out(self._upload(file, **told))

    async def documents(
        self, *, status: str | None = None, page: int = 0, page_size: int = 100, scope: str | None = None
    ) -> DocumentPage:
        """One page of documents, newest first. `status`: one or several, separated by commas."""
        params = {"status": status, "page": page, "page_size": page_size, "scope": scope}
        return await self._carry_out(calls.documents(params, **self._by))

    async def document(self, document_id: str) -> Document:
        """One document. Raises NotFound."""
        return await self._carry_out(calls.get(calls.document_path(document_id), {}, Document, **self._by))

    async def wait_for_documents(self, document_ids: Sequence[str], *, every_s: float = 1.0) -> list[Document]:
        """The documents once each of them is ready or failed, in the order of their ids."""
        return await self._carry_out(calls.wait(document_ids, every_s=every_s, **self._by))

    async def raw(self, document_id: str) -> bytes:
        """The bytes of a document as they were uploaded. Raises NotFound."""
        return await self._carry_out(calls.raw(document_id, **self._by))

    async def delete_document(self, document_id: str) -> None:
        """Delete a document; facts whose only source it was end. Raises NotFound."""
        await self._carry_out(calls.delete(calls.document_path(document_id), **self._by))

    async def delete_session(self, session_id: str) -> None:
        """Erase what was said in a session; facts that follow from it stay. Raises NotFound."""
        await self._carry_out(calls.delete(f"/sessions/{quote(session_id, safe='')}", **self._by))


class SyncMemoryClient(Blocking, _Memory[httpx.BaseTransport]):
    """`MemoryClient` for programs without an event loop: the same verbs, arguments and errors, blocking."""

    def remember(
        self,
        text: str,
        *,
        session_id: str | None = None,
        scopes: Scopes | None = None,
        role: str | None = None,
        infer: str | None = None,
        labels: Sequence[str] | None = None,
        observed_at: datetime | None = None,
    ) -> Remembered:
        fields = {"session_id": session_id, "scopes": scopes, "role": role, "infer": infer, "labels": labels}
        return self._carry_out(self._remember(text, observed_at=observed_at, **fields))

    def remember_batch(
        self,
        messages: Rows,
        *,
        session_id: str | None = None,
        scopes: Scopes | None = None,
        extract: str | None = None,
        labels: Sequence[str] | None = None,
    ) -> Batch:
        body = {"messages": list(messages), "session_id": session_id, "scopes": scopes, "extract": extract}
        return self._carry_out(calls.write("/facts/batch", {**body, "labels": labels}, Batch, **self._by))

    def write_triples(self, triples: Rows, *, scopes: Scopes | None = None) -> Remembered:
        return self._carry_out(self._remember(None, infer="triples", triples=list(triples), scopes=scopes))

    def upsert_nodes(self, nodes: Rows, relations: Rows = (), *, scopes: Scopes | None = None) -> NodeCounts:
        return self._carry_out(self._nodes(nodes, relations, scopes))

    def query(
        self,
        text: str,
        *,
        k: int | None = None,
        mode: str | None = None,
        lens: Scopes | None = None,
        include: Sequence[str] | None = None,
        labels: Sequence[str] | None = None,
        as_of: datetime | None = None,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
    ) -> QueryAnswer:
        times = {"asOf": as_of, "validFrom": valid_from, "validUntil": valid_until}
        return self._carry_out(self._query(text, k=k, mode=mode, lens=lens, include=include, labels=labels, **times))

    def context(self, text: str, *, k: int | None = None, lens: Scopes | None = None) -> str:
        return str(self._carry_out(self._context(text, k=k, lens=lens)).get("context", ""))

    def state(self, *, lens: Scopes | None = None) -> State:
        return self._carry_out(calls.post("/state", {"lens": lens}, State, **self._by))

    def profile(self) -> Profile:
        return self._carry_out(calls.get("/profile", {}, Profile, **self._by))

    def entity(self, entity_type: str, name: str, *, as_of: datetime | None = None) -> EntityFacts:
        path = calls.entity_path(entity_type, name)
        return self._carry_out(calls.entity(path, {"asOf": _wire(as_of)}, **self._by))

    def history(self, entity_type: str, name: str, key: str) -> list[FactVersion]:
        path = f"{calls.entity_path(entity_type, name)}/history/{quote(key, safe='')}"
        return self._carry_out(calls.history(path, {}, **self._by))

    def forget(self, query: str, *, purge: bool = False, dry_run: bool = False) -> int:
        body = {"query": query, "purge": purge, "dryRun": dry_run}
        return int(self._carry_out(calls.answer("POST", "/forget", body, **self._by)).get("deleted", 0))

    def upload(
        self,
        file: bytes | str | Path,
        *,
        name: str | None = None,
        media_type: str | None = None,
        title: str | None = None,
        scopes: Scopes | None = None,
        labels: Sequence[str] | None = None,
    ) -> Upload:
        told = {"name": name, "media_type": media_type, "title": title, "scopes": scopes, "labels": labels}
        return self._carry_out(self._upload(file, **told))

    def documents(
        self, *, status: str | None = None, page: int = 0, page_size: int = 100, scope: str | None = None
    ) -> DocumentPage:
        params = {"status": status, "page": page, "page_size": page_size, "scope": scope}
        return self._carry_out(calls.documents(params, **self._by))

    def document(self, document_id: str) -> Document:
        return self._carry_out(calls.get(calls.document_path(document_id), {}, Document, **self._by))

    def wait_for_documents(self, document_ids: Sequence[str], *, every_s: float = 1.0) -> list[Document]:
        return self._carry_out(calls.wait(document_ids, every_s=every_s, **self._by))

    def raw(self, document_id: str) -> bytes:
        return self._carry_out(calls.raw(document_id, **self._by))

    def delete_document(self, document_id: str) -> None:
        self._carry_out(calls.delete(calls.document_path(document_id), **self._by))

    def delete_session(self, session_id: str) -> None:
        self._carry_out(calls.delete(f"/sessions/{quote(session_id, safe='')}", **self._by))


def _wire(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()

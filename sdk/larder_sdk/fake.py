"""Larder in memory, for the tests of programs that use it.

The fakes are the real clients over a transport that answers from a dictionary: requests, errors,
paging and retrieval limits are what they are in production. Likeness is a simple overlap of words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import httpx

from larder_sdk.base import Client
from larder_sdk.client import KnowledgeClient, SyncKnowledgeClient
from larder_sdk.documents import Counts, KnowledgeDocument
from larder_sdk.exchange import Retry
from larder_sdk.in_memory import facets, filters, tagexpr
from larder_sdk.limits import RetrievalLimits

_WORDS = re.compile(r"\w+")
_PUSHED = {"content", "tags", "metadata", "language", "updated_at", "vectors"}
_NOT_RERANKED = {
    "reranked": False,
    "rerank_fallback": {"code": "rerank_off", "detail": "The client in memory has no reranker."},
}
_OF_VECTORS = {"vectors", "embedding_model"}


class FakeStore:
    """Documents by (source, id). What has expired at `now()` is not there."""

    def __init__(self, *, now: Callable[[], datetime] | None = None) -> None:
        self._documents: dict[tuple[str, str], KnowledgeDocument] = {}
        self._now = now or (lambda: datetime.now(UTC))

    def live(self) -> list[KnowledgeDocument]:
        return [doc for doc in self._documents.values() if not _expired(doc, self._now())]

    def put(self, documents: Iterable[KnowledgeDocument]) -> Counts:
        kinds = Counter(self._put(document) for document in documents)
        return Counts(upserted=kinds.total(), **kinds)

    def keep_only(self, source: str, ids: set[str]) -> int:
        """Delete the source's other documents; how many there were."""
        gone = [key for key in self._documents if key[0] == source and key[1] not in ids]
        return sum(self._documents.pop(key) is not None for key in gone)

    def find(self, doc_id: str, source: str) -> list[KnowledgeDocument]:
        return [doc for doc in self.live() if doc.id == doc_id and source in ("", doc.source)]

    def remove(self, document: KnowledgeDocument) -> None:
        del self._documents[document.source, document.id]

    def clear(self) -> None:
        self._documents.clear()

    def _put(self, document: KnowledgeDocument) -> str:
        key = document.source, document.id
        before = self._documents.get(key)
        if before and before.updated_at and document.updated_at and document.updated_at < before.updated_at:
            return "stale"
        self._documents[key] = document
        if before is None or _expired(before, self._now()):
            return "created"
        if any(getattr(before, name) != getattr(document, name) for name in _PUSHED):
            return "updated"
        return "unchanged" if before.expires_at == document.expires_at else "renewed"


def _expired(document: KnowledgeDocument, now: datetime) -> bool:
    moment = document.expires_at
    return moment is not None and moment.replace(tzinfo=moment.tzinfo or UTC) <= now


class _Declined(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        self.answer = httpx.Response(status, json={"code": code, "detail": detail})


class FakeServer:
    """The knowledge API over a FakeStore, for a key bound to `source` (or to none)."""

    def __init__(self, store: FakeStore, *, source: str = "") -> None:
        self._store = store
        self._source = source
        self._parts: dict[str, tuple[str, set[str]]] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = [unquote(part) for part in request.url.raw_path.decode().partition("?")[0].split("/")[4:]]
        body = json.loads(request.content) if request.content else {}
        try:
            return self._answer(request, path, body)
        except _Declined as declined:
            return declined.answer

    def _answer(self, request: httpx.Request, path: list[str], body: dict[str, Any]) -> httpx.Response:
        match request.method, path:
            case "POST", ["upsert"]:
                return _counts(self._store.put(self._taken([body])))
            case "POST", ["bulk-upsert"]:
                return _counts(self._store.put(self._taken(body["documents"])))
            case "PUT", ["sources", source, "documents"]:
                return self._replace(source, body["documents"])
            case "POST", ["sources", source, "replacements"]:
                return self._begin(source)
            case "PUT", ["sources", source, "replacements", token]:
                return self._add_part(source, token, body["documents"])
            case "POST", ["sources", source, "replacements", token, "finish"]:
                return _counts(Counts(deleted=self._store.keep_only(source, self._part(source, token))))
            case "DELETE", ["documents", doc_id]:
                return self._delete(doc_id, self._source)
            case "DELETE", ["sources", source, "documents", doc_id]:
                return self._delete(doc_id, source)
            case "GET", ["documents", doc_id]:
                return _json(_told(self._one(doc_id, self._source)))
            case "GET", ["sources", source, "documents", doc_id]:
                return _json(_told(self._one(doc_id, source)))
            case "GET", ["documents"]:
                return self._page(request.url.params)
            case "POST", ["documents", "get"]:
                found = self._many(body["ids"], body.get("source") or self._source)
                return _documents(found, include_vectors=body.get("include_vectors", False))
            case "POST", ["documents", "delete"]:
                return self._delete_many(body)
            case "GET", ["metadata"]:
                return _json({"keys": facets.keys(self._listed(request.url.params))})
            case "GET", ["metadata", "values"]:
                return _json(facets.values(self._listed(request.url.params), request.url.params))
            case "POST", ["query"]:
                rest: dict[str, Any] = _NOT_RERANKED if body.get("rerank") else {}
                return _documents(self._search(body), **rest)
            case "GET", ["stats"]:
                return _json({"documents": len(self._store.live())})
            case "GET", ["sources"]:
                return _json({"sources": _tally("source", (doc.source for doc in self._store.live()))})
            case "GET", ["tags"]:
                return _json({"tags": _tally("tag", (tag for doc in self._store.live() for tag in set(doc.tags)))})
        raise _Declined(404, "not_found", f"There is no {request.method} {request.url.path}")

    def _taken(self, raw: Iterable[Mapping[str, Any]], source: str = "") -> list[KnowledgeDocument]:
        """Documents as the store takes them: all of the key's own source, or none at all."""
        own = source or self._source
        documents = [KnowledgeDocument.model_validate(item) for item in raw]
        if own and (foreign := {doc.source for doc in documents} - {"", own}):
            raise _Declined(403, "forbidden", f"The key is for {own!r}, not for {min(foreign)!r}")
        return [doc.model_copy(update={"source": doc.source or own}) for doc in documents]

    def _replace(self, source: str, raw: Iterable[Mapping[str, Any]]) -> httpx.Response:
        documents = self._whole(source, raw)
        counts = self._store.put(documents)
        return _counts(counts + Counts(deleted=self._store.keep_only(source, {doc.id for doc in documents})))

    def _begin(self, source: str) -> httpx.Response:
        """The newest replacement of a source ends those before it."""
        self._whole(source, [])
        self._parts = {token: part for token, part in self._parts.items() if part[0] != source}
        token = uuid4().hex
        self._parts[token] = source, set()
        return httpx.Response(201, json={"id": token})

    def _add_part(self, source: str, token: str, raw: Iterable[Mapping[str, Any]]) -> httpx.Response:
        documents = self._whole(source, raw)
        self._part(source, token).update(doc.id for doc in documents)
        return _counts(self._store.put(documents))

    def _part(self, source: str, token: str) -> set[str]:
        of, ids = self._parts.get(token, ("", set()))
        if of != source:
            raise _Declined(409, "replacement_lost", "This replacement is not open any more")
        return ids

    def _whole(self, source: str, raw: Iterable[Mapping[str, Any]]) -> list[KnowledgeDocument]:
        """Documents of a set that the key may replace."""
        if self._source and source != self._source:
            raise _Declined(403, "forbidden", f"The key is for {self._source!r}, not for {source!r}")
        return self._taken(raw, source)

    def _one(self, doc_id: str, source: str) -> KnowledgeDocument:
        found = self._store.find(doc_id, source)
        if not found:
            raise _Declined(404, "not_found", f"There is no document {doc_id!r}")
        if len(found) > 1:
            raise _Declined(409, "ambiguous", f"Several sources have a document {doc_id!r}")
        return found[0]

    def _many(self, ids: Iterable[str], source: str) -> list[KnowledgeDocument]:
        return [doc for doc_id in dict.fromkeys(ids) for doc in self._store.find(doc_id, source)]

    def _delete(self, doc_id: str, source: str) -> httpx.Response:
        self._store.remove(self._one(doc_id, source))
        return httpx.Response(204)

    def _delete_many(self, meant: Mapping[str, Any]) -> httpx.Response:
        if not (source := meant.get("source") or self._source):
            raise _Declined(422, "source_missing", "This key is not bound to one source; name it")
        found = self._filtered("", source, wanted_by=meant.get("filter"))
        going = [doc for doc in found if "ids" not in meant or doc.id in meant["ids"]]
        for document in going:
            self._store.remove(document)
        return _json({"deleted": len(going), "more": False})

    def _filtered(
        self, tags: str, source: str, *, wanted_by: Mapping[str, Any] | None = None
    ) -> list[KnowledgeDocument]:
        try:
            wanted = tagexpr.parse(tags)
        except ValueError as error:
            raise _Declined(422, "invalid_tag_expression", str(error)) from error
        try:
            live = [doc for doc in self._store.live() if filters.matches(wanted_by, doc.model_dump())]
        except ValueError as error:
            raise _Declined(422, "invalid_filter", str(error)) from error
        return [doc for doc in live if tagexpr.matches(wanted, doc.tags) and source in ("", doc.source)]

    def _listed(self, asked: httpx.QueryParams) -> list[KnowledgeDocument]:
        wanted_by = json.loads(asked["filter"]) if "filter" in asked else None
        return self._filtered(asked.get("tags", ""), asked.get("source", ""), wanted_by=wanted_by)

    def _page(self, asked: httpx.QueryParams) -> httpx.Response:
        words = asked.get("q", "").lower()
        found = [doc for doc in self._listed(asked) if words in doc.content.lower()]
        if asked.get("order") == "id":
            found.sort(key=lambda doc: (doc.source, doc.id))
        start, limit = int(asked.get("cursor", 0)), int(asked.get("limit", 100))
        following = str(start + limit) if start + limit < len(found) else None
        total = len(found) if asked.get("total") == "true" else None
        return _documents(found[start : start + limit], next=following, total=total)

    def _search(self, asked: Mapping[str, Any]) -> list[KnowledgeDocument]:
        if "vector" in asked:
            raise _Declined(422, "invalid_query", "The client in memory has no vectors")
        tags, source = asked.get("tags") or "", asked.get("source") or ""
        candidates = self._filtered(tags, source, wanted_by=asked.get("filter"))
        scored = [doc.model_copy(update={"score": overlap(asked["text"], doc.content)}) for doc in candidates]
        unwanted = set(asked.get("exclude_tags") or ())
        hits = [doc for doc in scored if (doc.score or 0) >= asked["min_score"] and not unwanted & set(doc.tags)]
        if asked.get("exclude_flags"):
            hits = [doc for doc in hits if not any(tag.startswith("flag:") for tag in doc.tags)]
        return sorted(hits, key=lambda doc: (-(doc.score or 0), doc.id))[: asked["top_k"]]


def overlap(text: str, content: str) -> float:
    """The share of a text's words that the content has, from 0 to 1."""
    wanted, present = ({word.lower() for word in _WORDS.findall(words)} for words in (text, content))
    return len(wanted & present) / len(wanted) if wanted else 0.0


def _json(answer: Mapping[str, Any]) -> httpx.Response:
    return httpx.Response(200, json=answer)


def _documents(documents: list[KnowledgeDocument], *, include_vectors: bool = False, **rest: Any) -> httpx.Response:
    return _json({"documents": [_told(doc, include_vectors=include_vectors) for doc in documents], **rest})


def _told(document: KnowledgeDocument, *, include_vectors: bool = False) -> dict[str, Any]:
    return document.model_dump(mode="json", exclude=set() if include_vectors else _OF_VECTORS)


def _counts(counts: Counts) -> httpx.Response:
    return _json(vars(counts))


def _tally(name: str, values: Iterable[str]) -> list[dict[str, Any]]:
    return [{name: value, "documents": count} for value, count in sorted(Counter(values).items())]


class _Fake(Client[Any]):
    """What both fakes offer beside the client's verbs."""

    def __init__(
        self,
        retrieval_limits: RetrievalLimits | Mapping[str, Any] | None = None,
        *,
        source: str = "",
        store: FakeStore | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.store = store or FakeStore(now=now)
        super().__init__(
            "http://larder",
            source=source,
            retrieval_limits=retrieval_limits,
            retry=Retry(attempts=1),
            transport=httpx.MockTransport(FakeServer(self.store, source=source)),
        )

    def add(self, *docs: KnowledgeDocument) -> None:
        """Store documents as they are, without a call."""
        self.store.put(docs)

    def all(self) -> list[KnowledgeDocument]:
        """Every document that has not expired."""
        return self.store.live()

    def clear(self) -> None:
        self.store.clear()


class FakeKnowledgeClient(_Fake, KnowledgeClient):
    """A KnowledgeClient over memory.

    `source` is what its key is bound to. Clients with the same `store` see the same documents. `now` gives
    the time that TTLs are judged by. To put it in the place of what a program builds by itself:
    `monkeypatch.setattr(KnowledgeClient, "for_analysis", fake.for_analysis)`.
    """


class SyncFakeKnowledgeClient(_Fake, SyncKnowledgeClient):
    """A SyncKnowledgeClient over memory; see FakeKnowledgeClient."""

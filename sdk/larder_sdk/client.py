"""The two clients: the same verbs, awaited or blocking. What a verb does stands in `larder_sdk.calls`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any, Literal

from larder_sdk import calls
from larder_sdk.base import ForAnalysis
from larder_sdk.documents import Counts, Hits, KnowledgeDocument
from larder_sdk.summaries import AwaitedSummaries, BlockingSummaries, Filter

Documents = list[KnowledgeDocument]
Strategy = Literal["similarity", "diverse"]
Mode = Literal["semantic", "keyword", "hybrid"]
Order = Literal["stored", "id"]


class KnowledgeClient(AwaitedSummaries):
    """Larder's knowledge API, awaited.

        async with KnowledgeClient("http://127.0.0.1:8000", key) as larder:
            await larder.upsert(KnowledgeDocument(id="alice", content="Alice Chen, CTO", tags=["employee"]))
            hits = await larder.query("who leads engineering?", tags="employee", top_k=3)

    Every verb raises `larder_sdk.errors`: `Refused` where asking again is useless, `Unavailable` after several
    attempts. A client keeps its connections until `aclose()`; used without `async with` it works as well.
    """

    for_analysis = ForAnalysis["KnowledgeClient"]()

    async def upsert(self, doc: KnowledgeDocument, *, wait_s: int | None = None) -> Counts:
        """Store one document, replacing the one of the same id.

        `wait_s`: seconds to wait for its embedding. None leaves it to the server (5); with 0 the document
        is stored now and embedded later, and counts as `pending`.
        """
        return await self._carry_out(calls.upsert(doc, source=self.source, wait_s=wait_s, retry=self.retry))

    async def bulk_upsert(self, docs: Iterable[KnowledgeDocument], *, wait_s: int | None = None) -> Counts:
        """Store any number of documents, in pushes of at most 1000 documents and 30 MiB; the counts are their sum.

        Each push is stored whole or not at all. Where one is refused, those before it are stored:
        repeat the call once the named documents are mended. `wait_s` as in `upsert`, for each push.
        """
        return await self._carry_out(calls.bulk_upsert(docs, source=self.source, wait_s=wait_s, retry=self.retry))

    async def replace_source(
        self, docs: Iterable[KnowledgeDocument], *, source: str | None = None, wait_s: int | None = None
    ) -> Counts:
        """Make the documents the source's whole set: what they do not name is deleted, to the trash.

        A set that fits one push is replaced in one transaction. A larger one is stored part by part, and what
        none of them names is deleted at the end, all of it together. Either way a deletion that is too large to
        be made unasked waits for an admin and is counted as `held`. Raises Conflict where another replacement
        of the source begins meanwhile.
        """
        return await self._carry_out(
            calls.replace_source(docs, source=self.needed(source), wait_s=wait_s, retry=self.retry)
        )

    async def begin_replacement(self, *, source: str | None = None) -> str:
        """Begin to name the source's whole set in parts; the id of the replacement.

        For sets that are read as they are pushed; `replace_source` does all of it by itself. A newer replacement of the
        source ends it, and one that is not finished deletes nothing.
        """
        return await self._carry_out(calls.begin_replacement(source=self.needed(source), retry=self.retry))

    async def replace_part(
        self,
        docs: Iterable[KnowledgeDocument],
        replacement: str,
        *,
        source: str | None = None,
        wait_s: int | None = None,
    ) -> Counts:
        """Store documents as a part of the set. A push that is refused may be made again. Raises Conflict where
        another replacement has begun meanwhile."""
        return await self._carry_out(
            calls.replace_part(docs, replacement, source=self.needed(source), wait_s=wait_s, retry=self.retry)
        )

    async def finish_replacement(self, replacement: str, *, source: str | None = None) -> Counts:
        """That was all: what no part named is `deleted`, or `held` where that is too much to be done unasked."""
        return await self._carry_out(
            calls.finish_replacement(replacement, source=self.needed(source), retry=self.retry)
        )

    async def delete(self, doc_id: str, *, source: str | None = None) -> None:
        """Delete one document, to the trash. Raises NotFound, or Conflict where several sources use the id."""
        await self._carry_out(calls.delete(doc_id, source=self.own(source), retry=self.retry))

    async def delete_many(
        self, doc_ids: Iterable[str] | None = None, *, filter: Filter | None = None, source: str | None = None
    ) -> int:
        """Delete the documents of these ids, those that a filter holds for, or those of the ids that it holds for.

        Of one source: the key's own or the one that is named. They go to the trash, by calls of 1000 each; how many
        went. What is not there is no error. Raises ValueError where neither is given.
        """
        ids = None if doc_ids is None else list(doc_ids)
        return await self._carry_out(calls.delete_many(ids, filter=filter, source=self.own(source), retry=self.retry))

    async def get(self, doc_id: str, *, source: str | None = None) -> KnowledgeDocument:
        """One document. Raises NotFound, or Conflict where several sources use the id."""
        return await self._carry_out(calls.get(doc_id, source=self.own(source), retry=self.retry))

    async def get_many(
        self, doc_ids: Iterable[str], *, source: str | None = None, include_vectors: bool = False
    ) -> Documents:
        """Those of the documents that are there, in the order of their ids, by calls of 1000 each.

        Where several sources use an id, each of theirs. `include_vectors`: with the vectors that they are found by, and
        the model of these; pushed again with them, a document is one that brings its own.
        """
        return await self._carry_out(
            calls.get_many(list(doc_ids), source=self.own(source), include_vectors=include_vectors, retry=self.retry)
        )

    async def list(
        self,
        *,
        tags: str | None = None,
        source: str | None = None,
        q: str | None = None,
        filter: Filter | None = None,
        page_size: int = 100,
        order: Order | None = None,
    ) -> AsyncIterator[KnowledgeDocument]:
        """All documents, page after page as they are read: `async for doc in client.list(tags="policy")`.

        `tags` is a tag expression, `q` words to be found in the text, `filter` as in `query`. Newest first; a document
        that changes meanwhile is then missed, as it is the newest again. In the order "id", by source and id, nothing
        moves.
        """
        cursor: str | None = None
        while True:
            page = await self._carry_out(
                calls.list_page(
                    tags=tags,
                    source=source,
                    q=q,
                    filter=filter,
                    order=order,
                    cursor=cursor,
                    limit=page_size,
                    retry=self.retry,
                )
            )
            for document in page.documents:
                yield document
            if (cursor := page.next) is None:
                return

    async def query(
        self,
        text: str = "",
        *,
        tags: str | None = None,
        filter: Filter | None = None,
        vector: Sequence[float] | None = None,
        top_k: int = 5,
        min_score: float = 0.0,
        strategy: Strategy = "similarity",
        source: str | None = None,
        mode: Mode = "semantic",
        exclude_tags: Sequence[str] = (),
        exclude_flags: bool = False,
        language: str = "",
        rerank: bool | None = None,
    ) -> Hits:
        """The documents closest in meaning to a text, best first, each with its `score` from 0 to 1.

        `tags`: a tag expression, `employee+executive|director`: `+` is and, `|` is or, and `+` binds tighter.
        `filter`: what metadata and own fields have to say, `{"key": "metadata.year", "op": "gte", "value": 2020}`,
        joined by `and`, `or` and `not`.
        `vector` is the question's own, of the server's embedding model; by meaning alone it needs no text beside it.
        `top_k` 1 to 1000, `min_score` 0 to 1, both within the client's retrieval limits.
        `strategy`: `diverse` prefers hits that differ from each other. `mode`: by meaning, by words (BM25), or by both.
        Documents with any of `exclude_tags` are left out; with `exclude_flags` all that the server flagged as perhaps
        meant for a model (tags `flag:…`).
        `language`: words count as of this one alone, such as `german`; without it, as of each that is in use.
        `rerank`: whether a model reads the first hits again and puts them in order, where the server has one; without
        it, as the key's stage says. `reranked` of the answer says whether it did.
        `pending` of the answer says how much was stored so lately that meaning cannot find it yet.
        """
        options: dict[str, Any] = {"strategy": strategy, "source": source, "mode": mode, "language": language}
        options |= {} if rerank is None else {"rerank": rerank}
        options |= {"filter": filter, "vector": None if vector is None else list(map(float, vector))}
        excluded = {"exclude_tags": list(exclude_tags), "exclude_flags": exclude_flags}
        question = self.question(text, tags=tags, top_k=top_k, min_score=min_score, **options, **excluded)
        return await self._carry_out(calls.query(question, retry=self.retry))

    async def fetch(
        self,
        tags: str | None = None,
        text: str | None = None,
        top_k: int = 5,
        min_score: float = 0.0,
        strategy: Strategy = "similarity",
    ) -> Hits:
        """`query` under the name and with the order of arguments that programs written for SPOT use."""
        return await self.query(text or "", tags=tags, top_k=top_k, min_score=min_score, strategy=strategy)


class SyncKnowledgeClient(BlockingSummaries):
    """`KnowledgeClient` for programs without an event loop: the same verbs, arguments and errors, blocking."""

    for_analysis = ForAnalysis["SyncKnowledgeClient"]()

    def upsert(self, doc: KnowledgeDocument, *, wait_s: int | None = None) -> Counts:
        return self._carry_out(calls.upsert(doc, source=self.source, wait_s=wait_s, retry=self.retry))

    def bulk_upsert(self, docs: Iterable[KnowledgeDocument], *, wait_s: int | None = None) -> Counts:
        return self._carry_out(calls.bulk_upsert(docs, source=self.source, wait_s=wait_s, retry=self.retry))

    def replace_source(
        self, docs: Iterable[KnowledgeDocument], *, source: str | None = None, wait_s: int | None = None
    ) -> Counts:
        return self._carry_out(calls.replace_source(docs, source=self.needed(source), wait_s=wait_s, retry=self.retry))

    def begin_replacement(self, *, source: str | None = None) -> str:
        return self._carry_out(calls.begin_replacement(source=self.needed(source), retry=self.retry))

    def replace_part(
        self,
        docs: Iterable[KnowledgeDocument],
        replacement: str,
        *,
        source: str | None = None,
        wait_s: int | None = None,
    ) -> Counts:
        return self._carry_out(
            calls.replace_part(docs, replacement, source=self.needed(source), wait_s=wait_s, retry=self.retry)
        )

    def finish_replacement(self, replacement: str, *, source: str | None = None) -> Counts:
        return self._carry_out(calls.finish_replacement(replacement, source=self.needed(source), retry=self.retry))

    def delete(self, doc_id: str, *, source: str | None = None) -> None:
        self._carry_out(calls.delete(doc_id, source=self.own(source), retry=self.retry))

    def delete_many(
        self, doc_ids: Iterable[str] | None = None, *, filter: Filter | None = None, source: str | None = None
    ) -> int:
        ids = None if doc_ids is None else list(doc_ids)
        return self._carry_out(calls.delete_many(ids, filter=filter, source=self.own(source), retry=self.retry))

    def get(self, doc_id: str, *, source: str | None = None) -> KnowledgeDocument:
        return self._carry_out(calls.get(doc_id, source=self.own(source), retry=self.retry))

    def get_many(
        self, doc_ids: Iterable[str], *, source: str | None = None, include_vectors: bool = False
    ) -> Documents:
        return self._carry_out(
            calls.get_many(list(doc_ids), source=self.own(source), include_vectors=include_vectors, retry=self.retry)
        )

    def list(
        self,
        *,
        tags: str | None = None,
        source: str | None = None,
        q: str | None = None,
        filter: Filter | None = None,
        page_size: int = 100,
        order: Order | None = None,
    ) -> Iterator[KnowledgeDocument]:
        cursor: str | None = None
        while True:
            page = self._carry_out(
                calls.list_page(
                    tags=tags,
                    source=source,
                    q=q,
                    filter=filter,
                    order=order,
                    cursor=cursor,
                    limit=page_size,
                    retry=self.retry,
                )
            )
            yield from page.documents
            if (cursor := page.next) is None:
                return

    def query(
        self,
        text: str = "",
        *,
        tags: str | None = None,
        filter: Filter | None = None,
        vector: Sequence[float] | None = None,
        top_k: int = 5,
        min_score: float = 0.0,
        strategy: Strategy = "similarity",
        source: str | None = None,
        mode: Mode = "semantic",
        exclude_tags: Sequence[str] = (),
        exclude_flags: bool = False,
        language: str = "",
        rerank: bool | None = None,
    ) -> Hits:
        options: dict[str, Any] = {"strategy": strategy, "source": source, "mode": mode, "language": language}
        options |= {} if rerank is None else {"rerank": rerank}
        options |= {"filter": filter, "vector": None if vector is None else list(map(float, vector))}
        excluded = {"exclude_tags": list(exclude_tags), "exclude_flags": exclude_flags}
        question = self.question(text, tags=tags, top_k=top_k, min_score=min_score, **options, **excluded)
        return self._carry_out(calls.query(question, retry=self.retry))

    def fetch(
        self,
        tags: str | None = None,
        text: str | None = None,
        top_k: int = 5,
        min_score: float = 0.0,
        strategy: Strategy = "similarity",
    ) -> Hits:
        return self.query(text or "", tags=tags, top_k=top_k, min_score=min_score, strategy=strategy)

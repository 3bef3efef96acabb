"""A source of Larder as a vector store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore
from larder_sdk import Clients, KnowledgeDocument
from pydantic import SecretStr

from langchain_larder.documents import Ids, Metadatas, Vectors, langchain_document, larder_documents
from langchain_larder.filters import larder_filter

SOURCE = "langchain"
Scored = list[tuple[Document, float]]


class LarderVectorStore(VectorStore):
    """One source of a Larder, which embeds what comes in and what is asked.

        store = LarderVectorStore("http://127.0.0.1:8000", key, source="handbook")
        store.add_texts(["Flights are booked two weeks in advance."], [{"year": 2026}])
        store.similarity_search("when do I book?", filter={"year": {"$gte": 2020}})

    Searches take `filter` and, beside it, what Larder's clients take in a query: `tags` (an expression), `mode`
    (`semantic`, `keyword`, `hybrid`), `min_score`, `exclude_tags`, `exclude_flags`, `language`; and `passages=True` for
    the passage that the question met best in place of the whole document. Scores are Larder's, from 0 to 1.

    With an `embedding` texts and questions are embedded here. It has to be Larder's own model: other dimensions are
    refused, and so is another name where `embedding_model` says one.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | SecretStr | None = None,
        *,
        source: str = SOURCE,
        tags: Sequence[str] = (),
        embedding: Embeddings | None = None,
        embedding_model: str = "",
        **clients: Any,
    ) -> None:
        """`url` and `api_key` of a provider of this source, or of an admin; else LARDER_URL and LARDER_KEY.

        `tags` are given to every document that is added. `clients` are further arguments of `larder_sdk.Clients`.
        """
        self.source = source
        self._tags = tuple(tags)
        self._embedding, self._model = embedding, embedding_model
        self.clients = Clients(url, api_key, source=source, **clients)

    @property
    def embeddings(self) -> Embeddings | None:
        return self._embedding

    # -- what is stored ------------------------------------------------------------------------------

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: Metadatas = None,
        *,
        ids: Ids = None,
        tags: Sequence[str] = (),
        wait_s: int | None = None,
        **options: Any,
    ) -> list[str]:
        """Store the texts, those of the same id anew; their ids. Of 1,000 all or none, whatever the `batch_size`.

        `tags` are theirs beside the store's. `wait_s`: seconds to wait for their vectors (5); what has none by then is
        found by its words at once, and by meaning soon.
        """
        _refuse(options, but=("batch_size",))
        contents = [*texts]
        documents = self._documents(contents, metadatas, ids, self._vectors(contents), tags)
        self.clients.blocking.bulk_upsert(documents, wait_s=wait_s)
        return [document.id for document in documents]

    async def aadd_texts(
        self,
        texts: Iterable[str],
        metadatas: Metadatas = None,
        *,
        ids: Ids = None,
        tags: Sequence[str] = (),
        wait_s: int | None = None,
        **options: Any,
    ) -> list[str]:
        _refuse(options, but=("batch_size",))
        contents = [*texts]
        documents = self._documents(contents, metadatas, ids, await self._avectors(contents), tags)
        await self.clients.awaited.bulk_upsert(documents, wait_s=wait_s)
        return [document.id for document in documents]

    def delete(self, ids: Sequence[str] | None = None, *, filter: Any = None, **unknown: Any) -> bool:
        """Delete what is named by ids, by a filter, or by both; with neither all of the source. To the trash."""
        self.clients.blocking.delete_many(ids, filter=self._doomed(ids, filter, **unknown), source=self.source)
        return True

    async def adelete(self, ids: Sequence[str] | None = None, *, filter: Any = None, **unknown: Any) -> bool:
        await self.clients.awaited.delete_many(ids, filter=self._doomed(ids, filter, **unknown), source=self.source)
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """Those that are there, in the order of the ids."""
        return [langchain_document(each) for each in self.clients.blocking.get_many(ids, source=self.source)]

    async def aget_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        return [langchain_document(each) for each in await self.clients.awaited.get_many(ids, source=self.source)]

    # -- what is found -------------------------------------------------------------------------------

    def similarity_search_with_score(self, query: str, k: int = 4, *, passages: bool = False, **options: Any) -> Scored:
        if self._embedding is not None and _needs_vector(options):
            options["vector"] = self._embedding.embed_query(query)
        return _scored(self.clients.blocking.query(**self._asked(query, k, **options)), passages)

    async def asimilarity_search_with_score(
        self, query: str, k: int = 4, *, passages: bool = False, **options: Any
    ) -> Scored:
        if self._embedding is not None and _needs_vector(options):
            options["vector"] = await self._embedding.aembed_query(query)
        return _scored(await self.clients.awaited.query(**self._asked(query, k, **options)), passages)

    def similarity_search(self, query: str, k: int = 4, **options: Any) -> list[Document]:
        return _documents(self.similarity_search_with_score(query, k, **options))

    async def asimilarity_search(self, query: str, k: int = 4, **options: Any) -> list[Document]:
        return _documents(await self.asimilarity_search_with_score(query, k, **options))

    def similarity_search_with_relevance_scores(
        self, query: str, k: int = 4, *, score_threshold: float | None = None, **options: Any
    ) -> Scored:
        """Larder leaves out what is below the threshold."""
        return self.similarity_search_with_score(query, k, min_score=score_threshold or 0.0, **options)

    async def asimilarity_search_with_relevance_scores(
        self, query: str, k: int = 4, *, score_threshold: float | None = None, **options: Any
    ) -> Scored:
        return await self.asimilarity_search_with_score(query, k, min_score=score_threshold or 0.0, **options)

    def similarity_search_by_vector(self, embedding: list[float], k: int = 4, **options: Any) -> list[Document]:
        """`embedding` is of the model that Larder has; it refuses another number of dimensions."""
        return self.similarity_search("", k, vector=embedding, **options)

    async def asimilarity_search_by_vector(self, embedding: list[float], k: int = 4, **options: Any) -> list[Document]:
        return await self.asimilarity_search("", k, vector=embedding, **options)

    def max_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **options: Any
    ) -> list[Document]:
        """Larder weighs likeness and novelty alike and chooses by itself how many it looks at, whatever `fetch_k`.

        Raises ValueError for another `lambda_mult` than 0.5.
        """
        return self.similarity_search(query, k, strategy=_diverse(lambda_mult), **options)

    async def amax_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **options: Any
    ) -> list[Document]:
        return await self.asimilarity_search(query, k, strategy=_diverse(lambda_mult), **options)

    def max_marginal_relevance_search_by_vector(
        self, embedding: list[float], k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **options: Any
    ) -> list[Document]:
        return self.similarity_search("", k, vector=embedding, strategy=_diverse(lambda_mult), **options)

    async def amax_marginal_relevance_search_by_vector(
        self, embedding: list[float], k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **options: Any
    ) -> list[Document]:
        return await self.asimilarity_search("", k, vector=embedding, strategy=_diverse(lambda_mult), **options)

    # -- made with documents -------------------------------------------------------------------------

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings | None = None,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **options: Any,
    ) -> Self:
        """A store with these texts. `options` are those of the constructor."""
        store = cls(embedding=embedding, **options)
        store.add_texts(texts, metadatas, ids=ids)
        return store

    @classmethod
    async def afrom_texts(
        cls,
        texts: list[str],
        embedding: Embeddings | None = None,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **options: Any,
    ) -> Self:
        store = cls(embedding=embedding, **options)
        await store.aadd_texts(texts, metadatas, ids=ids)
        return store

    # -- what is sent --------------------------------------------------------------------------------

    def larder_documents(self, documents: Sequence[Document]) -> list[KnowledgeDocument]:
        """The documents as they are pushed."""
        texts, metadatas, ids = _parts_of(documents)
        return self._documents(texts, metadatas, ids, self._vectors(texts))

    async def alarder_documents(self, documents: Sequence[Document]) -> list[KnowledgeDocument]:
        texts, metadatas, ids = _parts_of(documents)
        return self._documents(texts, metadatas, ids, await self._avectors(texts))

    def _vectors(self, texts: list[str]) -> Vectors:
        return None if self._embedding is None else self._embedding.embed_documents(texts)

    async def _avectors(self, texts: list[str]) -> Vectors:
        return None if self._embedding is None else await self._embedding.aembed_documents(texts)

    def _documents(
        self, texts: list[str], metadatas: Metadatas, ids: Ids, vectors: Vectors, tags: Sequence[str] = ()
    ) -> list[KnowledgeDocument]:
        model = "" if vectors is None else self._model
        return larder_documents(texts, metadatas, ids, vectors, tags=[*self._tags, *tags], embedding_model=model)

    def _asked(self, query: str, k: int, *, filter: Any = None, **options: Any) -> dict[str, Any]:
        return {"text": query, "top_k": k, "filter": larder_filter(filter), "source": self.source, **options}

    def _doomed(self, ids: Sequence[str] | None, filter: Any, **unknown: Any) -> dict[str, Any] | None:
        """A slip of the pen must not mean everything."""
        _refuse(unknown)
        if filter is not None and not filter:
            raise ValueError("A filter that says nothing would delete everything; leave it away if you mean that")
        everything = {"key": "source", "op": "eq", "value": self.source}
        return larder_filter(filter) or (everything if ids is None else None)


def _refuse(options: dict[str, Any], *, but: Sequence[str] = ()) -> None:
    if unknown := options.keys() - {*but}:
        raise TypeError(f"Larder's store has no argument {', '.join(sorted(unknown))}")


def _parts_of(documents: Sequence[Document]) -> tuple[list[str], list[dict[str, Any]], list[str | None]]:
    contents = [each.page_content for each in documents]
    return contents, [each.metadata for each in documents], [each.id for each in documents]


def _needs_vector(options: dict[str, Any]) -> bool:
    return "vector" not in options and options.get("mode") != "keyword"


def _scored(hits: Iterable[KnowledgeDocument], passages: bool) -> Scored:
    return [(langchain_document(hit, passages=passages), hit.score or 0.0) for hit in hits]


def _documents(scored: Scored) -> list[Document]:
    return [document for document, _ in scored]


def _diverse(lambda_mult: float) -> str:
    if lambda_mult != 0.5:
        raise ValueError(f"Larder weighs likeness and novelty alike: lambda_mult is 0.5, not {lambda_mult!r}")
    return "diverse"

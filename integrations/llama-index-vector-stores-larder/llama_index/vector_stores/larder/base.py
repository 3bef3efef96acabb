"""A source of Larder as a vector store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from larder_sdk import Clients, Hits, KnowledgeDocument, SyncKnowledgeClient
from llama_index.core.bridge.pydantic import PrivateAttr, SecretStr
from llama_index.core.schema import BaseNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryResult,
)
from llama_index.vector_stores.larder.filters import Filter, joined, larder_filter
from llama_index.vector_stores.larder.nodes import OF_DOCUMENT, larder_document, node_of
from llama_index.vector_stores.larder.queries import larder_query

SOURCE = "llama-index"
IDS_AT_ONCE = 50
"""In a list's query string, where an id may have 512 characters."""


class LarderVectorStore(BasePydanticVectorStore):
    """One source of a Larder; each node is a document.

        store = LarderVectorStore(url="http://127.0.0.1:8000", api_key=key, source="handbook")
        store.add([TextNode(text="Flights are booked two weeks in advance.")])
        store.query(VectorStoreQuery(query_str="when do I book?", similarity_top_k=3))

    A node with a vector is found by it, which Larder's own model has to have made; any other is embedded by Larder, and
    so is a query without one. An index embeds on this side unless its `embed_model` is a `LarderEmbedding`.
    """

    stores_text: bool = True
    url: str | None = None
    source: str = SOURCE
    tags: list[str] = []
    embedding_model: str = ""

    _clients: Clients = PrivateAttr()

    def __init__(
        self, *, api_key: str | SecretStr | None = None, clients: Clients | None = None, **fields: Any
    ) -> None:
        """`url` and the `api_key` of a provider of this `source`, or of an admin; else LARDER_URL and LARDER_KEY.

        `tags` are given to every node that is added. `embedding_model`: whose the nodes' vectors are; refused where
        Larder has another. `clients` are used in place of those that would be made.
        """
        super().__init__(**fields)
        self._clients = clients or Clients(self.url, api_key, source=self.source)

    @classmethod
    def class_name(cls) -> str:
        return "LarderVectorStore"

    @property
    def client(self) -> SyncKnowledgeClient:
        return self._clients.blocking

    # -- what is stored ------------------------------------------------------------------------------

    def add(self, nodes: Sequence[BaseNode], *, wait_s: int | None = None, **_: Any) -> list[str]:
        """Store the nodes, those of the same id anew; their ids. Of 1,000 all or none.

        `wait_s`: seconds to wait for vectors that Larder makes (5); a node that has none by then is found by its words
        at once, and by meaning soon.
        """
        self.client.bulk_upsert(self._documents(nodes), wait_s=wait_s)
        return [node.node_id for node in nodes]

    async def async_add(self, nodes: Sequence[BaseNode], *, wait_s: int | None = None, **_: Any) -> list[str]:
        await self._clients.awaited.bulk_upsert(self._documents(nodes), wait_s=wait_s)
        return [node.node_id for node in nodes]

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        """Delete the nodes of this document, to the trash."""
        self.client.delete_many(filter=_of(ref_doc_id), source=self.source)

    async def adelete(self, ref_doc_id: str, **_: Any) -> None:
        await self._clients.awaited.delete_many(filter=_of(ref_doc_id), source=self.source)

    def delete_nodes(self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **_: Any) -> None:
        """Delete the nodes of these ids, those that the filters hold for, or those of the ids that they hold for.

        Raises ValueError where neither says anything: `clear` deletes everything.
        """
        self.client.delete_many(node_ids, filter=larder_filter(filters), source=self.source)

    async def adelete_nodes(
        self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **_: Any
    ) -> None:
        await self._clients.awaited.delete_many(node_ids, filter=larder_filter(filters), source=self.source)

    def clear(self) -> None:
        """Delete the source's documents, to the trash."""
        self.client.delete_many(filter=self._everything, source=self.source)

    async def aclear(self) -> None:
        await self._clients.awaited.delete_many(filter=self._everything, source=self.source)

    # -- what is found -------------------------------------------------------------------------------

    def get_nodes(self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None) -> list[BaseNode]:
        """The nodes of these ids in their order, or those that the filters hold for; with neither all."""
        if node_ids is not None and larder_filter(filters) is None:
            return [node_of(each) for each in self.client.get_many(node_ids, source=self.source)]
        return [node_of(each) for asked in self._lists(node_ids, filters) for each in self.client.list(**asked)]

    async def aget_nodes(
        self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None
    ) -> list[BaseNode]:
        larder = self._clients.awaited
        if node_ids is not None and larder_filter(filters) is None:
            return [node_of(each) for each in await larder.get_many(node_ids, source=self.source)]
        return [node_of(each) for asked in self._lists(node_ids, filters) async for each in larder.list(**asked)]

    def query(self, query: VectorStoreQuery, **options: Any) -> VectorStoreQueryResult:
        """The nodes that answer best, with scores from 0 to 1.

        `options`, such as `tags`, `min_score`, `exclude_flags` or `language`, are those of a query of Larder.
        """
        return _result(self.client.query(**larder_query(query, **options), source=self.source))

    async def aquery(self, query: VectorStoreQuery, **options: Any) -> VectorStoreQueryResult:
        return _result(await self._clients.awaited.query(**larder_query(query, **options), source=self.source))

    # -- what is sent --------------------------------------------------------------------------------

    @property
    def _everything(self) -> Filter:
        return {"key": "source", "op": "eq", "value": self.source}

    def _documents(self, nodes: Sequence[BaseNode]) -> list[KnowledgeDocument]:
        return [larder_document(node, tags=self.tags, embedding_model=self.embedding_model) for node in nodes]

    def _lists(self, node_ids: list[str] | None, filters: MetadataFilters | None) -> Iterator[dict[str, Any]]:
        """The arguments of lists that together hold what is meant."""
        wanted = larder_filter(filters)
        asked = {"source": self.source, "order": "id", "page_size": 500}
        if node_ids is None or wanted is None:
            yield {**asked, "filter": wanted}
            return
        for at in range(0, len(node_ids), IDS_AT_ONCE):
            named = {"key": "id", "op": "in", "value": node_ids[at : at + IDS_AT_ONCE]}
            yield {**asked, "filter": joined("and", [named, wanted])}


def _of(ref_doc_id: str) -> Filter:
    return {"key": OF_DOCUMENT, "op": "eq", "value": ref_doc_id}


def _result(hits: Hits) -> VectorStoreQueryResult:
    return VectorStoreQueryResult(
        nodes=[node_of(hit) for hit in hits],
        similarities=[hit.score or 0.0 for hit in hits],
        ids=[hit.id for hit in hits],
    )

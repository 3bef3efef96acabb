"""Retrievers of a LarderDocumentStore, one for each of Larder's modes. Scores, 0 to 1, compare within one mode."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from haystack import Document, component, default_from_dict, default_to_dict
from haystack.document_stores.types import FilterPolicy, apply_filter_policy
from haystack_integrations.document_stores.larder import LarderDocumentStore

Mode = Literal["semantic", "keyword", "hybrid"]
Strategy = Literal["similarity", "diverse"]


class _Retriever:
    """What they have in common: how they are made, and what they ask."""

    mode: ClassVar[Mode]

    def __init__(
        self,
        document_store: LarderDocumentStore,
        *,
        filters: dict[str, Any] | None = None,
        top_k: int = 10,
        min_score: float = 0.0,
        strategy: Strategy = "similarity",
        passages: bool = False,
        exclude_flags: bool = False,
        filter_policy: FilterPolicy = FilterPolicy.REPLACE,
    ) -> None:
        """`top_k` 1 to 1000, `min_score` 0 to 1. `strategy`: `diverse` prefers hits that differ from each other.

        `passages`: the content of a hit is its best passage, not the whole of a long document.
        `exclude_flags` leaves out what Larder flagged as perhaps meant for a model.
        """
        if not isinstance(document_store, LarderDocumentStore):
            raise TypeError(f"document_store is no LarderDocumentStore but {type(document_store).__name__}.")
        self.document_store = document_store
        self.filters = filters
        self.top_k = top_k
        self.min_score = min_score
        self.strategy = strategy
        self.passages = passages
        self.exclude_flags = exclude_flags
        self.filter_policy = filter_policy

    def to_dict(self) -> dict[str, Any]:
        told = {name: value for name, value in vars(self).items() if name in NAMES}
        return default_to_dict(self, **told | {"filter_policy": self.filter_policy.value})

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Any:
        given = dict(data["init_parameters"])
        if isinstance(given.get("document_store"), dict):
            given["document_store"] = LarderDocumentStore.from_dict(given["document_store"])
        if isinstance(given.get("filter_policy"), str):
            given["filter_policy"] = FilterPolicy.from_str(given["filter_policy"])
        return default_from_dict(cls, data | {"init_parameters": given})

    def _asked(
        self, filters: dict[str, Any] | None, top_k: int | None, vector: list[float] | None = None
    ) -> dict[str, Any]:
        return {
            "filters": apply_filter_policy(self.filter_policy, self.filters, filters),
            "passages": self.passages,
            "mode": self.mode,
            "top_k": self.top_k if top_k is None else top_k,
            "min_score": self.min_score,
            "strategy": self.strategy,
            "exclude_flags": self.exclude_flags,
            "vector": vector,
        }


NAMES = (
    "document_store",
    "filters",
    "top_k",
    "min_score",
    "strategy",
    "passages",
    "exclude_flags",
)


@component
class LarderEmbeddingRetriever(_Retriever):
    """By meaning. Larder embeds the query; an embedding of its own model may be given instead."""

    mode = "semantic"

    @component.output_types(documents=list[Document])
    def run(
        self,
        query: str = "",
        query_embedding: list[float] | None = None,
        filters: dict[str, Any] | None = None,
        top_k: int | None = None,
    ) -> dict[str, list[Document]]:
        """Raises ValueError where neither a query nor its embedding is given."""
        return {"documents": self.document_store.query(query, **self._asked(filters, top_k, query_embedding))}

    @component.output_types(documents=list[Document])
    async def run_async(
        self,
        query: str = "",
        query_embedding: list[float] | None = None,
        filters: dict[str, Any] | None = None,
        top_k: int | None = None,
    ) -> dict[str, list[Document]]:
        asked = self._asked(filters, top_k, query_embedding)
        return {"documents": await self.document_store.query_async(query, **asked)}


@component
class LarderKeywordRetriever(_Retriever):
    """By words (BM25), whatever their endings; `"words in quotes"` have to stand side by side."""

    mode = "keyword"

    @component.output_types(documents=list[Document])
    def run(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, list[Document]]:
        return {"documents": self.document_store.query(query, **self._asked(filters, top_k))}

    @component.output_types(documents=list[Document])
    async def run_async(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, list[Document]]:
        return {"documents": await self.document_store.query_async(query, **self._asked(filters, top_k))}


@component
class LarderHybridRetriever(_Retriever):
    """By meaning and by words at once, joined by Larder (reciprocal rank fusion)."""

    mode = "hybrid"

    @component.output_types(documents=list[Document])
    def run(
        self,
        query: str,
        query_embedding: list[float] | None = None,
        filters: dict[str, Any] | None = None,
        top_k: int | None = None,
    ) -> dict[str, list[Document]]:
        return {"documents": self.document_store.query(query, **self._asked(filters, top_k, query_embedding))}

    @component.output_types(documents=list[Document])
    async def run_async(
        self,
        query: str,
        query_embedding: list[float] | None = None,
        filters: dict[str, Any] | None = None,
        top_k: int | None = None,
    ) -> dict[str, list[Document]]:
        asked = self._asked(filters, top_k, query_embedding)
        return {"documents": await self.document_store.query_async(query, **asked)}

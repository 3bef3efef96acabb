"""A store called blocking or awaited, by one test."""

from __future__ import annotations

from typing import Any

from llama_index.core.vector_stores.types import VectorStoreQuery, VectorStoreQueryResult
from llama_index.vector_stores.larder import LarderVectorStore

AWAITED = {"add": "async_add"}
"""The others are `a` and the name."""


class Called:
    """`await called.add(nodes)` is `store.add(nodes)`, or `await store.async_add(nodes)`."""

    def __init__(self, store: LarderVectorStore, *, awaited: bool) -> None:
        self.store, self.awaited = store, awaited

    def __getattr__(self, verb: str) -> Any:
        async def call(*arguments: Any, **options: Any) -> Any:
            if not self.awaited:
                return getattr(self.store, verb)(*arguments, **options)
            return await getattr(self.store, AWAITED.get(verb, f"a{verb}"))(*arguments, **options)

        return call

    async def ask(self, text: str = "", *, top_k: int = 10, **asked: Any) -> VectorStoreQueryResult:
        found = await self.query(VectorStoreQuery(query_str=text, similarity_top_k=top_k, **asked))
        assert isinstance(found, VectorStoreQueryResult)
        return found

    async def found(self, text: str = "", **asked: Any) -> list[str]:
        return (await self.ask(text, **asked)).ids or []


def axis(number: int, *, beside: float = 0.0) -> list[float]:
    """A vector as long as those of Larder's own model; `beside` leans it towards the next axis."""
    vector = [0.0] * 384
    vector[number], vector[number + 1] = 1.0, beside
    return vector

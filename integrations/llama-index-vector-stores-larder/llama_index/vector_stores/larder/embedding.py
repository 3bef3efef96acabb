"""What an index takes for an embedding model where Larder embeds."""

from __future__ import annotations

from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding, Embedding


class LarderEmbedding(BaseEmbedding):
    """Gives vectors without numbers, which `LarderVectorStore` leaves to Larder. For no other store.

    An index embeds whatever it is given before a store sees it, and cannot be told not to.
    """

    model_name: str = "larder"

    @classmethod
    def class_name(cls) -> str:
        return "LarderEmbedding"

    def _get_query_embedding(self, query: str) -> Embedding:
        return []

    async def _aget_query_embedding(self, query: str) -> Embedding:
        return []

    def _get_text_embedding(self, text: str) -> Embedding:
        return []

    def get_agg_embedding_from_queries(self, queries: list[str], agg_fn: Any = None) -> Embedding:
        return []

    async def aget_agg_embedding_from_queries(self, queries: list[str], agg_fn: Any = None) -> Embedding:
        return []

"""Retrievers of a LarderDocumentStore: by meaning, by words, by both."""

from haystack_integrations.components.retrievers.larder.retrievers import (
    LarderEmbeddingRetriever,
    LarderHybridRetriever,
    LarderKeywordRetriever,
)

__all__ = ["LarderEmbeddingRetriever", "LarderHybridRetriever", "LarderKeywordRetriever"]

"""Making and registering backends, where published adapters import it from: `knowledge_layer.factory`."""

from larder_sdk.knowledge_layer.registry import (
    get_active_ingestor,
    get_ingestor,
    get_retriever,
    register_ingestor,
    register_retriever,
    set_active_ingestor,
)
from larder_sdk.knowledge_layer.summaries import get_available_documents, register_summary, unregister_summary

__all__ = [
    "get_active_ingestor",
    "get_available_documents",
    "get_ingestor",
    "get_retriever",
    "register_ingestor",
    "register_retriever",
    "register_summary",
    "set_active_ingestor",
    "unregister_summary",
]

"""Collections of files that agents ask, behind one contract that several backends can fill.

    retriever = get_retriever("larder", {"endpoint": "http://127.0.0.1:8000", "api_key": key})
    result = await retriever.retrieve("who signs off expenses?", "handbook", top_k=5)

Retrieving is awaited and never raises; taking files in blocks, and raises `larder_sdk.LarderError`. Whoever writes
another backend runs `larder_sdk.knowledge_layer.conformance` against it.
"""

from larder_sdk.knowledge_layer.backend import LarderIngestor, LarderRetriever
from larder_sdk.knowledge_layer.cleanup import TTLCleanupMixin
from larder_sdk.knowledge_layer.contract import BaseIngestor, BaseRetriever
from larder_sdk.knowledge_layer.registry import (
    get_active_ingestor,
    get_ingestor,
    get_retriever,
    register_ingestor,
    register_retriever,
    set_active_ingestor,
)
from larder_sdk.knowledge_layer.shapes import (
    Chunk,
    CollectionInfo,
    ContentType,
    DeletionResult,
    FailedDeletion,
    FileInfo,
    FileProgress,
    FileStatus,
    IngestionJobStatus,
    JobState,
    RetrievalResult,
)
from larder_sdk.knowledge_layer.summaries import (
    AvailableDocument,
    get_available_documents,
    register_summary,
    summarize,
    unregister_summary,
)

__all__ = [
    "AvailableDocument",
    "BaseIngestor",
    "BaseRetriever",
    "Chunk",
    "CollectionInfo",
    "ContentType",
    "DeletionResult",
    "FailedDeletion",
    "FileInfo",
    "FileProgress",
    "FileStatus",
    "IngestionJobStatus",
    "JobState",
    "LarderIngestor",
    "LarderRetriever",
    "RetrievalResult",
    "TTLCleanupMixin",
    "get_active_ingestor",
    "get_available_documents",
    "get_ingestor",
    "get_retriever",
    "register_ingestor",
    "register_retriever",
    "register_summary",
    "set_active_ingestor",
    "summarize",
    "unregister_summary",
]

"""The shapes of the contract, where published adapters import them from: `knowledge_layer.schema`."""

from larder_sdk.knowledge_layer.shapes import (
    Chunk,
    CollectionInfo,
    ContentType,
    FileInfo,
    FileProgress,
    FileStatus,
    IngestionJobStatus,
    JobState,
    RetrievalResult,
)

__all__ = [
    "Chunk",
    "CollectionInfo",
    "ContentType",
    "FileInfo",
    "FileProgress",
    "FileStatus",
    "IngestionJobStatus",
    "JobState",
    "RetrievalResult",
]

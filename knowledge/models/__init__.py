"""What the store holds. A renewal or a tag edit never touches a passage; a missing vector is the work list."""

from knowledge.models.counting import Count, CountDelta, GenerationStep, StoredCount
from knowledge.models.documents import Document, EmbeddingModel, FullTextRow, Passage
from knowledge.models.filter_keys import FilterKey
from knowledge.models.history import (
    Change,
    Counted,
    HeldDeletion,
    Replacement,
    RunCounts,
    ScanWalk,
    SeenKeys,
    SourceLanguage,
    SourcePolicy,
    WordsWalk,
)
from knowledge.models.outbox import ClusterChange, ClusterCollection, ClusterFeed

__all__ = [
    "Change",
    "ClusterChange",
    "ClusterCollection",
    "ClusterFeed",
    "Count",
    "CountDelta",
    "Counted",
    "Document",
    "EmbeddingModel",
    "FilterKey",
    "FullTextRow",
    "GenerationStep",
    "HeldDeletion",
    "Passage",
    "Replacement",
    "RunCounts",
    "ScanWalk",
    "SeenKeys",
    "SourceLanguage",
    "SourcePolicy",
    "StoredCount",
    "WordsWalk",
]

"""What the store holds. A renewal or a tag edit never touches a passage; a missing vector is the work list."""

from knowledge.models.counting import Advance, Count, Tally, TallyStep
from knowledge.models.documents import Document, EmbeddingModel, FullTextRow, Passage
from knowledge.models.history import Change, Counted, HeldDeletion, Replacement, RunCounts, Seen, SourcePolicy

__all__ = [
    "Advance",
    "Change",
    "Count",
    "Counted",
    "Document",
    "EmbeddingModel",
    "FullTextRow",
    "HeldDeletion",
    "Passage",
    "Replacement",
    "RunCounts",
    "Seen",
    "SourcePolicy",
    "Tally",
    "TallyStep",
]

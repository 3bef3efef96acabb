"""What the store holds. A renewal or a tag edit never touches a passage; a missing vector is the work list."""

from knowledge.models.counting import Advance, Count, Tally, TallyStep
from knowledge.models.documents import Document, EmbeddingModel, Passage, Wording
from knowledge.models.history import Change, Counted, HeldDeletion, Intake, Replacement, Seen, SourcePolicy

__all__ = [
    "Advance",
    "Change",
    "Count",
    "Counted",
    "Document",
    "EmbeddingModel",
    "HeldDeletion",
    "Intake",
    "Passage",
    "Replacement",
    "Seen",
    "SourcePolicy",
    "Tally",
    "TallyStep",
    "Wording",
]

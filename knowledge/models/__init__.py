"""What the store holds. A renewal or a tag edit never touches a passage; a missing vector is the work list."""

from knowledge.models.access import AccessKey, AuditEntry, Stage
from knowledge.models.counting import Advance, Count, Tally, TallyStep
from knowledge.models.documents import Document, EmbeddingModel, Passage, Wording
from knowledge.models.history import Change, Counted, HeldDeletion, Intake, Replacement, Seen, SourcePolicy
from knowledge.models.signing_in import Allowance

__all__ = [
    "AccessKey",
    "Advance",
    "Allowance",
    "AuditEntry",
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
    "Stage",
    "Tally",
    "TallyStep",
    "Wording",
]

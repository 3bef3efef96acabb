"""Larder for programs: providers push documents, analyzers ask for the few that matter."""

from larder.client import KnowledgeClient, SyncKnowledgeClient
from larder.documents import Counts, KnowledgeDocument, KnowledgeTag
from larder.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LarderError,
    NotFound,
    Refused,
    TooLarge,
    Unauthorized,
    Unavailable,
    Unexpected,
)
from larder.exchange import Retry
from larder.fake import FakeKnowledgeClient, SyncFakeKnowledgeClient
from larder.limits import RetrievalLimits
from larder.text import chunk_text, content_hash

__version__ = "0.1.0"

__all__ = [
    "Conflict",
    "Counts",
    "FakeKnowledgeClient",
    "Forbidden",
    "Invalid",
    "KnowledgeClient",
    "KnowledgeDocument",
    "KnowledgeTag",
    "LarderError",
    "NotFound",
    "Refused",
    "RetrievalLimits",
    "Retry",
    "SyncFakeKnowledgeClient",
    "SyncKnowledgeClient",
    "TooLarge",
    "Unauthorized",
    "Unavailable",
    "Unexpected",
    "chunk_text",
    "content_hash",
]

"""Larder for programs: providers push documents, analyzers ask for the few that matter."""

from larder_sdk.client import KnowledgeClient, SyncKnowledgeClient
from larder_sdk.documents import Counts, Hits, KnowledgeDocument, KnowledgeTag, OwnVector, Pending
from larder_sdk.errors import (
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
from larder_sdk.exchange import Retry
from larder_sdk.fake import FakeKnowledgeClient, SyncFakeKnowledgeClient
from larder_sdk.limits import RetrievalLimits
from larder_sdk.pair import Clients
from larder_sdk.text import chunk_text, content_hash

__version__ = "0.1.0"

__all__ = [
    "Clients",
    "Conflict",
    "Counts",
    "FakeKnowledgeClient",
    "Forbidden",
    "Hits",
    "Invalid",
    "KnowledgeClient",
    "KnowledgeDocument",
    "KnowledgeTag",
    "LarderError",
    "NotFound",
    "OwnVector",
    "Pending",
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

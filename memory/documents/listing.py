"""What a reader sees of a context's documents, and the published words for their states."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet

from ingestion.models import FileState
from ingestion.naming import read_uuid
from memory.errors import MemoryNotFound
from memory.models import Context, ContextFile

PREFIX = "document:"
READY, READING = "ready", "extracting_nodes"
WORDS = {
    FileState.QUEUED: "queued",
    FileState.EXTRACTING: "extracting",
    FileState.CHUNKING: "chunking",
    FileState.EMBEDDING: "embedding",
    FileState.INDEXING: "keywording",
    FileState.DONE: READY,
    FileState.FAILED: "failed",
}
STATES = {word: state for state, word in WORDS.items()}
MOST_ATTEMPTS = 5
"""Of a model to read a document; then it is ready without."""


@dataclass(frozen=True, kw_only=True)
class DocumentsPage:
    """`total`: of all pages."""

    documents: Sequence[ContextFile]
    total: int


def documents_of(context: Context) -> QuerySet[ContextFile]:
    """Whatever their scope; without texts.

    Expects: of a page file_of_collection, walked from its newest file.
    """
    found = ContextFile.objects.filter(context=context, file__collection=context.source)
    found = found.exclude(file__state=FileState.DELETED)
    return found.select_related("file", "context", "scope_set").defer("file__text", "file__parts")


def document_of(wire_id: str, documents: QuerySet[ContextFile]) -> ContextFile:
    """Raises MemoryNotFound."""
    found = documents.filter(pk=known).first() if (known := read_id(wire_id)) else None
    if found is None:
        raise MemoryNotFound("There is no such document.")
    return found


def read_id(wire_id: str) -> UUID | None:
    """With its prefix or without."""
    return read_uuid(wire_id.removeprefix(PREFIX))


def narrow(
    documents: QuerySet[ContextFile], *, status: str = "", mime_type: str = "", reads_nodes: bool
) -> QuerySet[ContextFile]:
    """`status`: published words in any case, parted by commas; an unknown one finds nothing. Empty: all."""
    if mime_type:
        documents = documents.filter(file__content_type=mime_type) if "\0" not in mime_type else documents.none()
    words = {each.strip().lower() for each in status.split(",")} - {""}
    return documents.filter(_in(words, reads_nodes=reads_nodes)) if words else documents


def page_of(documents: QuerySet[ContextFile], *, page: int, page_size: int) -> DocumentsPage:
    """Newest first; pages from 0."""
    first = page * page_size
    rows = documents.order_by("-file__created_at", "-file_id")[first : first + page_size]
    return DocumentsPage(documents=list(rows), total=documents.count())


def reads_nodes(context: Context) -> bool:
    """Whether a model reads facts from this context's documents once their passages are stored."""
    has_model = bool(settings.MEMORY_MODEL_URL and settings.MEMORY_FAST_MODEL)
    return has_model and context.use_models and not context.enforcement_blocked


def status_of(document: ContextFile, *, reads_nodes: bool) -> str:
    state = FileState(document.file.state)
    if state == FileState.DONE and reads_nodes and not _is_read(document):
        return READING
    return WORDS[state]


def count_statuses(documents: QuerySet[ContextFile], *, reads_nodes: bool) -> dict[str, int]:
    """Of every published word."""
    words = [*WORDS.values(), READING]
    return {word: documents.filter(_in({word}, reads_nodes=reads_nodes)).count() for word in words}


def _is_read(document: ContextFile) -> bool:
    return document.nodes_attempts >= MOST_ATTEMPTS or (
        document.nodes_hash is not None and bytes(document.nodes_hash) == document.file.indexed_sha256
    )


UNREAD = Q(nodes_attempts__lt=MOST_ATTEMPTS) & (Q(nodes_hash=None) | ~Q(nodes_hash=F("file__indexed_hash")))


def _in(words: Set[str], *, reads_nodes: bool) -> Q:
    found = Q(file__state__in=[STATES[word] for word in words & STATES.keys() - {READY}])
    done: dict[str, Any] = {"file__state": FileState.DONE}
    if READY in words:
        found |= Q(~UNREAD, **done) if reads_nodes else Q(**done)
    if READING in words and reads_nodes:
        found |= Q(UNREAD, **done)
    return found

"""The passages of a context's documents that answer a question."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ingestion.models import Chunk
from ingestion.naming import read_uuid
from knowledge.search import Hit, Mode, Query, ask
from knowledge.tagexpr import TagExpression
from memory.documents.submitting import PASSAGE, file_tag, mime_tag
from memory.models import ContextFile

MODES = {
    "vector": Mode.SEMANTIC,
    "bm25": Mode.KEYWORD,
    "hybrid": Mode.HYBRID,
    "hybrid_graph": Mode.HYBRID,
}
NO_DOCUMENT = "file:none"


@dataclass(frozen=True, kw_only=True)
class DocumentsQuery:
    """`visible`: what the reader may see, None for all. `file_ids` None: of any document."""

    text: str
    source: str
    visible: TagExpression | None
    mode: Mode = Mode.HYBRID
    k: int = 10
    threshold: float = 0.0
    file_ids: Collection[UUID] | None = None
    mime_type: str = ""


@dataclass(frozen=True, kw_only=True)
class PassageHit:
    """A chunk, its document, and how well it answers: 0 to 1."""

    score: float
    chunk: Chunk
    document: ContextFile


def search_documents(query: DocumentsQuery, *, now: datetime) -> Sequence[PassageHit]:
    """Best first. While no embedder answers, by words alone, unless meaning alone was asked for.

    Raises QueryInvalid, EmbeddingRefused, EmbedderUnavailable.
    """
    asked = Query(
        text=query.text,
        tags=_narrowed(query),
        top_k=query.k,
        min_score=query.threshold,
        source=query.source,
        mode=query.mode,
        obeys_quotes=False,
    )
    return _with_chunks(ask(asked, now=now).hits)


def _narrowed(query: DocumentsQuery) -> TagExpression:
    """Every branch of what is visible, of passages only, and of each file that was named."""
    seen = query.visible.branches if query.visible is not None else ((),)
    named = [NO_DOCUMENT] if query.file_ids is not None else [""]
    named = [file_tag(each) for each in query.file_ids or ()] or named
    mime = mime_tag(query.mime_type) if query.mime_type else ""
    rest = [tuple(filter(None, (PASSAGE, mime, name))) for name in named]
    return TagExpression(tuple((*branch, *tags) for branch in seen for tags in rest))


def _with_chunks(hits: Sequence[Hit]) -> Sequence[PassageHit]:
    places = [_place(hit) for hit in hits]
    chunks = Chunk.objects.filter(file__in={file for file, _ in places}, index__in={index for _, index in places})
    known = {(chunk.file_id, chunk.index): chunk for chunk in chunks.select_related("file")}
    documents = ContextFile.objects.select_related("file", "context", "scope_set").in_bulk({file for file, _ in places})
    return [
        PassageHit(score=hit.score, chunk=known[place], document=documents[place[0]])
        for hit, place in zip(hits, places, strict=True)
        if place in known and place[0] in documents
    ]


def _place(hit: Hit) -> tuple[UUID | None, int]:
    file, _, index = hit.document.key.rpartition("/")
    return read_uuid(file), int(index)

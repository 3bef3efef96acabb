"""Chunks become documents of the store, through its write door: one document a chunk, found and cited on its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from ingestion.models import Chunk, Filing
from ingestion.naming import citation
from ingestion.processing.chunks import Cut
from ingestion.tags import tags_of
from knowledge import staging
from knowledge.deleting.trash import delete_keys
from knowledge.embedding.embedders.base import EmbeddingRefused, Vector, embed_within
from knowledge.embedding.passages import Outcomes, hash_text, spans_of
from knowledge.embedding.vector_space import Space, active_space
from knowledge.schemas import DocumentIn
from knowledge.writing.upsert import Push, upsert_documents

EMBED_ROUND = 128
REPLACED = "no longer in what was handed in"
NEVER = datetime.max.replace(tzinfo=UTC)
"""Nobody but its filing writes a document, so none is spared for being stored by a worker whose clock is ahead."""


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """Vectors by the hash of their text, and the space that they are in."""

    space: Space
    vectors: Outcomes


def embed_chunks(filings: Sequence[Filing], cut: Cut, *, keep_lease: Callable[[int], None]) -> Embedded:
    """Vectors of those texts of the filings that the store has none of yet.

    Between rounds the lease is kept, and told how many percent of all texts have their vector.
    Raises EmbedderUnavailable, and what `keep_lease` raises.
    """
    space = active_space(now=timezone.now())
    texts: dict[bytes, str] = {}
    for content in (filing.text[chunk.start : chunk.end] for filing, chunk in _pairs(filings, cut)):
        for span in spans_of(content, model=space.model):
            text = content[span.start : span.end]
            texts[hash_text(text)] = text
    total = len(texts)
    for text_hash in staging.known_texts(space.model.pk, texts):
        del texts[text_hash]
    missing, vectors = list(texts.items()), dict[bytes, Vector | EmbeddingRefused]()
    for at in range(0, len(missing), EMBED_ROUND):
        keep_lease(100 * (total - len(missing) + at) // total)
        few = missing[at : at + EMBED_ROUND]
        outcomes = embed_within(space.embedder, [text for _, text in few], budget_s=None, pace=space.pace)
        vectors |= {key: outcome for (key, _), outcome in zip(few, outcomes, strict=True) if outcome is not None}
    return Embedded(space=space, vectors=vectors)


def index_chunks(filings: Sequence[Filing], cut: Cut, embedded: Embedded, *, now: datetime) -> None:
    """Store the chunks, in the caller's transaction; what an earlier version had more goes to the trash."""
    for actor, of_actor in groupby(sorted(filings, key=_actor), key=_actor):
        items = [_document(filing, chunk) for filing, chunk in _pairs(list(of_actor), cut)]
        push = Push(actor=actor, budget_s=0, known=embedded.vectors)
        upsert_documents(items, now=now, space=embedded.space, push=push)
    for filing in filings:
        if gone := [filing.key_of(index) for index in range(filing.chunk_count, filing.document_count)]:
            _delete(filing.collection_id, gone, now=now, actor=filing.actor, reason=REPLACED)
        filing.document_count = filing.chunk_count


def _actor(filing: Filing) -> str:
    return filing.actor


def _pairs(filings: Sequence[Filing], cut: Cut) -> Iterator[tuple[Filing, Chunk]]:
    return ((filing, chunk) for filing in filings for chunk in cut[filing.pk])


def remove_documents(filings: Sequence[Filing], *, now: datetime, actor: str, reason: str) -> int:
    """Move the documents of these filings, all of one collection, to the trash; how many went."""
    keys = [filing.key_of(index) for filing in filings for index in range(filing.document_count)]
    return _delete(filings[0].collection_id, keys, now=now, actor=actor, reason=reason) if keys else 0


def _delete(collection: str, keys: Sequence[str], *, now: datetime, actor: str, reason: str) -> int:
    return delete_keys(collection, keys, now=now, actor=actor, reason=reason, unless_after=NEVER)


def _document(filing: Filing, chunk: Chunk) -> DocumentIn:
    return DocumentIn(
        id=filing.key_of(chunk.index),
        content=filing.text[chunk.start : chunk.end],
        source=filing.collection_id,
        tags=tags_of(filing, chunk),
        metadata=_metadata(filing, chunk),
        expires_at=filing.expires_at,
    )


def _metadata(filing: Filing, chunk: Chunk) -> dict[str, Any]:
    told: dict[str, Any] = {
        "filing": str(filing.pk),
        "title": filing.title,
        "file_name": filing.file_name,
        "url": filing.url,
        "chunk_index": chunk.index,
        "page": chunk.page,
        "section": chunk.section,
        "form": chunk.form,
        "citation": citation(filing, page=chunk.page),
    }
    return {name: value for name, value in told.items() if value not in ("", None)}

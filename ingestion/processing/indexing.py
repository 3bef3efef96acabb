"""Chunks become documents of the store, through its write door: one document a chunk, found and cited on its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from ingestion.models import Chunk, File
from ingestion.naming import citation
from ingestion.processing.chunks import Cut
from ingestion.tags import tags_of
from knowledge import staging
from knowledge.deleting.trash import delete_keys
from knowledge.embedding.embedders.base import EmbeddingRefused, Vector
from knowledge.embedding.embedders.within import embed_within
from knowledge.embedding.passages import Outcomes, hash_text, spans_of
from knowledge.embedding.vector_space import Space, active_space
from knowledge.schemas import DocumentIn
from knowledge.writing.upsert import Push, upsert_documents

EMBED_ROUND = 128
REPLACED = "no longer in what was uploaded"
NEVER = datetime.max.replace(tzinfo=UTC)
"""Nobody but its file writes a document, so none is spared for being stored by a worker whose clock is ahead."""


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """Vectors by the hash of their text, and the space that they are in."""

    space: Space
    vectors: Outcomes


def embed_chunks(files: Sequence[File], cut: Cut, *, keep_lease: Callable[[int], None]) -> Embedded:
    """Vectors of those texts of the files that the store has none of yet.

    Between rounds the lease is kept, and told how many percent of all texts have their vector.
    Raises EmbedderUnavailable, and what `keep_lease` raises.
    """
    space = active_space(now=timezone.now())
    texts: dict[bytes, str] = {}
    for content in (file.text[chunk.start : chunk.end] for file, chunk in _pairs(files, cut)):
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


def index_chunks(files: Sequence[File], cut: Cut, embedded: Embedded, *, now: datetime) -> None:
    """Store the chunks, in the caller's transaction; what an earlier version had more goes to the trash."""
    for actor, of_actor in groupby(sorted(files, key=_actor), key=_actor):
        items = [_document(file, chunk) for file, chunk in _pairs(list(of_actor), cut)]
        push = Push(actor=actor, budget_s=0, known=embedded.vectors, scanned=True)
        upsert_documents(items, now=now, space=embedded.space, push=push)
    for file in files:
        if gone := [file.key_of(index) for index in range(file.chunk_count, file.document_count)]:
            _delete(file.collection_id, gone, now=now, actor=file.actor, reason=REPLACED)
        file.document_count = file.chunk_count


def _actor(file: File) -> str:
    return file.actor


def _pairs(files: Sequence[File], cut: Cut) -> Iterator[tuple[File, Chunk]]:
    return ((file, chunk) for file in files for chunk in cut[file.pk])


def remove_documents(files: Sequence[File], *, now: datetime, actor: str, reason: str) -> int:
    """Move the documents of these files, all of one collection, to the trash; how many went."""
    keys = [file.key_of(index) for file in files for index in range(file.document_count)]
    return _delete(files[0].collection_id, keys, now=now, actor=actor, reason=reason) if keys else 0


def _delete(collection: str, keys: Sequence[str], *, now: datetime, actor: str, reason: str) -> int:
    return delete_keys(collection, keys, now=now, actor=actor, reason=reason, unless_after=NEVER)


def _document(file: File, chunk: Chunk) -> DocumentIn:
    return DocumentIn(
        id=file.key_of(chunk.index),
        content=file.text[chunk.start : chunk.end],
        source=file.collection_id,
        tags=tags_of(file, chunk),
        metadata=_metadata(file, chunk),
        expires_at=file.expires_at,
    )


def _metadata(file: File, chunk: Chunk) -> dict[str, Any]:
    told: dict[str, Any] = {
        "filing": str(file.pk),
        "title": file.title,
        "file_name": file.file_name,
        "url": file.url,
        "agent_id": file.agent_id,
        "project": file.project,
        "chunk_index": chunk.index,
        "page": chunk.page,
        "section": chunk.section,
        "form": chunk.form,
        "citation": citation(file, page=chunk.page),
    }
    return {name: value for name, value in told.items() if value not in ("", None)}

"""The vector space in use, and the worker's half of embedding: finishing what pushes left waiting.

The active model's row decides, not the configuration: vectors of two models are never compared. A configured model
that differs is reported by readiness, and taken over by itself only while the store holds no passage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from knowledge.embedders import embedder_for
from knowledge.embedders.base import Embedder, EmbedderUnavailable, EmbeddingRefused, Vector, embed_within
from knowledge.models import Document, EmbeddingModel, Passage
from knowledge.staging import raw_cursor

CLAIM_FOR = timedelta(minutes=2)
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)

# Oldest first. Others leave a claimed passage alone until its claim runs out: a killed worker costs two minutes.
CLAIM = """
UPDATE knowledge_passage p SET not_before = %(until)s
FROM knowledge_document d
WHERE d.id = p.document_id AND p.id IN (
    SELECT id FROM knowledge_passage
    WHERE model_id = %(model)s AND vector IS NULL AND (not_before IS NULL OR not_before <= %(now)s)
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
RETURNING p.id, substring(d.content FROM p.start + 1 FOR p."end" - p.start) AS text, p.attempts
"""

# A passage that a push replaced meanwhile is gone or held: it is skipped, never waited for.
FINISH = """
UPDATE knowledge_passage p SET vector = v.vector::real[]::halfvec, not_before = NULL, error = ''
FROM (
    SELECT held.id, given.vector
    FROM unnest(%(ids)s::bigint[], %(vectors)s::text[]) AS given(id, vector)
    JOIN LATERAL (SELECT id FROM knowledge_passage WHERE id = given.id FOR UPDATE SKIP LOCKED) held ON true
) v
WHERE p.id = v.id
"""


@dataclass(frozen=True, kw_only=True)
class Space:
    """A model and the backend that makes its vectors."""

    model: EmbeddingModel
    embedder: Embedder


@dataclass(frozen=True, kw_only=True)
class Claimed:
    id: int
    text: str
    attempts: int


@cache
def embedder_named(name: str) -> Embedder:
    """The backend of a full model name, made once a process. Loading and connecting wait for the first use."""
    return embedder_for(
        name,
        ollama_url=settings.OLLAMA_URL,
        openai_base_url=settings.OPENAI_BASE_URL,
        openai_api_key=settings.OPENAI_API_KEY,
    )


def active_model() -> EmbeddingModel | None:
    return EmbeddingModel.objects.filter(state=EmbeddingModel.State.ACTIVE).first()


def active_space(*, now: datetime) -> Space:
    """The space to write to and to search in; made on the first use.

    Raises EmbedderUnavailable where a first use cannot ask the backend for its dimensions.
    """
    model = active_model()
    if model is None or (model.name != settings.EMBEDDING_MODEL and not Passage.objects.exists()):
        model = activate(embedder_named(settings.EMBEDDING_MODEL), now=now)
    return Space(model=model, embedder=embedder_named(model.name))


def activate(embedder: Embedder, *, now: datetime) -> EmbeddingModel:
    """Make this backend's model the active one, with its own index. Two callers at once end with one row."""
    dimensions = embedder.dimensions
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('embedding model', 1279345234))")
        model, _ = EmbeddingModel.objects.get_or_create(
            name=embedder.name,
            defaults={"dimensions": dimensions, "state": EmbeddingModel.State.BUILDING, "created_at": now},
        )
        EmbeddingModel.objects.filter(state=EmbeddingModel.State.ACTIVE).exclude(pk=model.pk).update(
            state=EmbeddingModel.State.RETIRED
        )
        EmbeddingModel.objects.filter(pk=model.pk).update(state=EmbeddingModel.State.ACTIVE)
        model.refresh_from_db()
        cursor.execute(_index_statement(model))
    return model


def vector_expression(model: EmbeddingModel, alias: str = "p") -> str:
    """The SQL that the model's index is built over; a query has to spell it the same way to use the index."""
    return f"({alias}.vector::halfvec({int(model.dimensions)}))"


def _index_statement(model: EmbeddingModel) -> str:
    return (
        f"CREATE INDEX IF NOT EXISTS knowledge_passage_hnsw_{int(model.pk)} ON knowledge_passage "
        f"USING hnsw ((vector::halfvec({int(model.dimensions)})) halfvec_cosine_ops) WHERE model_id = {int(model.pk)}"
    )


# --- finishing what waits ---------------------------------------------------------------------------------------------


def embed_pending(*, now: datetime, limit: int = 256, budget_s: float = 5) -> int:
    """Embed waiting passages, oldest first; how many got their vector.

    A text that the backend refuses alone is kept waiting with its error and tried again ever later (quarantine).
    Raises EmbedderUnavailable; what was claimed is free again at once.
    """
    model = active_model()
    if model is None:
        return 0
    claimed = _claim(model, now=now, limit=limit)
    if not claimed:
        return 0
    try:
        outcomes = embed_within(embedder_named(model.name), [each.text for each in claimed], budget_s=budget_s)
    except EmbedderUnavailable:
        _release(claimed)
        raise
    done = [(each, outcome) for each, outcome in zip(claimed, outcomes, strict=True)]
    finished = _finish([(each.id, outcome) for each, outcome in done if _is_vector(outcome)])
    _release([each for each, outcome in done if outcome is None])
    for each, outcome in done:
        if isinstance(outcome, EmbeddingRefused):
            _quarantine(each, outcome, now=now)
    return finished


def _claim(model: EmbeddingModel, *, now: datetime, limit: int) -> list[Claimed]:
    named: dict[str, Any] = {"model": model.pk, "now": now, "until": now + CLAIM_FOR, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, named)
        return [Claimed(id=row[0], text=row[1], attempts=row[2]) for row in cursor.fetchall()]


def _finish(vectors: Sequence[tuple[int, Any]]) -> int:
    if not vectors:
        return 0
    ids = [each for each, _ in vectors]
    texts = ["{" + ",".join(map(str, vector.tolist())) + "}" for _, vector in vectors]
    with raw_cursor() as cursor:
        cursor.execute(FINISH, {"ids": ids, "vectors": texts})
        return cursor.rowcount


def _release(claimed: Sequence[Claimed]) -> None:
    Passage.objects.filter(pk__in=[each.id for each in claimed], vector=None).update(not_before=None)


def _quarantine(claimed: Claimed, refused: EmbeddingRefused, *, now: datetime) -> None:
    wait = min(FIRST_RETRY * 2 ** min(claimed.attempts, 12), LONGEST_RETRY)
    Passage.objects.filter(pk=claimed.id, vector=None).update(
        attempts=claimed.attempts + 1, not_before=now + wait, error=refused.detail
    )


def _is_vector(outcome: Vector | EmbeddingRefused | None) -> bool:
    return outcome is not None and not isinstance(outcome, EmbeddingRefused)


def pending_documents() -> int:
    """Live documents that wait for a vector."""
    return Document.objects.filter(deleted_at=None, passages__vector=None).distinct().count()

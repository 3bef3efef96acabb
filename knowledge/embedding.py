"""The vector space in use, and the worker's half of embedding: finishing what pushes left waiting.

The active model's row decides, not the configuration: vectors of two models are never compared. A configured model
that differs is reported by readiness, and taken over by itself only while the store holds no passage.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from knowledge.embedders import embedder_for
from knowledge.embedders.base import Embedder, EmbedderUnavailable, EmbeddingRefused, Pace, Vector, embed_within
from knowledge.embedders.fitted import FittedEmbedder
from knowledge.models import EmbeddingModel, Passage
from knowledge.planning import plan_passages
from knowledge.staging import raw_cursor
from knowledge.statements import fetch

CLAIM_FOR = timedelta(minutes=2)
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)

HOLD_MODELS = "SELECT pg_advisory_xact_lock_shared(hashtextextended('embedding model', 1279345234))"
CHANGE_MODELS = "SELECT pg_advisory_xact_lock(hashtextextended('embedding model', 1279345234))"

MODEL_FIELDS = [field.attname for field in EmbeddingModel._meta.concrete_fields]
ACTIVE_MODEL = f"SELECT {', '.join(MODEL_FIELDS)} FROM knowledge_embeddingmodel WHERE state = 'active'"  # noqa: S608

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
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, kw_only=True)
class Claimed:
    id: int
    text: str
    attempts: int


@cache
def embedder_named(name: str) -> Embedder:
    """The backend of a full model name, made once a process. Loading and connecting wait for the first use."""
    return embedder_for(name, settings)


@cache
def pace_of(name: str) -> Pace:
    """What this process knows of the speed of that backend."""
    return Pace()


def active_model() -> EmbeddingModel | None:
    """Every query asks for it, so it is read without the query builder."""
    rows = fetch(ACTIVE_MODEL, {})
    return EmbeddingModel.from_db(connection.alias, MODEL_FIELDS, rows[0]) if rows else None


def models_in_use(*, hold: bool = False) -> list[EmbeddingModel]:
    """The active model, then those in building: every document that is stored gets passages of each.

    `hold`: none of them changes its state until the caller's transaction ends.
    """
    if hold:
        with connection.cursor() as cursor:
            cursor.execute(HOLD_MODELS)
    states = (EmbeddingModel.State.ACTIVE, EmbeddingModel.State.BUILDING)
    return list(EmbeddingModel.objects.filter(state__in=states).order_by("state", "id"))


def change_models() -> None:
    """Be alone with the models until the caller's transaction ends; it waits for pushes that are writing."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGE_MODELS)


def space_of(model: EmbeddingModel) -> Space:
    embedder = FittedEmbedder(backend=embedder_named(model.name), dimensions=model.dimensions)
    return Space(model=model, embedder=embedder, pace=pace_of(model.name))


def active_space(*, now: datetime) -> Space:
    """The space to write to and to search in; made on the first use.

    Raises EmbedderUnavailable where a first use cannot ask the backend for its dimensions.
    """
    model = active_model()
    if model is None or (model.name != settings.EMBEDDING_MODEL and not Passage.objects.exists()):
        model = activate(embedder_named(settings.EMBEDDING_MODEL), now=now)
    return space_of(model)


def activate(embedder: Embedder, *, now: datetime) -> EmbeddingModel:
    """Make this backend's model the active one of an empty store, with its own index.

    Two callers at once end with one row. A store that holds passages changes its model in `knowledge.spaces`.
    """
    dimensions = embedder.dimensions
    with transaction.atomic(), connection.cursor() as cursor:
        change_models()
        model, _ = EmbeddingModel.objects.get_or_create(
            name=embedder.name,
            defaults={"dimensions": dimensions, "state": EmbeddingModel.State.BUILDING, "created_at": now},
        )
        make_active(model)
        cursor.execute(index_statement(model))
    return model


def make_active(model: EmbeddingModel) -> None:
    """Switch, in the caller's transaction that `change_models` began; the former model is retired and kept whole."""
    states = EmbeddingModel.State
    EmbeddingModel.objects.filter(state=states.ACTIVE).exclude(pk=model.pk).update(state=states.RETIRED)
    EmbeddingModel.objects.filter(pk=model.pk).update(state=states.ACTIVE)
    model.refresh_from_db()


def vector_expression(model: EmbeddingModel, alias: str = "p") -> str:
    """The SQL that the model's index is built over; a query has to spell it the same way to use the index."""
    return f"({alias}.vector::halfvec({int(model.dimensions)}))"


def index_name(model: EmbeddingModel) -> str:
    return f"knowledge_passage_hnsw_{int(model.pk)}"


def index_statement(model: EmbeddingModel, *, concurrently: bool = False) -> str:
    return (
        f"CREATE INDEX {'CONCURRENTLY ' if concurrently else ''}IF NOT EXISTS {index_name(model)} ON knowledge_passage "
        f"USING hnsw ((vector::halfvec({int(model.dimensions)})) halfvec_cosine_ops) WHERE model_id = {int(model.pk)}"
    )


# --- finishing what waits ---------------------------------------------------------------------------------------------


def embed_pending(*, now: datetime, limit: int = 256, budget_s: float = 5) -> int:
    """One round: embed waiting passages of the active model or, while it has none, of one in building; how many.

    Raises EmbedderUnavailable where nothing was finished and a backend could not be reached.
    """
    failure: EmbedderUnavailable | None = None
    for model in models_in_use():
        plan_passages(model, now=now)
        try:
            if finished := finish_waiting(space_of(model), now=now, limit=limit, budget_s=budget_s):
                return finished
        except EmbedderUnavailable as error:
            failure = failure or error
    if failure:
        raise failure
    return 0


def finish_waiting(space: Space, *, now: datetime, limit: int = 256, budget_s: float = 5) -> int:
    """Embed passages that wait under the space's model, oldest first; how many got their vector.

    A text that the backend refuses alone is kept waiting with its error and tried again ever later (quarantine).
    Raises EmbedderUnavailable; what was claimed is free again at once.
    """
    claimed = _claim(space.model, now=now, limit=limit)
    if not claimed:
        return 0
    try:
        outcomes = embed_within(space.embedder, [each.text for each in claimed], budget_s=budget_s, pace=space.pace)
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

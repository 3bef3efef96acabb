"""The vector space in use: its model, its backend, and switching to another.

The active model's row decides, not the configuration: vectors of two models are never compared. A configured model
that differs is reported by readiness, and taken over by itself only while the store holds no passage.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import connection, transaction

from core.sql import Statement, fetch, fetch_all
from knowledge.embedding.embedders import embedder_for
from knowledge.embedding.embedders.base import Embedder, EmbedderMisconfigured, unavailable_extra
from knowledge.embedding.embedders.fitted import FittedEmbedder
from knowledge.embedding.embedders.guarded import guarded
from knowledge.embedding.embedders.within import Pace
from knowledge.embedding.index_choice import graph_is_used
from knowledge.models import EmbeddingModel, Passage

HOLD_MODELS = "SELECT pg_advisory_xact_lock_shared(hashtextextended('embedding model', 1279345234))"
CHANGE_MODELS = "SELECT pg_advisory_xact_lock(hashtextextended('embedding model', 1279345234))"

MOST_DIMENSIONS = 16_000
"""Of pgvector's halfvec."""

MOST_GRAPH_DIMENSIONS = 4_000
"""Of pgvector's HNSW over it."""

MODEL_FIELDS = [field.attname for field in EmbeddingModel._meta.concrete_fields]
ACTIVE_MODEL = f"SELECT {', '.join(MODEL_FIELDS)} FROM knowledge_embeddingmodel WHERE state = 'active'"  # noqa: S608
MODELS_IN_USE = f"""
SELECT {", ".join(MODEL_FIELDS)} FROM knowledge_embeddingmodel WHERE state IN ('active', 'building') ORDER BY state, id
"""  # noqa: S608


@dataclass(frozen=True, kw_only=True)
class Space:
    """A model and the backend that makes its vectors."""

    model: EmbeddingModel
    embedder: Embedder
    pace: Pace = field(default_factory=Pace)


@cache
def embedder_named(name: str) -> Embedder:
    """The backend of a full model name, made once a process. Loading and connecting wait for the first use."""
    return guarded(embedder_for(name, settings), budget_s=settings.QUERY_EMBED_BUDGET_MS / 1_000)


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
    hold_first = [Statement(text=HOLD_MODELS)] if hold else []
    rows = fetch_all([*hold_first, Statement(text=MODELS_IN_USE)])[-1]
    return [EmbeddingModel.from_db(connection.alias, MODEL_FIELDS, row) for row in rows]


def hold_models() -> None:
    """No model changes its state until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_MODELS)


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


def storable_dimensions(embedder: Embedder) -> int:
    """Of its vectors. Raises EmbedderMisconfigured where they are longer than a row holds."""
    dimensions = embedder.dimensions
    if dimensions > MOST_DIMENSIONS:
        extra = unavailable_extra(url=embedder.url, model=embedder.name.partition(":")[2])
        raise EmbedderMisconfigured(
            f"{embedder.name} makes vectors of {dimensions:,} dimensions; Larder holds at most {MOST_DIMENSIONS:,}. "
            "Choose another model, or have it make shorter ones.",
            **extra,
        )
    return dimensions


def activate(embedder: Embedder, *, now: datetime) -> EmbeddingModel:
    """Make this backend's model the active one of an empty store, with its own graph where one is used.

    Two callers at once end with one row. A store that holds passages changes its model in
    `knowledge.embedding.model_change`.
    """
    dimensions = storable_dimensions(embedder)
    with transaction.atomic(), connection.cursor() as cursor:
        change_models()
        model, _ = EmbeddingModel.objects.get_or_create(
            name=embedder.name,
            defaults={"dimensions": dimensions, "state": EmbeddingModel.State.BUILDING, "created_at": now},
        )
        make_active(model)
        if has_graph(model):
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


def has_graph(model: EmbeddingModel) -> bool:
    """Whether PostgreSQL keeps a graph of the model; without one, and without another index, queries are exact."""
    return graph_is_used() and model.dimensions <= MOST_GRAPH_DIMENSIONS


def index_name(model: EmbeddingModel) -> str:
    return f"knowledge_passage_hnsw_{int(model.pk)}"


def index_statement(model: EmbeddingModel, *, concurrently: bool = False) -> str:
    return (
        f"CREATE INDEX {'CONCURRENTLY ' if concurrently else ''}IF NOT EXISTS {index_name(model)} ON knowledge_passage "
        f"USING hnsw ((vector::halfvec({int(model.dimensions)})) halfvec_cosine_ops) WHERE model_id = {int(model.pk)}"
    )

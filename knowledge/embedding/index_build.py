"""The graph of a model, where `SEARCH_INDEX` is `hnsw`: built concurrently once the vectors are there, so that nobody
waits for it.

Building from what is there takes a fraction of the time that inserting vector by vector would, and while a model is
built nobody searches it. Codes need no building here: each machine makes its own (`knowledge.search.index`).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from django.db import connection

from core.sql import without_limits
from knowledge.embedding.vector_space import has_graph, index_name, index_statement
from knowledge.models import EmbeddingModel

POLL_S = 0.5

STATE = """
SELECT i.indisvalid, EXISTS (SELECT 1 FROM pg_stat_progress_create_index WHERE index_relid = i.indexrelid)
FROM pg_index i WHERE i.indexrelid = to_regclass(%s)
"""
TRY_LOCK = "SELECT pg_try_advisory_lock(1279345234, %s)"
UNLOCK = "SELECT pg_advisory_unlock(1279345234, %s)"


class IndexState(StrEnum):
    """Broken: whoever built it was killed on the way."""

    MISSING = "missing"
    BUILDING = "building"
    READY = "ready"
    BROKEN = "broken"


def index_state(model: EmbeddingModel) -> IndexState:
    if not has_graph(model):
        return IndexState.READY
    with connection.cursor() as cursor:
        cursor.execute(STATE, [index_name(model)])
        row = cursor.fetchone()
    if row is None:
        return IndexState.MISSING
    valid, in_work = row
    return IndexState.READY if valid else IndexState.BUILDING if in_work else IndexState.BROKEN


def ensure_index(model: EmbeddingModel) -> None:
    """Build the index unless it is there; waits where somebody else builds it. Call outside a transaction."""
    while index_state(model) is not IndexState.READY:
        with _alone(model) as alone:
            if alone:
                _build(model)
                return
        time.sleep(POLL_S)


def build_index_if_free(model: EmbeddingModel) -> bool:
    """Whether this call built the index: not where it is there, or somebody else builds it."""
    if index_state(model) in (IndexState.READY, IndexState.BUILDING):
        return False
    with _alone(model) as alone:
        if alone:
            _build(model)
        return alone


def graph_is_left(model: EmbeddingModel) -> bool:
    """Whether a graph is kept that no query walks any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [index_name(model)])
        return not has_graph(model) and bool(cursor.fetchone()[0])


def drop_index(model: EmbeddingModel) -> None:
    with without_limits(), connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {index_name(model)}")


def _build(model: EmbeddingModel) -> None:
    if index_state(model) is IndexState.READY:
        return
    drop_index(model)
    with without_limits(), connection.cursor() as cursor:
        cursor.execute(index_statement(model, concurrently=True))


@contextmanager
def _alone(model: EmbeddingModel) -> Iterator[bool]:
    """Whether nobody else builds this model's index. Nothing waits here: a concurrent build would wait for that."""
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK, [model.pk])
        alone = bool(cursor.fetchone()[0])
        try:
            yield alone
        finally:
            if alone:
                cursor.execute(UNLOCK, [model.pk])

"""Passages as points: sent as their rows stand at this moment.

Each batch draws a version, larger than every one before it, and changes only points with a lower one. So a request that
arrives late, twice or out of order does no harm, as long as versions are drawn in the order in which rows are read: one
batch at a time for one part of the passages (`turn_for`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from qdrant_client import QdrantClient
from qdrant_client.models import (
    Batch,
    DeleteOperation,
    FilterSelector,
    PointsBatch,
    SetPayload,
    SetPayloadOperation,
    UpdateOperation,
    UpdateStatus,
    UpsertOperation,
)

from core.sql import fetch
from knowledge.models import ClusterChange, EmbeddingModel
from knowledge.search.qdrant.client import ClusterUnavailable, feed
from knowledge.search.qdrant.collections import collection_name
from knowledge.search.qdrant.filters import EXPIRES, VERSION, labels_of, older_than

Extent = ClusterChange.Extent

BLOCK, PARTS = 1_024, 8
"""Passages that follow one another belong to one part; the parts may be sent at the same time."""

PART_LOCKS = 1279345235
TRY_PART = "SELECT pg_try_advisory_lock(%s, %s)"
LEAVE_PART = "SELECT pg_advisory_unlock(%s, %s)"

DRAW_VERSION = "UPDATE knowledge_clusterfeed SET version = version + 1 RETURNING name, version"

# Whoever is changing a document holds its row: its passages are left for later, as what they will be is not known yet.
HOLD_DOCUMENTS = """
SELECT d.id FROM knowledge_document d
WHERE d.id = ANY(ARRAY(SELECT DISTINCT document_id FROM knowledge_passage WHERE id = ANY(%(ids)s)))
FOR SHARE SKIP LOCKED
"""
READ = """
SELECT p.id, p.document_id, p.vector, d.source, d.tags, d.expires_at, d.deleted_at IS NULL
FROM knowledge_passage p JOIN knowledge_document d ON d.id = p.document_id
WHERE p.id = ANY(%(ids)s) AND p.model_id = %(model)s
"""


@dataclass(frozen=True, kw_only=True)
class Batched:
    """Passages of one model as they were read: points to be written, in whole or in part, and points to be removed."""

    name: str
    version: int
    whole: list[tuple[int, list[float], dict[str, Any]]] = field(default_factory=list)
    labels: list[tuple[dict[str, Any], list[int]]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)

    @property
    def operations(self) -> Iterator[UpdateOperation]:
        if self.whole:
            ids, vectors, payloads = (list(each) for each in zip(*self.whole, strict=True))
            batch = Batch(ids=ids, vectors=vectors, payloads=[{**each, VERSION: self.version} for each in payloads])
            yield UpsertOperation(upsert=PointsBatch(batch=batch, update_filter=older_than(self.version)))
        for labels, ids in self.labels:
            payload = {**labels, VERSION: self.version}
            yield SetPayloadOperation(set_payload=SetPayload(payload=payload, filter=older_than(self.version, ids)))
        if self.gone:
            yield DeleteOperation(delete=FilterSelector(filter=older_than(self.version, self.gone)))


class FeedEnded(Exception):
    """Nobody wants the cluster fed any more."""


def part_of(passage: int) -> int:
    return passage // BLOCK % PARTS


@contextmanager
def turn_for(part: int) -> Iterator[bool]:
    """Whether nobody else sends passages of this part meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(TRY_PART, [PART_LOCKS, part])
        mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                cursor.execute(LEAVE_PART, [PART_LOCKS, part])


def send_passages(model: EmbeddingModel, extents: Mapping[int, int]) -> set[int]:
    """Bring the points of these passages up to date, each as far as it changed; those that have to wait are returned.

    They are of one part, whose turn the caller has. Raises ClusterUnavailable, FeedEnded.
    """
    batched, waiting = _read(model, extents)
    operations = list(batched.operations)
    if operations:
        name = collection_name(batched.name, model.pk)
        feed(lambda client: _send(client, name, operations))
    return waiting


def _send(client: QdrantClient, name: str, operations: Sequence[UpdateOperation]) -> None:
    results = client.batch_update_points(name, operations, wait=True)
    if len(results) != len(operations) or any(each.status is not UpdateStatus.COMPLETED for each in results):
        raise ClusterUnavailable(f"It did not confirm {len(operations)} operations.")


def _read(model: EmbeddingModel, extents: Mapping[int, int]) -> tuple[Batched, set[int]]:
    """Documents are held for the time of reading only."""
    named = {"ids": sorted(extents), "model": model.pk}
    with transaction.atomic():
        drawn = fetch(DRAW_VERSION, {})
        if not drawn:
            raise FeedEnded
        held = {row[0] for row in fetch(HOLD_DOCUMENTS, named)}
        rows = fetch(READ, named)
    waiting = {row[0] for row in rows if row[1] not in held}
    return _batched(*drawn[0], rows=[row for row in rows if row[1] in held], extents=extents, waiting=waiting), waiting


def _batched(
    name: str, version: int, *, rows: Sequence[tuple[Any, ...]], extents: Mapping[int, int], waiting: set[int]
) -> Batched:
    whole, partial, present = [], [], set()
    for passage, _, vector, source, tags, expires_at, is_live in rows:
        if vector is None or not is_live:
            continue
        present.add(passage)
        labels = labels_of(source=source, tags=tags, expires_at=expires_at)
        if extents[passage] == Extent.VECTOR:
            whole.append((passage, vector.to_numpy().astype("float32").tolist(), labels))
        else:
            partial.append((labels if extents[passage] == Extent.LABELS else {EXPIRES: labels[EXPIRES]}, passage))
    gone = [passage for passage in extents if passage not in present and passage not in waiting]
    return Batched(name=name, version=version, whole=whole, labels=_alike(partial), gone=gone)


def _alike(labelled: Iterable[tuple[dict[str, Any], int]]) -> list[tuple[dict[str, Any], list[int]]]:
    """Passages with the same labels together: a renewal mostly brings one expiry for many."""
    ordered = sorted(labelled, key=lambda each: repr(each[0]))
    return [(labels, [passage for _, passage in each]) for labels, each in groupby(ordered, key=lambda each: each[0])]

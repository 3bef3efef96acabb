"""What an index is made of: the rows of a model's passages, read in one snapshot, and coded."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction

from core.sql import fetch, raw_cursor, without_limits
from knowledge.models import EmbeddingModel
from knowledge.search.index.labels import labels_of
from knowledge.search.index.manifest import read_identity
from knowledge.search.index.mark import MOST_UNSEEN, UNSEEN, Mark, read_mark
from knowledge.search.index.quantizer import Floats, Quantizer, train_quantizer, unit
from knowledge.search.index.segment import CodedPassages

STRIDE = 8_192
SAMPLE = 10_000

EVERY = "SELECT {columns} FROM knowledge_passage p WHERE p.model_id = {model} AND p.vector IS NOT NULL"
COLUMNS = "p.id, p.vector, p.document_id"
READ = """
SELECT p.id, halfvec_send(p.vector), d.source, d.tags
FROM ({rows}) p JOIN knowledge_document d ON d.id = p.document_id
"""
COUNT = """
SELECT coalesce(sum(CASE kind WHEN 'passage' THEN documents ELSE -documents END), 0)::bigint FROM (
    SELECT kind, name, documents FROM knowledge_storedcount WHERE kind IN ('passage', 'waiting')
    UNION ALL SELECT kind, name, documents FROM knowledge_countdelta WHERE kind IN ('passage', 'waiting')
) counted WHERE name = %(model)s::text
"""
# Rows that came from another server bear its transactions. Those still ahead of this one's would never be seen.
RESTAMP = """
UPDATE knowledge_passage SET written_by = pg_current_xact_id()
WHERE model_id = %(model)s AND vector IS NOT NULL AND written_by >= pg_snapshot_xmax(pg_current_snapshot())
RETURNING id
"""
# Pages from all over the table: about `SAMPLE` passages.
SAMPLED = """
SELECT p.id, halfvec_send(p.vector) FROM knowledge_passage p TABLESAMPLE SYSTEM (%(percent)s)
WHERE p.model_id = %(model)s AND p.vector IS NOT NULL LIMIT {sample}
"""
HOW_MANY = "SELECT count(*) FROM ({rows}) unseen"
SNAPSHOT = "SELECT pg_current_snapshot()::text"


@dataclass(frozen=True, kw_only=True)
class StoreState:
    """What the rows say now: whose they are, how many passages have a vector, and how many of them are not seen yet.

    No transaction of their server's has `next_transaction` or a later number yet.
    """

    identity: tuple[int, ...]
    passages: int
    unseen: int
    next_transaction: int


def look_at_store(model: EmbeddingModel, mark: Mark | None) -> StoreState:
    """`unseen` is counted up to `MOST_UNSEEN`; all are, without a mark."""
    [(passages,)] = fetch(COUNT, {"model": str(model.pk)})
    unseen = passages if mark is None else _count_unseen(model, mark)
    next_transaction = read_mark(fetch(SNAPSHOT, {})[0][0]).xmax
    return StoreState(
        identity=read_identity(model), passages=passages, unseen=unseen, next_transaction=next_transaction
    )


@contextlib.contextmanager
def snapshot_of(model: EmbeddingModel) -> Iterator[Mark]:
    """Every statement within sees what the mark saw, and nothing else."""
    fetch(RESTAMP, {"model": model.pk})
    with without_limits(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield read_mark(fetch(SNAPSHOT, {})[0][0])


def read_passages(model: EmbeddingModel, quantizer: Quantizer, *, since: Mark | None = None) -> list[CodedPassages]:
    """All of the model that have a vector, or those that a mark did not see, some thousands a piece."""
    rows = (EVERY if since is None else UNSEEN).format(columns=COLUMNS, model=int(model.pk), most="ALL")
    with raw_cursor() as setting:
        connected = setting.connection
    found = []
    with connected.cursor("index_rows", binary=True) as cursor:
        cursor.itersize = STRIDE
        cursor.execute(READ.format(rows=rows), since.parameters if since else {})
        while some := cursor.fetchmany(STRIDE):
            found.append(_coded(some, quantizer, model.dimensions))
    return found


def train_on(model: EmbeddingModel) -> Quantizer | None:
    """From a sample of the model's vectors; None where there are none."""
    [(passages,)] = fetch(COUNT, {"model": str(model.pk)})
    for percent in (min(100, 100 * SAMPLE / max(passages, 1)), 100):
        rows = fetch(SAMPLED.format(sample=SAMPLE), {"model": model.pk, "percent": percent}, prepare=False)
        if len(rows) >= min(SAMPLE, passages) / 4 and rows:
            return train_quantizer(_vectors([row[1] for row in rows], model.dimensions))
    return None


def _vectors(sent: Sequence[bytes], dimensions: int) -> Floats:
    """From pgvector's binary form: two numbers of 16 bits, then the halves, all big-endian."""
    halves = np.frombuffer(b"".join(sent), dtype=">f2").reshape(len(sent), dimensions + 2)[:, 2:]
    return unit(halves.astype(np.float32))


def _coded(rows: Sequence[tuple[Any, ...]], quantizer: Quantizer, dimensions: int) -> CodedPassages:
    ids, vectors, sources, tags = zip(*rows, strict=True)
    labels = [labels_of(source=source, tags=own) for source, own in zip(sources, tags, strict=True)]
    return CodedPassages(
        ids=np.array(ids, dtype=np.int64),
        codes=quantizer.encode(_vectors(vectors, dimensions)),
        labels=np.array([each for own in labels for each in own], dtype=np.int64),
        counts=np.array([len(own) for own in labels], dtype=np.int64),
    )


def _count_unseen(model: EmbeddingModel, mark: Mark) -> int:
    rows = UNSEEN.format(columns="1", model=int(model.pk), most=MOST_UNSEEN)
    return min(MOST_UNSEEN, int(fetch(HOW_MANY.format(rows=rows), mark.parameters)[0][0]))

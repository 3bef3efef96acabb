"""Making an index, and catching up with what was written since: the rows are read in one snapshot, which is the mark.

What is new becomes a segment of its own. Segments of about one size are merged by their codes, so there are few and
each passage is written a few times in its life; the rows are not asked for that. Everything is made again from the
rows where there is no index, where its files are another store's or damaged, where the quantizer has seen too little of
the store, and where too much in it is gone.
"""

import contextlib
import fcntl
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection, transaction

from core.sql import fetch, raw_cursor, without_limits
from knowledge.models import EmbeddingModel
from knowledge.search.index.labels import labels_of
from knowledge.search.index.manifest import (
    MANIFEST,
    IndexManifest,
    folder_of,
    read_identity,
    read_manifest,
    write_manifest,
)
from knowledge.search.index.mark import MOST_UNSEEN, UNSEEN, Mark, read_mark
from knowledge.search.index.quantizer import Floats, Quantizer, train_quantizer, unit
from knowledge.search.index.section_file import FileUnusable
from knowledge.search.index.segment import CodedPassages, Segment, join_passages, write_segment

log = logging.getLogger("larder.index")

LEAST = 500
"""So few passages exact search orders in a millisecond."""

GROWN = 8
"""A quantizer that was trained on less than a `GROWN`-th of the passages is trained anew."""

GONE = 0.3
"""With more than this share of the passages gone, the index is made again."""

MERGED = 4
"""A segment is merged with the newer ones unless it is so many times as large as they are together."""

STRIDE = 8_192
SAMPLE = 10_000
LOCK = "writer.lock"

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


class TooMuch(Exception):
    """More is to be written than the caller wants to take upon itself."""


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


def is_worth_an_index(store: StoreState) -> bool:
    return store.passages >= LEAST


def is_of_these_rows(manifest: IndexManifest, store: StoreState) -> bool:
    """Not where the rows were put back to an earlier day: other tables, or a server that counts behind the mark."""
    return manifest.store == store.identity and manifest.mark.xmax <= store.next_transaction


def must_remake(manifest: IndexManifest | None, store: StoreState) -> bool:
    """Whether the index is to be made from the rows, as far as the manifest tells."""
    if manifest is None or not is_of_these_rows(manifest, store):
        return True
    outgrown = store.passages >= GROWN * manifest.trained_on
    return outgrown or manifest.passages + store.unseen - store.passages > GONE * manifest.passages + LEAST


def catch_up(model: EmbeddingModel, *, at_most: float = inf) -> IndexManifest | None:
    """Bring the index of this machine up to now; None where so few passages need none. Call outside a transaction.

    Raises TooMuch, with nothing done, where a segment of more than `at_most` passages would be added.
    """
    with _alone(folder_of(model.pk)) as folder:
        manifest = read_manifest(folder)
        store = look_at_store(model, manifest.mark if manifest else None)
        if not is_worth_an_index(store):
            _empty(folder)
            return None
        if manifest is None or must_remake(manifest, store):
            return _remake(model, folder)
        try:
            return _add(model, manifest, folder, at_most=at_most)
        except (FileUnusable, FileNotFoundError, KeyError, ValueError) as error:
            log.warning("the search index of %s is made again: %s", model.name, error)
            return _remake(model, folder)


def remake(model: EmbeddingModel) -> IndexManifest | None:
    """Make the index from the rows, whatever there is of it; None where no row has a vector."""
    with _alone(folder_of(model.pk)) as folder:
        return _remake(model, folder)


def forget_index(model_id: int) -> None:
    """Queries are answered exactly from now on; who has the index open forgets it, too."""
    with _alone(folder_of(model_id)) as folder:
        _empty(folder)


def _remake(model: EmbeddingModel, folder: Path) -> IndexManifest | None:
    identity = read_identity(model)
    fetch(RESTAMP, {"model": model.pk})
    with _snapshot() as mark:
        quantizer = _trained(model)
        if quantizer is None:
            return None
        passages = join_passages([_coded(*each, quantizer) for each in _read_rows(model, EVERY, {})])
    path = write_segment(folder, passages, quantizer, {"model": model.pk})
    manifest = IndexManifest(
        store=identity, mark=mark, segments=(path.name,), passages=len(passages), trained_on=len(passages)
    )
    return _keep(folder, manifest)


def _add(model: EmbeddingModel, manifest: IndexManifest, folder: Path, *, at_most: float) -> IndexManifest:
    segments = [Segment(folder / name) for name in manifest.segments]
    quantizer = segments[0].quantizer
    fetch(RESTAMP, {"model": model.pk})
    with _snapshot() as mark:
        parts = [_coded(*row, quantizer) for row in _read_rows(model, UNSEEN, manifest.mark.parameters)]
    if not parts:
        return manifest
    while segments and len(segments[-1]) < MERGED * sum(map(len, parts)):
        parts.insert(0, segments.pop().passages())
    if sum(map(len, parts)) > at_most:
        raise TooMuch
    passages = _newest(join_passages(parts))
    path = write_segment(folder, passages, quantizer, {"model": model.pk})
    names = (*(segment.name for segment in segments), path.name)
    count = sum(map(len, segments)) + len(passages)
    return _keep(folder, replace(manifest, mark=mark, segments=names, passages=count))


def _newest(passages: CodedPassages) -> CodedPassages:
    """Of a passage that was written again, only its last code."""
    last = {passage: at for at, passage in enumerate(passages.ids.tolist())}
    if len(last) == len(passages):
        return passages
    kept = np.zeros(len(passages), dtype=bool)
    kept[list(last.values())] = True
    return CodedPassages(
        ids=passages.ids[kept],
        codes=passages.codes[kept],
        labels=passages.labels[np.repeat(kept, passages.counts)],
        counts=passages.counts[kept],
    )


def _keep(folder: Path, manifest: IndexManifest) -> IndexManifest:
    """From now on this is the index. What it no longer names goes, and stays readable for who has it open."""
    write_manifest(folder, manifest)
    for path in folder.glob("*.segment"):
        if path.name not in manifest.segments:
            path.unlink(missing_ok=True)
    return manifest


def _empty(folder: Path) -> None:
    (folder / MANIFEST).unlink(missing_ok=True)
    for path in folder.glob("*.segment"):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """Nobody else on this machine changes the index meanwhile. A process that is killed lets go."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path in folder.glob(".*"):  # of a process that was killed while it wrote, or found the disk full
            path.unlink(missing_ok=True)
        yield folder


@contextlib.contextmanager
def _snapshot() -> Iterator[Mark]:
    """Every statement within sees what the mark saw, and nothing else."""
    with without_limits(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield read_mark(fetch(SNAPSHOT, {})[0][0])


Rows = tuple[list[int], Floats, list[list[int]]]
"""Ids, vectors of length 1, and the labels of each."""


def _read_rows(model: EmbeddingModel, text: str, parameters: dict[str, Any]) -> Iterator[Rows]:
    rows = text.format(columns=COLUMNS, model=int(model.pk), most="ALL")
    with raw_cursor() as setting:
        connected = setting.connection
    with connected.cursor("index_rows", binary=True) as cursor:
        cursor.itersize = STRIDE
        cursor.execute(READ.format(rows=rows), parameters)
        while some := cursor.fetchmany(STRIDE):
            ids, vectors, sources, tags = zip(*some, strict=True)
            labels = [labels_of(source=source, tags=own) for source, own in zip(sources, tags, strict=True)]
            yield list(ids), _vectors(vectors, model.dimensions), labels


def _trained(model: EmbeddingModel) -> Quantizer | None:
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


def _coded(ids: list[int], vectors: Floats, labels: list[list[int]], quantizer: Quantizer) -> CodedPassages:
    return CodedPassages(
        ids=np.array(ids, dtype=np.int64),
        codes=quantizer.encode(vectors),
        labels=np.array([each for own in labels for each in own], dtype=np.int64),
        counts=np.array([len(own) for own in labels], dtype=np.int64),
    )


def _count_unseen(model: EmbeddingModel, mark: Mark) -> int:
    rows = UNSEEN.format(columns="1", model=int(model.pk), most=MOST_UNSEEN)
    return min(MOST_UNSEEN, int(fetch(HOW_MANY.format(rows=rows), mark.parameters)[0][0]))

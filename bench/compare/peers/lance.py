"""LanceDB, embedded: a table in a folder, asked from this process, whose time is its own.

As its documentation advises beyond 256 dimensions and where filters are frequent: IVF with codes of a bit (RaBitQ), a
partition for each 4,096 rows, as many probes as it chooses itself, candidates ranked again by the vectors themselves,
and an index of the tags. Product quantization found as much and took a hundred times as long to build.
See docs/decisions/0219 and https://docs.lancedb.com/indexing/vector-index
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import lancedb
import numpy as np
import pyarrow as pa
from lancedb.index import IvfRq, LabelList

from bench.compare.corpus import STRIDE, Corpus, key_of, tags_of, text_of
from bench.compare.cpu import Processes
from bench.compare.measure import Call, Client
from bench.compare.sizes import TOP_K

TABLE = "notes"
ROWS_A_PARTITION = 4_096
REFINED = 10
"""Candidates for each hit that are ranked again; without it most of what such short codes find is not the nearest."""

INDEXES = 2
READ = ["key", "content", "tags", "row", "_distance"]


@dataclass(frozen=True, kw_only=True)
class Lance:
    table: Any
    corpus: Corpus
    name: str = "LanceDB"

    @property
    def processes(self) -> Processes:
        return Processes(own="lancedb")

    def clients(self, *, tag: str = "") -> Client:
        vectors = cycle([self._vector(row) for row in self.corpus.question_rows()])

        @contextmanager
        def one() -> Iterator[Call]:
            yield lambda: self._ask(next(vectors), tag=tag)

        return one

    def found(self, rows: Iterable[int], *, tag: str = "") -> list[set[str]]:
        return [{hit["key"] for hit in self._ask(self._vector(row), tag=tag)} for row in rows]

    def _vector(self, row: int) -> np.ndarray:
        return np.asarray(self.corpus.vectors[row], dtype=np.float32)

    def _ask(self, vector: np.ndarray, *, tag: str) -> list[dict[str, Any]]:
        question = self.table.search(vector).distance_type("cosine").limit(TOP_K).refine_factor(REFINED)
        if tag:  # looked at before the vectors; with its own bound on probes it would come back short
            question = question.where(f"array_has_any(tags, ['{tag}'])").maximum_nprobes(0)
        found: list[dict[str, Any]] = question.select(READ).to_list()
        return found


def lance(folder: Path, corpus: Corpus) -> Lance:
    """The table, made and filled where it is not there yet."""
    database = lancedb.connect(folder)
    if TABLE not in database.table_names() or len(database.open_table(TABLE).list_indices()) < INDEXES:
        _fill(database, corpus)
    return Lance(table=database.open_table(TABLE), corpus=corpus)


def _fill(database: Any, corpus: Corpus) -> None:
    table = database.create_table(TABLE, data=_part(corpus, range(0)), mode="overwrite")
    for first in range(0, corpus.documents, STRIDE):
        table.add(_part(corpus, range(first, min(first + STRIDE, corpus.documents))))
    table.optimize()
    partitions = max(1, corpus.documents // ROWS_A_PARTITION)
    table.create_index("vector", config=IvfRq(distance_type="cosine", num_partitions=partitions))
    table.create_index("tags", config=LabelList())


def _part(corpus: Corpus, rows: range) -> pa.Table:
    vectors = np.asarray(corpus.vectors[rows.start : rows.stop], dtype=np.float32)
    columns = {
        "key": pa.array([key_of(row) for row in rows], pa.string()),
        "row": pa.array(rows, pa.int64()),
        "content": pa.array([text_of(row) for row in rows], pa.string()),
        "tags": pa.array([tags_of(row) for row in rows], pa.list_(pa.string())),
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), corpus.width),
    }
    return pa.table(columns)

#!/usr/bin/env bash
# LanceDB 0.40.0, embedded: who sees a write, and what a change of a row does to its vector's place in the index.
#
# One would guess that a table opened twice in one process is one table, and that a change of a column without vectors leaves
# the index of vectors alone. Seen:
#   - a row that is added is in the very next answer of the handle that added it, long before `optimize()`;
#   - another handle of the same process, opened before, does not see it, however long it waits, until `checkout_latest()`;
#     one that is opened with `read_consistency_interval` of zero does;
#   - `fast_search()`, which looks at indexed rows alone, misses it for everybody;
#   - an update of a tag takes its rows out of the index of vectors (`num_unindexed_rows`), so that each is compared one by
#     one until `optimize()`.
# So "a write is in the next answer" holds for one handle; and tags that change often keep an index behind.
#
# Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check "lancedb==0.40.0" "numpy==2.4.6" "pyarrow==26.0.1"
LANCE_LOG=error "$room/venv/bin/python" -W ignore - "$room" <<'PYTHON'
import sys
import time
from datetime import timedelta

import lancedb
import numpy as np
import pyarrow as pa
from lancedb.index import IvfFlat

ROWS, WIDTH, NEW = 5_000, 32, 5_000


def rows(ids, vectors):
    values = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), WIDTH)
    return pa.table({"id": pa.array(ids, pa.int64()), "tag": pa.array(["old"] * len(ids)), "vector": values})


vectors = np.random.default_rng(0).standard_normal((ROWS, WIDTH), dtype=np.float32)
writer = lancedb.connect(sys.argv[1]).create_table("rows", rows(list(range(ROWS)), vectors))
writer.create_index("vector", config=IvfFlat(num_partitions=4))
reader = lancedb.connect(sys.argv[1]).open_table("rows")
strict = lancedb.connect(sys.argv[1], read_consistency_interval=timedelta(0)).open_table("rows")
question = np.full(WIDTH, 7, dtype=np.float32)


def sees(table, **how):
    asked = table.search(question).limit(1)
    asked = asked.fast_search() if how.get("fast") else asked
    return asked.select(["id", "_distance"]).to_list()[0]["id"] == NEW


for table in (reader, strict):
    assert not sees(table)
writer.add(rows([NEW], question[None]))
assert sees(writer) and writer.index_stats("vector_idx").num_unindexed_rows == 1
print("the handle that wrote: at once")
assert not sees(writer, fast=True)
print("by fast_search: not")
time.sleep(6)
assert not sees(reader) and reader.count_rows() == ROWS
assert sees(strict)
print("another handle: not after six seconds, but with a consistency interval of zero")
reader.checkout_latest()
assert sees(reader)
print("another handle, checked out anew: yes")
writer.optimize()
assert writer.index_stats("vector_idx").num_unindexed_rows == 0
writer.update(where="id < 100", values={"tag": "new"})
assert writer.index_stats("vector_idx").num_unindexed_rows == 100
print("a hundred tags changed: a hundred vectors are in no index")
writer.optimize()
assert writer.index_stats("vector_idx").num_unindexed_rows == 0
print("as described")
PYTHON

#!/usr/bin/env bash
# LanceDB 0.40.0, embedded: what `_distance` says of a row that is in an index of codes (IVF_PQ, IVF_RQ).
#
# One would guess that it is the distance of two vectors, as it is without an index, and that an index only chooses which
# rows are looked at. Seen, with 20,000 rows of 64 dimensions and cosine:
#   - asked for the very vector that a row holds, IVF_PQ with codes of 8 bytes says 0.2 to 0.4 and not 0: it is the distance
#     of the row's code;
#   - one row is added and not yet in the index: now all are compared by their vectors, the same row is at 0.0 and the new
#     one at its true 0.05;
#   - after `optimize()`, which changes no row, the first is back at its code's distance, and so is the new one;
#   - with `refine_factor` distances are true, before and after.
# So a threshold on `_distance` means something else before and after an index is brought up to date.
#
# Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check "lancedb==0.40.0" "numpy==2.4.6" "pyarrow==26.0.1"
LANCE_LOG=error "$room/venv/bin/python" -W ignore - "$room" <<'PYTHON'
import sys

import lancedb
import numpy as np
import pyarrow as pa
from lancedb.index import IvfPq

ROWS, WIDTH, ASKED = 20_000, 64, 77


def unit(vector):
    return (vector / np.linalg.norm(vector, axis=-1, keepdims=True)).astype(np.float32)


def rows(ids, vectors):
    values = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), WIDTH)
    return pa.table({"id": pa.array(ids, pa.int64()), "vector": values})


vectors = unit(np.random.default_rng(0).standard_normal((ROWS, WIDTH)))
table = lancedb.connect(sys.argv[1]).create_table("rows", rows(range(ROWS), vectors))
question = vectors[ASKED]
aside = np.random.default_rng(5).standard_normal(WIDTH)
aside = unit(aside - aside @ question * question)
near = unit(0.95 * question + np.sqrt(1 - 0.95**2) * aside)  # at 0.05 of the question


def distances(*, refined=False):
    asked = table.search(question).distance_type("cosine").limit(3)
    asked = asked.refine_factor(10) if refined else asked
    found = asked.select(["id", "_distance"]).to_list()
    return {hit["id"]: hit["_distance"] for hit in found}


assert distances()[ASKED] < 1e-6
table.create_index("vector", config=IvfPq(distance_type="cosine", num_partitions=8, num_sub_vectors=8))
of_code = distances()[ASKED]
assert 0.1 < of_code < 0.6, of_code
print(f"a row asked for its own vector: at {of_code:.2f}")
table.add(rows([ROWS], near[None]))
found = distances()
assert found[ASKED] < 1e-6 and abs(found[ROWS] - 0.05) < 1e-3, found
print(f"a row more, not in the index: at {found[ASKED]:.2f}, the new one at {found[ROWS]:.2f}")
table.optimize()
found = distances()
assert abs(found[ASKED] - of_code) < 0.05 and found[ROWS] > 0.1, found
print(f"optimized: at {found[ASKED]:.2f}, the new one at {found[ROWS]:.2f}")
found = distances(refined=True)
assert found[ASKED] < 1e-6 and abs(found[ROWS] - 0.05) < 1e-3, found
print(f"refined: at {found[ASKED]:.2f}, the new one at {found[ROWS]:.2f}")
print("as described")
PYTHON

#!/usr/bin/env bash
# qdrant-edge-py 0.9.0: a filter for True finds the number 1, and no boolean.
#
# It is the code of Qdrant's shards as a library, so one would guess that `MatchValue(True)` finds what the server and the
# client's local mode find: points whose payload says true. Seen:
#   - the binding reads a boolean as a whole number, so `MatchValue(True)` is `MatchValue(1)`: a point with 1 is found, one
#     with True is not; with False and 0 alike;
#   - under `must_not` it keeps nothing back: what was to be left out comes along, and nothing is said;
#   - an index of booleans changes none of it. The client's local mode (qdrant-client 1.20.0) tells all four apart.
# So what has to be the same here and on a server is a word, not a boolean.
#
# Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check qdrant-client==1.20.0 qdrant-edge-py==0.9.0
"$room/venv/bin/python" -W ignore - "$room/shard" <<'PYTHON'
import sys
from pathlib import Path

import qdrant_edge as edge
from qdrant_client import QdrantClient, models

PAYLOADS = {1: True, 2: False, 3: 1, 4: 0}
Path(sys.argv[1]).mkdir()
vectors = edge.EdgeVectorParams(size=2, distance=edge.Distance.Cosine)
shard = edge.EdgeShard.create(sys.argv[1], edge.EdgeConfig(vectors=vectors))
points = [edge.Point(point, [1.0, 0.0], {"is": value}) for point, value in PAYLOADS.items()]
shard.update(edge.UpdateOperation.upsert_points(points))
client = QdrantClient(":memory:")
client.create_collection("c", vectors_config=models.VectorParams(size=2, distance=models.Distance.COSINE))
client.upsert("c", [models.PointStruct(id=point, vector=[1, 0], payload={"is": value}) for point, value in PAYLOADS.items()])


def in_edge(value, side="must"):
    asked = edge.Filter(**{side: [edge.FieldCondition("is", match=edge.MatchValue(value))]})
    return sorted(each.id for each in shard.scroll(edge.ScrollRequest(limit=9, filter=asked))[0])


def in_local(value, side="must"):
    asked = models.Filter(**{side: [models.FieldCondition(key="is", match=models.MatchValue(value=value))]})
    return sorted(each.id for each in client.scroll("c", asked)[0])


for index in (None, edge.BoolIndexParams()):
    if index:
        shard.update(edge.UpdateOperation.create_field_index("is", index))
    assert [in_edge(value) for value in (True, False, 1, 0)] == [[3], [4], [3], [4]]
    assert in_edge(True, "must_not") == [1, 2, 4]
print("edge: True finds 1, must_not True keeps the 1 back and lets True through, with an index and without")
assert [in_local(value) for value in (True, False, 1, 0)] == [[1], [2], [3], [4]]
assert in_local(True, "must_not") == [2, 3, 4]
print("local mode: each finds its own")
print("as described")
PYTHON

#!/usr/bin/env bash
# qdrant-edge-py 0.9.0, the code of Qdrant's shards: an index on a payload's field changes which points a filter finds.
#
# An index is there to find the same sooner, and the documentation tells what each kind makes quick. Seen, where a field
# holds values of more than one type:
#   - with an index of whole numbers a range no longer finds a value with a fraction (5.5 above 0), and a match of 1 finds
#     1.0, which it did not before;
#   - with an index of keywords `except ["red"]` no longer finds numbers and booleans, none of which are "red", only other
#     words;
#   - when the index is deleted, the first answers are back. Without an index the client's local mode (qdrant-client
#     1.20.0) answers as the shard does, and with one it has none and goes on so: a test against it sees nothing of this.
# So a field that is filtered by holds one type, and an index of that type from the start.
#
# Output: a line for each kind, then `as described`. Fails when any of it changes.
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

PAYLOADS = {1: 1, 2: 1.0, 3: 5, 4: 5.5, 5: "red", 6: "blue", 7: True}
Path(sys.argv[1]).mkdir()
vectors = edge.EdgeVectorParams(size=2, distance=edge.Distance.Cosine)
shard = edge.EdgeShard.create(sys.argv[1], edge.EdgeConfig(vectors=vectors))
points = [edge.Point(point, [1.0, 0.0], {"f": value}) for point, value in PAYLOADS.items()]
shard.update(edge.UpdateOperation.upsert_points(points))
client = QdrantClient(":memory:")
client.create_collection("c", vectors_config=models.VectorParams(size=2, distance=models.Distance.COSINE))
client.upsert("c", [models.PointStruct(id=point, vector=[1, 0], payload={"f": value}) for point, value in PAYLOADS.items()])


def in_edge():
    asked = (
        edge.FieldCondition("f", range=edge.RangeFloat(gt=0.0)),
        edge.FieldCondition("f", match=edge.MatchValue(1)),
        edge.FieldCondition("f", match=edge.MatchExcept(["red"])),
    )
    filters = [edge.Filter(must=[each]) for each in asked]
    return [sorted(p.id for p in shard.scroll(edge.ScrollRequest(limit=9, filter=each))[0]) for each in filters]


def in_local():
    asked = (
        models.FieldCondition(key="f", range=models.Range(gt=0)),
        models.FieldCondition(key="f", match=models.MatchValue(value=1)),
        models.FieldCondition(key="f", match=models.MatchExcept(**{"except": ["red"]})),
    )
    return [sorted(p.id for p in client.scroll("c", models.Filter(must=[each]))[0]) for each in asked]


WITHOUT = [[1, 2, 3, 4], [1], [1, 2, 3, 4, 6, 7]]
assert in_edge() == in_local() == WITHOUT
for name, schema, expected in (
    ("integer", edge.IntegerIndexParams(lookup=True, range=True), [[1, 2, 3], [1, 2], [1, 2, 3, 4, 6, 7]]),
    ("keyword", edge.KeywordIndexParams(), [[1, 2, 3, 4], [1], [6]]),
):
    shard.update(edge.UpdateOperation.create_field_index("f", schema))
    client.create_payload_index("c", "f", name)
    assert in_edge() == expected, in_edge()
    assert in_local() == WITHOUT
    shard.update(edge.UpdateOperation.delete_field_index("f"))
    assert in_edge() == WITHOUT
    print(f"{name}: above 0, equal to 1, not red: {expected}, without it {WITHOUT}")
print("as described")
PYTHON

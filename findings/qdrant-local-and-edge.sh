#!/usr/bin/env bash
# qdrant-client 1.20.0's local mode beside qdrant-edge-py 0.9.0, the code of Qdrant's shards: three answers that differ.
#
# Local mode is meant for tests of what later runs on a server. Seen, all inputs valid:
#   - an upsert with `update_filter` that names one id twice: local mode judges the second after the first was written, the
#     shard judges both by what was there before. Under "only where the version is lower than 3", versions 3 and 4 of one
#     point end as 3 here and as 4 there;
#   - of points that are equally near, neither answers by id, nor are the first three of five those that `limit=3` gives:
#     the shard's are of an order of its own for each limit, so pages by `limit` and `offset` may miss one and repeat one;
#   - `datatype=FLOAT16` is taken and not kept in local mode: the vector comes back in full precision, and scores are those
#     of full precision.
# So an id stands once in a request, ties are broken by who asks, and rounding is not tested in local mode.
#
# Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check qdrant-client==1.20.0 qdrant-edge-py==0.9.0
"$room/venv/bin/python" -W ignore - "$room" <<'PYTHON'
import sys
from itertools import count
from pathlib import Path

import qdrant_edge as edge
from qdrant_client import QdrantClient, models

folders = (Path(sys.argv[1]) / f"shard-{number}" for number in count())


def new_shard(**options):
    folder = next(folders)
    folder.mkdir()
    vectors = edge.EdgeVectorParams(size=2, distance=edge.Distance.Cosine, **options)
    return edge.EdgeShard.create(str(folder), edge.EdgeConfig(vectors=vectors))


def new_client(**options):
    client = QdrantClient(":memory:")
    vectors = models.VectorParams(size=2, distance=models.Distance.COSINE, **options)
    client.create_collection("c", vectors_config=vectors)
    return client


shard, client = new_shard(), new_client()
for versions, below in (((1,), 9), ((3, 4), 3)):
    older = edge.Filter(must=[edge.FieldCondition("v", range=edge.RangeFloat(lt=float(below)))])
    points = [edge.Point(1, [1.0, 0.0], {"v": each}) for each in versions]
    shard.update(edge.UpdateOperation.upsert_points(points, older))
    older = models.Filter(must=[models.FieldCondition(key="v", range=models.Range(lt=below))])
    points = [models.PointStruct(id=1, vector=[1, 0], payload={"v": each}) for each in versions]
    client.upsert("c", points, update_filter=older)
assert shard.retrieve([1], True, False)[0].payload["v"] == 4
assert client.retrieve("c", [1])[0].payload["v"] == 3
print("one id twice in a conditional upsert: 4 in the shard, 3 in local mode")

IDS = (5, 3, 9, 1, 7)
shard, client = new_shard(), new_client()
shard.update(edge.UpdateOperation.upsert_points([edge.Point(point, [1.0, 0.0], {}) for point in IDS]))
client.upsert("c", [models.PointStruct(id=point, vector=[1, 0]) for point in IDS])


def in_edge(limit):
    asked = edge.QueryRequest(limit=limit, query=edge.Query.Nearest([1.0, 0.0]))
    return [each.id for each in shard.query(asked)]


def in_local(limit):
    return [each.id for each in client.query_points("c", [1.0, 0.0], limit=limit).points]


assert sorted(in_edge(5)) == sorted(in_local(5)) == sorted(IDS)
assert in_edge(3) != in_edge(5)[:3]
assert in_local(3) == in_local(5)[:3] != sorted(in_local(3))
print(f"ties: the shard {in_edge(3)} of {in_edge(5)}, local mode {in_local(3)} of {in_local(5)}")

shard = new_shard(datatype=edge.VectorStorageDatatype.Float16)
client = new_client(datatype=models.Datatype.FLOAT16)
shard.update(edge.UpdateOperation.upsert_points([edge.Point(1, [1.0, 0.333], {})]))
client.upsert("c", [models.PointStruct(id=1, vector=[1.0, 0.333])])
exact = 1 / (1 + 0.333**2) ** 0.5
assert 1e-5 < abs(shard.retrieve([1], False, True)[0].vector[0] - exact) < 1e-3
assert abs(client.retrieve("c", [1], with_vectors=True)[0].vector[0] - exact) < 1e-7
print("half precision: kept by the shard, not by local mode")
print("as described")
PYTHON

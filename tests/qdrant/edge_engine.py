"""The code of the server's shards, as a library; a collection is one shard in a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import qdrant_edge as edge
from qdrant_client import models

INDEXES = {
    "keyword": (edge.KeywordIndexParams, ("is_tenant", "on_disk")),
    "integer": (edge.IntegerIndexParams, ("lookup", "range", "on_disk")),
}


class EdgeEngine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shards: dict[str, edge.EdgeShard] = {}

    def exists(self, name: str) -> bool:
        return name in self.shards

    def create(self, name: str, config: models.CreateCollection) -> None:
        asked = config.vectors
        assert asked.distance == models.Distance.COSINE
        vectors = edge.EdgeVectorParams(
            size=asked.size, distance=edge.Distance.Cosine, datatype=edge.VectorStorageDatatype.Float16
        )
        path = self.folder / f"{name}-{len(list(self.folder.iterdir()))}"
        path.mkdir()
        self.shards[name] = edge.EdgeShard.create(str(path), edge.EdgeConfig(vectors=vectors))

    def drop(self, name: str) -> None:
        if shard := self.shards.pop(name, None):
            shard.close()

    def index(self, name: str, field: models.CreateFieldIndex) -> None:
        kind, names = INDEXES[field.field_schema.type.value]
        schema = kind(**{each: getattr(field.field_schema, each) for each in names})
        self.shards[name].update(edge.UpdateOperation.create_field_index(field.field_name, schema))

    def update(self, name: str, operation: Any) -> None:
        self.shards[name].update(_operation(operation))

    def query(self, name: str, request: models.QueryRequest) -> list[tuple[int, float]]:
        asked = edge.QueryRequest(
            limit=request.limit, query=edge.Query.Nearest(request.query.nearest), filter=_filter(request.filter)
        )
        return [(each.id, each.score) for each in self.shards[name].query(asked)]

    def scroll(self, name: str, request: models.ScrollRequest) -> tuple[list[int], int | None]:
        found, following = self.shards[name].scroll(edge.ScrollRequest(limit=request.limit, offset=request.offset))
        return [each.id for each in found], following

    def retrieve(self, name: str, ids: list[int]) -> dict[int, dict[str, Any]]:
        return {each.id: each.payload for each in self.shards[name].retrieve(ids, True, False)}


def _operation(operation: Any) -> "edge.UpdateOperation":
    if isinstance(operation, models.UpsertOperation):
        batch = operation.upsert.batch
        rows = zip(batch.ids, batch.vectors, batch.payloads, strict=True)
        points = [edge.Point(point, vector, payload) for point, vector, payload in rows]
        return edge.UpdateOperation.upsert_points(points, _filter(operation.upsert.update_filter))
    if isinstance(operation, models.SetPayloadOperation):
        asked = operation.set_payload
        return edge.UpdateOperation.set_payload_by_filter(_filter(asked.filter), asked.payload)
    assert isinstance(operation, models.DeleteOperation)
    return edge.UpdateOperation.delete_points_by_filter(_filter(operation.delete.filter))


def _filter(asked: models.Filter | None) -> "edge.Filter | None":
    if asked is None:
        return None
    return edge.Filter(**{name: _all(getattr(asked, name)) for name in ("must", "should", "must_not")})


def _all(conditions: Any) -> list[Any] | None:
    if conditions is None:
        return None
    return [_condition(each) for each in (conditions if isinstance(conditions, Sequence) else [conditions])]


def _condition(asked: Any) -> Any:
    if isinstance(asked, models.Filter):
        return _filter(asked)
    if isinstance(asked, models.HasIdCondition):
        return edge.HasIdCondition(set(asked.has_id))
    if asked.range is not None:
        return edge.FieldCondition(asked.key, range=edge.RangeFloat(gt=asked.range.gt, lt=asked.range.lt))
    if isinstance(asked.match, models.MatchAny):
        return edge.FieldCondition(asked.key, match=edge.MatchAny(asked.match.any))
    return edge.FieldCondition(asked.key, match=edge.MatchValue(asked.match.value))

"""The client's local mode: Qdrant's filters written once more, in Python."""

import warnings
from typing import Any

from qdrant_client import QdrantClient
from qdrant_client.models import CreateCollection, CreateFieldIndex, QueryRequest, ScrollRequest


class LocalEngine:
    def __init__(self) -> None:
        self.client = QdrantClient(":memory:")

    def exists(self, name: str) -> bool:
        return self.client.collection_exists(name)

    def create(self, name: str, config: CreateCollection) -> None:
        self.client.create_collection(name, vectors_config=config.vectors)

    def drop(self, name: str) -> None:
        self.client.delete_collection(name)

    def index(self, name: str, field: CreateFieldIndex) -> None:
        with warnings.catch_warnings(action="ignore"):  # it has none
            self.client.create_payload_index(self._known(name), field.field_name, field_schema=field.field_schema)

    def update(self, name: str, operation: Any) -> None:
        self.client.batch_update_points(self._known(name), [operation])

    def query(self, name: str, request: QueryRequest) -> list[tuple[int, float]]:
        found = self.client.query_points(
            self._known(name), query=request.query, query_filter=request.filter, limit=request.limit
        )
        return [(each.id, each.score) for each in found.points]

    def scroll(self, name: str, request: ScrollRequest) -> tuple[list[int], int | None]:
        found, following = self.client.scroll(self._known(name), limit=request.limit, offset=request.offset)
        return [each.id for each in found], following

    def retrieve(self, name: str, ids: list[int]) -> dict[int, dict[str, Any]]:
        return {each.id: each.payload for each in self.client.retrieve(self._known(name), ids)}

    def _known(self, name: str) -> str:
        if not self.exists(name):
            raise KeyError(name)
        return name

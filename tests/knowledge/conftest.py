from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID
from uuid import uuid4 as fresh

import pytest

from knowledge.embedding import vector_space
from knowledge.embedding.vector_space import Space
from knowledge.search import Query, search
from knowledge.search.query import Answer
from knowledge.tagexpr import parse_tags
from tests.conftest import Api
from tests.embedding import HashingEmbedder
from tests.knowledge.models_in_use import FIRST, SECOND

if TYPE_CHECKING:
    from tests.qdrant.server import Server

BASE = "/api/v1/knowledge"
DOC = {
    "id": "policy/travel#1",
    "content": "Trips are approved by the finance director.",
    "tags": ["policy", "finance"],
    "metadata": {"page": 3},
    "source": "",
    "updated_at": None,
    "expires_at": None,
    "score": None,
}


def bulk(*documents: Any) -> dict[str, Any]:
    return {"documents": list(documents)}


@pytest.fixture
def provider(api: Callable[..., Api]) -> Api:
    return api("provider", "wiki")


@pytest.fixture
def analyzer(api: Callable[..., Api]) -> Api:
    return api("analyzer")


@pytest.fixture
def uuid4() -> UUID:
    return fresh()


@pytest.fixture
def wider(monkeypatch: pytest.MonkeyPatch, embedder: HashingEmbedder) -> HashingEmbedder:
    """A second backend beside the first, with more dimensions."""
    second = HashingEmbedder()
    second.name, second.dimensions = SECOND, 96
    second.refused_marker = "☠"
    monkeypatch.setattr(vector_space, "embedder_named", {FIRST: embedder, SECOND: second}.__getitem__)
    return second


@pytest.fixture
def graph(settings: Any) -> None:
    """pgvector's graph finds candidates. To be used before a model is made: `pytest.mark.usefixtures`."""
    settings.SEARCH_INDEX = "hnsw"


@pytest.fixture(scope="session")
def qdrant() -> "Iterator[Server]":
    """At one address for all tests: each client that is made for another takes a fifth of a second of the processor."""
    from tests.qdrant.local_engine import LocalEngine
    from tests.qdrant.server import serving

    with serving(LocalEngine()) as server:
        yield server


@pytest.fixture(params=["local", "edge"])
def cluster(request: pytest.FixtureRequest, qdrant: "Server", tmp_path: Path, settings: Any) -> "Server":
    """An empty Qdrant on either engine, at QDRANT_URL."""
    from knowledge.search.qdrant.status import breakers
    from tests.qdrant.edge_engine import EdgeEngine
    from tests.qdrant.local_engine import LocalEngine

    qdrant.begin(LocalEngine() if request.param == "local" else EdgeEngine(tmp_path))
    settings.QDRANT_URL, settings.QDRANT_BUDGET_MS = qdrant.url, 20_000
    for each in breakers.values():
        each.note_success()
    return qdrant


@pytest.fixture
def ask(space: Space, now: datetime) -> Callable[..., Answer]:
    def run(text: str, *, tags: str | None = None, at: datetime | None = None, **options: Any) -> Answer:
        return search(Query(text=text, tags=parse_tags(tags), **options), now=at or now, space=space)

    return run

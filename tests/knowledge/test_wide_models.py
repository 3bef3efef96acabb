"""Models with long vectors: held up to what a row takes, found exactly and by codes, and refused by name beyond."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from knowledge import checks
from knowledge.embedding import vector_space
from knowledge.embedding.embedders.base import EmbedderMisconfigured
from knowledge.embedding.index_build import IndexState, index_state
from knowledge.embedding.model_change import add_model
from knowledge.models import EmbeddingModel
from knowledge.search.index import catching_up, reading
from knowledge.search.index.catching_up import catch_up
from tests.conftest import Api
from tests.embedding import HashingEmbedder

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/api/v1/knowledge"


@pytest.fixture
def wide(embedder: HashingEmbedder, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HashingEmbedder:
    """Where nothing is stored yet."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    monkeypatch.setattr(catching_up, "LEAST", 1)
    monkeypatch.setattr(vector_space, "embedder_named", lambda name: embedder)
    monkeypatch.setattr(checks, "embedder_named", lambda name: embedder)
    reading._readers.clear()
    embedder.dimensions = 4_096
    return embedder


def nearest(api: Callable[..., Api]) -> list[tuple[str, str]]:
    asked = {"text": "apples, red ones", "top_k": 2, "explain": True}
    answer = api("analyzer")("post", f"{BASE}/query", asked).json()
    return [(answer["explanation"]["plan"], each["content"]) for each in answer["documents"]]


def push(api: Callable[..., Api]) -> Any:
    documents = [{"id": text, "content": text} for text in ("apples are red", "bread is baked", "red cars")]
    return api("provider", "wiki")("post", f"{BASE}/bulk-upsert", {"documents": documents})


@pytest.mark.parametrize("index", ["codes", "hnsw"])
def test_a_model_that_is_too_wide_for_the_graph_is_searched_all_the_same(
    wide: HashingEmbedder, api: Callable[..., Api], settings: Any, index: str
) -> None:
    settings.SEARCH_INDEX = index
    assert push(api).status_code == 200
    assert nearest(api) == [("exact", "apples are red"), ("exact", "red cars")]
    model = EmbeddingModel.objects.get()
    assert index_state(model) is IndexState.READY  # nothing is to be built
    if index == "codes":
        assert catch_up(model)
        assert nearest(api) == [("index", "apples are red"), ("index", "red cars")]


def test_a_model_that_no_row_holds_is_named_with_the_limit(
    wide: HashingEmbedder, api: Callable[..., Api], now: datetime
) -> None:
    wide.dimensions = 16_001
    told = "test:hashing makes vectors of 16,001 dimensions; Larder holds at most 16,000"
    for answer in (push(api), api("analyzer")("post", f"{BASE}/query", {"text": "apples"})):
        assert (answer.status_code, answer.json()["code"]) == (503, "embedder_misconfigured")
        assert told in answer.json()["detail"]
    with pytest.raises(EmbedderMisconfigured, match=told):
        add_model("test:hashing", now=now)
    with pytest.raises(CommandError, match=told):
        call_command("embedding_model", "add", "test:hashing")
    assert all(told in complaint for complaint in checks._complaint("test:hashing"))

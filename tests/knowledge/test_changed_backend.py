"""A backend that becomes another model under the same name: refused, with the way out."""

from collections.abc import Callable
from datetime import datetime

import pytest

from knowledge.embedding.embedders.base import DimensionsChanged
from knowledge.embedding.pending import embed_pending
from knowledge.models import Passage
from knowledge.run_counts import Counts
from tests.conftest import Api
from tests.embedding import HashingEmbedder

pytestmark = pytest.mark.django_db

BASE = "/api/v1/knowledge"


@pytest.fixture
def changed(push: Callable[..., Counts], embedder: HashingEmbedder) -> HashingEmbedder:
    """One document is stored; then the backend answers another width."""
    push("apples are red")
    embedder.dimensions = 32
    return embedder


def test_a_push_to_a_changed_backend_is_refused_and_nothing_is_stored(
    changed: HashingEmbedder, api: Callable[..., Api]
) -> None:
    answer = api("provider", "wiki")("post", f"{BASE}/upsert", {"id": "b", "content": "bread is baked"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "embedding_dimensions_changed"
    assert "now answers 32 dimensions" in answer.json()["detail"]
    assert "embedding_model add" in answer.json()["detail"]
    assert Passage.objects.count() == 1


def test_a_query_of_a_changed_backend_is_refused_with_the_way_out(
    changed: HashingEmbedder, api: Callable[..., Api]
) -> None:
    answer = api("analyzer")("post", f"{BASE}/query", {"text": "pears, never asked before"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "embedding_dimensions_changed"


def test_a_worker_gives_passages_of_a_changed_backend_back(
    changed: HashingEmbedder, push: Callable[..., Counts], now: datetime
) -> None:
    push("bread is baked", budget_s=0)
    with pytest.raises(DimensionsChanged):
        embed_pending(now=now)
    waiting = Passage.objects.waiting().get()
    assert (waiting.not_before, waiting.error) == (None, "")
    changed.dimensions = 64
    assert embed_pending(now=now) == 1

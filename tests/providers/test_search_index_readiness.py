"""What readiness says of this machine's codes."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.redis import remember
from knowledge.embedding import index_choice
from knowledge.embedding.vector_space import Space
from knowledge.run_counts import Counts
from knowledge.search.index import catching_up, mark, reading, recall, rows, status
from providers.system import readiness as parts
from providers.system.readiness import ReadinessRow, readiness

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def index_dir(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SEARCH_INDEX, settings.SEARCH_INDEX_DIR = "codes", tmp_path / "index"
    monkeypatch.setattr(recall, "KEY", "larder:recall:readiness")
    reading._readers.clear()


@pytest.fixture
def enough(push: Callable[..., Counts], monkeypatch: pytest.MonkeyPatch) -> None:
    """As many passages as an index is made of."""
    for module in (catching_up, status):
        monkeypatch.setattr(module, "LEAST", 5)
    push(*(f"amber note {number}" for number in range(8)))


def row(now: datetime) -> ReadinessRow | None:
    return next((each for each in readiness(now=now) if each.name == "search index"), None)


def test_a_tiny_store_and_one_without_codes_have_none(push: Any, now: datetime, settings: Any) -> None:
    push("bread")
    assert row(now) is None
    settings.SEARCH_INDEX = "hnsw"
    assert row(now) is None


def test_one_that_is_being_made_is_told(enough: None, now: datetime) -> None:
    told = row(now)
    assert (told.state, "answered exactly meanwhile" in told.detail) == ("warn", True)
    assert "search_index catch-up" in told.fix


def test_one_that_is_well_is_told_with_its_recall(enough: None, space: Space, now: datetime) -> None:
    catching_up.catch_up(space.model)
    assert (row(now).state, row(now).detail) == ("ok", f"8 passages of {space.model.name} in 1 segment.")
    remember(recall.KEY, b"[[9, 10], [10, 10]]", live_s=60)
    assert row(now).detail.endswith("; recall 0.950 of the last 2 asked again.")


def test_one_that_lags_is_told(
    enough: None, push: Any, space: Space, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    catching_up.catch_up(space.model)
    for module in (rows, mark, parts):
        monkeypatch.setattr(module, "MOST_UNSEEN", 3)
    push("one", "two", "three", "four")
    assert (row(now).state, "lacks 3 passages or more" in row(now).detail) == ("warn", True)


def test_what_is_missing_is_told_with_what_to_do(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = "faiss is not installed, so `hnsw` is used: install faiss-cpu, or set SEARCH_INDEX=hnsw."
    monkeypatch.setattr(parts, "why_no_codes", lambda: missing)
    monkeypatch.setattr(index_choice, "why_no_codes", lambda: missing)
    told = row(now)
    assert (told.state, told.detail) == ("warn", "Faiss is not installed, so `hnsw` is used.")
    assert told.fix == "Install faiss-cpu, or set SEARCH_INDEX=hnsw."

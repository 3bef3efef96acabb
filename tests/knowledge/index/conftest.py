from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge.embedding.vector_space import Space
from knowledge.search.index import catching_up, reading
from knowledge.search.index.catching_up import catch_up
from knowledge.search.index.manifest import IndexManifest


@pytest.fixture(autouse=True)
def index_dir(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, in which even a few passages are worth an index."""
    settings.SEARCH_INDEX, settings.SEARCH_INDEX_DIR = "codes", tmp_path / "index"
    monkeypatch.setattr(catching_up, "LEAST", 1)
    reading._readers.clear()
    return tmp_path / "index"


@pytest.fixture
def index(space: Space) -> Callable[[], IndexManifest | None]:
    """Brings the index up to now."""
    return lambda: catch_up(space.model)

import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from knowledge.embedding.vector_space import Space
from knowledge.search.index import catching_up, child, reading
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


@pytest.fixture
def indexed(push: Callable[..., Any], space: Space) -> Space:
    push(*(f"amber note {number}" for number in range(30)))
    assert catch_up(space.model)
    return space


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What processes were to be begun for; each is one that succeeds at once."""
    commands: list[list[str]] = []

    def begin(command: list[str], **options: Any) -> Any:
        commands.append(command[4:-1])
        return subprocess.Popen(["true"])

    monkeypatch.setattr(child, "subprocess", SimpleNamespace(Popen=begin, DEVNULL=None))
    return commands

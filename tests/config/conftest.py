"""What the tests of both paths of a query share."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.keys import create_key
from knowledge.run_counts import Counts
from knowledge.search import fast_path
from tests.config.fast_clients import FastClient, FullClient, Made


@pytest.fixture
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that knows no key yet."""
    fast_path._known.clear()
    fast_path._vectors.clear()
    fast_path._answers.clear()
    monkeypatch.setattr(
        "config.web.fast_path.close_old_connections", lambda: None
    )  # it is the test's, as Django's client knows


@pytest.fixture
def store(push: Callable[..., Counts], now: datetime) -> None:
    push(
        {"id": "bread", "content": "Bread is baked.", "tags": ["food", "oven"], "metadata": {"a": [1, 2.5, None, "é"]}},
        {"id": 'q"\\/\u2028', "content": 'Butter\n"and" bread 🍞', "updated_at": now, "source": "hr"},
        {"id": "brief", "content": "bread " * 600, "tags": ["food"], "expires_at": now + timedelta(days=1)},
        *(f"number {each}" for each in range(20)),
    )


@pytest.fixture
def made(db: None) -> Made:
    return create_key("test", role="analyzer")


@pytest.fixture
def fast(fresh_process: None, made: Made) -> FastClient:
    return FastClient(made[1])


@pytest.fixture
def full(made: Made) -> FullClient:
    return FullClient(made[1])

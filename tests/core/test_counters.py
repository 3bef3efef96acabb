"""Any process answers for the counts of all."""

from uuid import uuid4

import pytest
from pytest_django import Settings

import core.redis
from core.counters import Counters


@pytest.fixture
def key() -> str:
    return f"larder:test:{uuid4().hex}"


def test_any_process_answers_for_all(key: str) -> None:
    first, second = Counters(key), Counters(key)
    first.add({"a": 1, "b": 2})
    second.add({"a": 10})
    second.flush()
    assert first.read() == {"a": 11, "b": 2}


def test_what_is_counted_waits_for_a_redis_that_is_away(key: str, settings: Settings) -> None:
    here, mine = settings.REDIS_URL, Counters(key)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    mine.add({"a": 1})
    assert mine.read() == {}
    settings.REDIS_URL, core.redis.breaker = here, core.redis.Breaker()
    assert mine.read() == {"a": 1}

"""What a process holds of itself: for a while, and no more than its room."""

import time

import pytest

from knowledge.search import cache


@pytest.fixture
def held() -> cache.LocalCache[str]:
    return cache.LocalCache(most_bytes=100)


def test_the_oldest_make_room(held: cache.LocalCache[str]) -> None:
    for key in "abc":
        held.put(key, key.upper(), size=40)
    assert [held.get(key) for key in "abcd"] == [None, "B", "C", None]


def test_what_is_put_again_takes_its_room_once_and_is_new(held: cache.LocalCache[str]) -> None:
    for key, value in (("a", "1"), ("b", "2"), ("a", "3"), ("c", "4")):
        held.put(key, value, size=40)
    assert [held.get(key) for key in "abc"] == ["3", None, "4"]


def test_what_is_larger_than_all_the_room_is_not_held(held: cache.LocalCache[str]) -> None:
    held.put("a", "1", size=101)
    held.put("b", "2", size=100)
    assert [held.get(key) for key in "ab"] == [None, "2"]


def test_it_is_held_for_a_while(held: cache.LocalCache[str], monkeypatch: pytest.MonkeyPatch) -> None:
    held.put("a", "1", size=1)
    later = time.monotonic() + cache.ANSWERS_LIVE_S + 1
    monkeypatch.setattr("time.monotonic", lambda: later)
    assert held.get("a") is None

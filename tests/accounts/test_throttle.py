"""Throttling: per key, over all processes, and never in the way while Redis is."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4 as fresh

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings
from redis.connection import Connection

import core.redis
from accounts.throttle import TooManyRequests, admit, wait_ms
from config import env
from core.redis import Breaker
from tests.conftest import Api

BASE = "/api/v1/knowledge"


@pytest.fixture(autouse=True)
def _own_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.redis, "breaker", Breaker())


def test_an_allowance_can_be_spent_at_once_and_then_comes_back_evenly() -> None:
    name = fresh().hex
    assert [wait_ms(name, most=5, period_s=60) for _ in range(5)] == [0] * 5
    assert 0 < wait_ms(name, most=5, period_s=60) <= 12_000
    name = fresh().hex
    wait = next(filter(None, (wait_ms(name, most=5, period_s=1) for _ in range(1_000))))
    assert wait <= 200
    time.sleep(wait / 1_000)
    assert wait_ms(name, most=5, period_s=1) == 0


def test_keys_have_allowances_of_their_own() -> None:
    first, second = fresh().hex, fresh().hex
    assert wait_ms(first, most=1, period_s=60) == 0
    assert wait_ms(first, most=1, period_s=60) > 59_000
    assert wait_ms(second, most=1, period_s=60) == 0


def test_many_clients_at_once_get_no_more_than_the_allowance() -> None:
    name, admitted = fresh().hex, []

    def client() -> None:
        for _ in range(50):
            if not wait_ms(name, most=100, period_s=600):
                admitted.append(1)

    threads = [threading.Thread(target=client) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(admitted) == 100


def counted(monkeypatch: pytest.MonkeyPatch, verb: str) -> list[str]:
    """A list that grows by one each time a connection to Redis is asked to do this."""
    calls: list[str] = []
    really = getattr(Connection, verb)
    monkeypatch.setattr(Connection, verb, lambda *args, **named: (calls.append(verb), really(*args, **named))[1])
    return calls


def test_a_redis_that_is_away_throttles_nobody_and_is_left_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    tries = counted(monkeypatch, "connect")
    assert not any(wait_ms("x", most=1, period_s=60) for _ in range(1_000))
    assert 1 <= len(tries) < 50


def test_one_call_is_one_round_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    name = fresh().hex
    wait_ms(name, most=100_000, period_s=60)
    sent = counted(monkeypatch, "send_packed_command")
    wait_ms(name, most=100_000, period_s=60)
    assert len(sent) == 1


def test_of_a_large_allowance_a_process_takes_a_part_at_a_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.THROTTLE_RATE = (100_000, 60)
    key, sent = fresh(), counted(monkeypatch, "send_packed_command")
    for _ in range(200):
        admit(key)
    assert len(sent) <= 3  # the script may have to be loaded


def test_what_is_taken_beforehand_counts(settings: Settings) -> None:
    settings.THROTTLE_RATE = (3_000, 3_600)
    key, admitted = fresh(), 0
    with suppress(TooManyRequests):
        while admitted < 3_100:
            admit(key)
            admitted += 1
    assert 3_000 <= admitted <= 3_010  # what came back meanwhile


def test_it_can_be_off(settings: Settings) -> None:
    settings.THROTTLE_RATE = None
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    admit(fresh())


@pytest.mark.django_db
def test_a_client_is_told_when_to_come_back(api: Callable[..., Api], settings: Settings) -> None:
    settings.THROTTLE_RATE = (2, 60)
    analyzer, other = api("analyzer"), api("analyzer")
    assert [analyzer("get", f"{BASE}/tags").status_code for _ in range(2)] == [200, 200]
    answer = analyzer("get", f"{BASE}/tags")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert answer.headers["Retry-After"] == str(answer.json()["retry_after_s"]) == "30"
    assert "2 times in 60 s" in answer.json()["detail"]
    assert other("get", f"{BASE}/tags").status_code == 200


def test_a_wait_is_at_least_a_second() -> None:
    assert TooManyRequests(most=1, period_s=1, wait_ms=3).retry_after_s == 1


@pytest.mark.parametrize(
    ("raw", "rate"),
    [("", (600_000, 60)), ("off", None), ("600/minute", (600, 60)), (" 5/second ", (5, 1)), ("1/hour", (1, 3_600))],
)
def test_a_rate_is_read(monkeypatch: pytest.MonkeyPatch, raw: str, rate: tuple[int, int] | None) -> None:
    monkeypatch.setenv("THROTTLE_RATE", raw)
    assert rate == env.read().THROTTLE_RATE


@pytest.mark.parametrize("raw", ["600", "0/minute", "x/minute", "-1/minute", "5/day", "/minute", "½/hour"])
def test_a_rate_that_reads_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("THROTTLE_RATE", raw)
    with pytest.raises(ImproperlyConfigured, match="600/minute"):
        env.read()


def test_a_redis_whose_clock_was_set_back_keeps_nobody_waiting(settings: Settings) -> None:
    name = fresh().hex
    ahead = time.time() * 1_000 + 7_200_000
    core.redis.client(settings.REDIS_URL).set(f"larder:throttle:{name}", ahead, px=7_200_000)
    wait = wait_ms(name, most=10, period_s=1)
    assert 0 < wait <= 100
    time.sleep(wait / 1_000)
    assert wait_ms(name, most=10, period_s=1) == 0

"""A server that fails in a row is left alone by all processes, and tried by one of them afterwards."""

import time
from uuid import uuid4

import pytest
from pytest_django import Settings

import core.redis
from core.waiting.breaker import FAILURES, FIRST_PAUSE_S, LONGEST_PAUSE_S, SharedBreaker, _pause_s

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def name() -> str:
    return f"test-{uuid4().hex}"


def trip(breaker: SharedBreaker) -> None:
    for _ in range(FAILURES):
        breaker.note_failure()


def end_pause(settings: Settings, breaker: SharedBreaker) -> None:
    core.redis.client(settings.REDIS_URL).delete(breaker._pause_key)


def test_a_server_is_asked_until_it_failed_three_times_in_a_row(name: str) -> None:
    breaker = SharedBreaker(name)
    for _ in range(FAILURES - 1):
        breaker.note_failure()
        assert breaker.wait_s() == 0
    breaker.note_failure()
    assert 1 <= breaker.wait_s() <= FIRST_PAUSE_S


def test_a_success_in_between_begins_the_count_anew(name: str) -> None:
    breaker = SharedBreaker(name)
    for _ in range(3):
        breaker.note_failure()
        breaker.note_success()
    assert breaker.wait_s() == 0


def test_another_process_knows_it_too(name: str) -> None:
    trip(SharedBreaker(name))
    assert SharedBreaker(name).wait_s() > 0
    assert SharedBreaker(f"{name}-other").wait_s() == 0


def test_after_the_pause_one_process_tries_and_the_others_wait(name: str, settings: Settings) -> None:
    first, second = SharedBreaker(name), SharedBreaker(name)
    trip(first)
    end_pause(settings, first)
    assert [first.wait_s(), second.wait_s()] == [0, 1]
    first.note_success()
    assert [first.wait_s(), second.wait_s()] == [0, 0]


def test_a_trial_that_fails_begins_a_pause_twice_as_long(name: str, settings: Settings) -> None:
    breaker = SharedBreaker(name)
    trip(breaker)
    end_pause(settings, breaker)
    assert breaker.wait_s() == 0
    breaker.note_failure()
    assert FIRST_PAUSE_S < breaker.wait_s() <= 2 * FIRST_PAUSE_S


def test_what_was_begun_before_a_pause_does_not_make_it_longer(name: str) -> None:
    breakers = [SharedBreaker(name), SharedBreaker(name)]
    for breaker in breakers:
        for _ in range(20):
            breaker.note_failure()
    assert all(0 < breaker.wait_s() <= FIRST_PAUSE_S for breaker in breakers)


def test_a_trial_that_says_nothing_leaves_it_to_the_next_caller(name: str, settings: Settings) -> None:
    first, second = SharedBreaker(name), SharedBreaker(name)
    trip(first)
    end_pause(settings, first)
    assert first.wait_s() == 0
    first.note_nothing()
    assert second.wait_s() == 0


def test_what_was_said_last_is_known_to_all(name: str) -> None:
    SharedBreaker(name).note_failure("It hangs.")
    assert SharedBreaker(name).last_failure() == "It hangs."


def test_pauses_double_up_to_a_minute() -> None:
    found = [_pause_s(failures) for failures in range(1, 12)]
    assert found == [0, 0, 5, 10, 20, 40, 60, 60, 60, 60, 60]
    assert _pause_s(10**9) == LONGEST_PAUSE_S


def test_without_redis_a_process_learns_it_for_itself(
    name: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = NOBODY
    mine, other = SharedBreaker(name), SharedBreaker(name)
    trip(mine)
    assert 0 < mine.wait_s() <= FIRST_PAUSE_S
    assert other.wait_s() == 0
    later = time.monotonic() + FIRST_PAUSE_S + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert mine.wait_s() == 0
    assert mine.wait_s() > 0
    mine.note_success()
    assert mine.wait_s() == 0


def test_a_redis_whose_clock_was_set_back_keeps_nobody_waiting(name: str, settings: Settings) -> None:
    breaker, server = SharedBreaker(name), core.redis.client(settings.REDIS_URL)
    trip(breaker)
    server.expire(breaker._pause_key, 7_200)
    assert breaker.pause_s() == 0
    assert breaker.wait_s() == 0
    server.expire(breaker._trial_key, 7_200)
    assert [SharedBreaker(name).wait_s() for _ in range(2)] == [1, 0]
    server.set(breaker._pause_key, "1", ex=7_200)
    breaker.note_failure()
    assert 1 <= breaker.wait_s() <= LONGEST_PAUSE_S

"""Turns: few at a time, first come, first served, and nobody keeps a place of those who work while it waits."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from config.web.request_buffering import Semaphore
from core.waiting.slots import working
from core.waiting.turns import NoTurn, Turns

PATIENCE_S = 30


@contextmanager
def taken(turns: Turns, *, wait: int = 0) -> Iterator[ThreadPoolExecutor]:
    """Somebody has the turn, and so many wait for it."""
    with ThreadPoolExecutor(max(1, wait)) as beside, turns.turn(patience_s=PATIENCE_S):
        for number in range(wait):
            beside.submit(_take, turns)
            _until_waiting(turns, number + 1)
        yield beside


def _take(turns: Turns) -> None:
    with turns.turn(patience_s=PATIENCE_S):
        pass


def _until_waiting(turns: Turns, count: int) -> None:
    while len(turns._waiting) < count:
        time.sleep(0.001)


def test_first_come_first_served_one_at_a_time() -> None:
    turns, order = Turns(1, most_waiting=10), list[int]()

    def take(number: int) -> None:
        with turns.turn(patience_s=PATIENCE_S) as waited_s:
            assert waited_s > 0
            order.append(number)

    with ThreadPoolExecutor(5) as together, turns.turn(patience_s=PATIENCE_S):
        for number in range(5):
            together.submit(take, number)
            _until_waiting(turns, number + 1)
        assert order == []
    assert order == [0, 1, 2, 3, 4]


def test_nobody_waits_longer_than_the_patience_and_the_turn_goes_on() -> None:
    turns = Turns(1, most_waiting=10)
    with taken(turns), pytest.raises(NoTurn), turns.turn(patience_s=0.01):
        pass
    with turns.turn(patience_s=0) as waited_s:
        assert waited_s < PATIENCE_S


def test_who_would_be_one_too_many_is_told_at_once() -> None:
    turns = Turns(1, most_waiting=2)
    with taken(turns, wait=2), pytest.raises(NoTurn), turns.turn(patience_s=PATIENCE_S):
        pass


def test_a_failure_passes_the_turn_on() -> None:
    turns = Turns(1, most_waiting=0)
    with pytest.raises(ZeroDivisionError), turns.turn(patience_s=0):
        raise ZeroDivisionError
    _take(turns)


def test_however_many_wait_others_find_a_slot() -> None:
    turns, slots, reading = Turns(1, most_waiting=10), Semaphore(2), threading.Event()

    def push() -> None:
        with working(slots), turns.turn(patience_s=PATIENCE_S):
            reading.wait(PATIENCE_S)

    with ThreadPoolExecutor(9) as together:
        for _ in range(8):
            together.submit(push)
        _until_waiting(turns, 7)
        together.submit(_read, slots, reading).result(PATIENCE_S)


def _read(slots: Semaphore, reading: threading.Event) -> None:
    with working(slots):
        reading.set()

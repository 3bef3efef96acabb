"""Taking turns: few at a time, first come, first served, and nobody waits longer than makes sense.

See docs/decisions/0186.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from core.waiting.slots import slot_given_back


class NoTurn(Exception):
    """It did not come within the patience, or too many wait for it already."""


class Turns:
    """`at_once` have their turn at a time, `most_waiting` wait for theirs."""

    def __init__(self, at_once: int, *, most_waiting: int) -> None:
        self._lock = threading.Lock()
        self._free = at_once
        self._most_waiting = most_waiting
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, *, patience_s: float) -> Iterator[float]:
        """Yields the seconds that it was waited for; the request's slot is given back meanwhile. Raises NoTurn."""
        began = time.monotonic()
        mine = self._ask()
        if mine is not None:
            with slot_given_back():
                self._await(mine, patience_s=patience_s)
        try:
            yield time.monotonic() - began
        finally:
            self._pass_on()

    def _ask(self) -> threading.Event | None:
        """None where it is one's turn at once; else what is set once it is."""
        with self._lock:
            if self._free:
                self._free -= 1
                return None
            if len(self._waiting) >= self._most_waiting:
                raise NoTurn
            mine = threading.Event()
            self._waiting.append(mine)
            return mine

    def _await(self, mine: threading.Event, *, patience_s: float) -> None:
        if mine.wait(patience_s):
            return
        with self._lock:
            if not mine.is_set():
                self._waiting.remove(mine)
                raise NoTurn

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1

"""What somebody was asked a moment ago: asked by one caller at a time; the others make do with the answer before."""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from core.waiting.slots import slot_given_back

T = TypeVar("T")


class RecentAnswers(Generic[T]):
    """Answers by key, each good for `live_s`."""

    def __init__(self, *, live_s: float) -> None:
        self.live_s = live_s
        self._lock = threading.Lock()
        self._known: dict[Hashable, tuple[float, T]] = {}
        self._asked: dict[Hashable, Future[T]] = {}

    def clear(self) -> None:
        self._known.clear()

    def get(self, key: Hashable, ask: Callable[[], T]) -> T:
        """Waits only for what was never answered; without a slot of the web process (`core.waiting.slots`)."""
        with self._lock:
            known, underway = self._known.get(key), self._asked.get(key)
            if known is not None and (underway is not None or time.monotonic() - known[0] < self.live_s):
                return known[1]
            mine = self._asked[key] = Future() if underway is None else underway
        if underway is not None:
            with slot_given_back():
                return underway.result()
        return self._ask(key, ask, mine)

    def _ask(self, key: Hashable, ask: Callable[[], T], mine: "Future[T]") -> T:
        try:
            answer = ask()
            self._known[key] = (time.monotonic(), answer)
            mine.set_result(answer)
            return answer
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            del self._asked[key]

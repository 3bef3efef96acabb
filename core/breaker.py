"""Leaving a server alone that failed several times in a row: all processes together, as long as Redis is there.

Without Redis each process learns it for itself. After a pause one caller tries first; the others wait for what becomes
of it, at most `TRIAL_S`.
"""

import threading
import time

from core import redis

FAILURES = 3
"""In a row; then nobody asks for a while."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 5, 60
TRIAL_S = 30
MEMORY_S = 600
"""Failures further apart than this are not in a row."""


class SharedBreaker:
    """`name` says which server; each with the same name knows the same."""

    def __init__(self, name: str) -> None:
        self._failures_key, self._pause_key, self._trial_key = (
            f"larder:breaker:{name}:{part}" for part in ("failures", "pause", "trial")
        )
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0

    def wait_s(self) -> float:
        """0 where the server may be asked, by this caller and now; else the seconds until that is worth a thought."""
        found = redis.ask("MGET", self._failures_key, self._pause_key)
        if found is None:
            return self._own_wait_s()
        failures, pause = found
        if int(failures or 0) < FAILURES:
            return 0.0
        if pause is not None:
            return max(1.0, float(redis.ask("PTTL", self._pause_key) or 0) / 1_000)
        return 0.0 if redis.ask("SET", self._trial_key, "1", "NX", "EX", TRIAL_S) else 1.0

    def pause_s(self) -> float:
        """The same for somebody who only looks; 0, too, while one caller tries."""
        found = redis.ask("PTTL", self._pause_key)
        return max(0.0, self._closed_until - time.monotonic()) if found is None else max(0.0, float(found) / 1_000)

    def note_success(self) -> None:
        with self._lock:
            self._failures, self._closed_until = 0, 0.0
        redis.ask("DEL", self._failures_key, self._pause_key, self._trial_key)

    def note_failure(self) -> None:
        """After the third in a row a pause begins, twice as long with each that follows."""
        with self._lock:
            self._failures += 1
            self._closed_until = time.monotonic() + _pause_s(self._failures)
        shared = redis.ask("INCR", self._failures_key)
        if shared is None:
            return
        redis.ask("EXPIRE", self._failures_key, MEMORY_S)
        if pause_s := _pause_s(shared):
            redis.ask("SET", self._pause_key, "1", "EX", pause_s)
            redis.ask("DEL", self._trial_key)

    def _own_wait_s(self) -> float:
        with self._lock:
            wait_s = max(0.0, self._closed_until - time.monotonic())
            if not wait_s and self._failures >= FAILURES:
                self._closed_until = time.monotonic() + TRIAL_S
            return wait_s


def _pause_s(failures: int) -> int:
    """0 for the first few."""
    if failures < FAILURES:
        return 0
    doublings: int = 2 ** min(failures - FAILURES, 6)
    return min(FIRST_PAUSE_S * doublings, LONGEST_PAUSE_S)

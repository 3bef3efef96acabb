"""How long requests take, over all web processes and across their restarts.

Each process counts for itself and adds its counts to a hash in Redis every two seconds, so that any process can answer
for all of them. While Redis is away the counts stay where they are.

See docs/decisions/0025.
"""

import threading
import time
from bisect import bisect_left
from collections import Counter

import redis
from django.conf import settings

from core.redis import breaker, client

KEY = "larder:latency"
FLUSH_EVERY_S = 2.0
BOUNDS_MS = (1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, float("inf"))

Labels = tuple[str, str, str]
"""(method, route, status), the status as `2xx`."""


class Latency:
    """Counts that are not in Redis yet: by labels and the bound of the bucket, and the sum of microseconds."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._flushed_at = time.monotonic()

    def observe(self, labels: Labels, seconds: float) -> None:
        bound = BOUNDS_MS[bisect_left(BOUNDS_MS, seconds * 1_000)]
        name = "|".join(labels)
        with self._lock:
            self._counts[f"{name}|{bound:g}"] += 1
            self._counts[f"{name}|us"] += int(seconds * 1_000_000)
        if time.monotonic() - self._flushed_at > FLUSH_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Add the counts to those in Redis. What is counted meanwhile waits for the next time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            self._flushed_at = time.monotonic()
        if not counts or _add(counts):
            return
        with self._lock:
            self._counts += counts

    def read(self) -> dict[Labels, tuple[list[tuple[float, int]], float]]:
        """By labels: for each bound, in order, how many took at most so many seconds; and the sum of seconds."""
        self.flush()
        found: dict[Labels, Counter[str]] = {}
        for name, count in _read().items():
            method, route, status, bound = name.rsplit("|", 3) if name.count("|") == 3 else ("", "", "", "")
            if bound:
                found.setdefault((method, route, status), Counter())[bound] += count
        return {labels: _histogram(counts) for labels, counts in found.items()}


latency = Latency()


def _histogram(counts: Counter[str]) -> tuple[list[tuple[float, int]], float]:
    total, buckets = 0, []
    for bound in BOUNDS_MS:
        total += counts[f"{bound:g}"]
        buckets.append((bound / 1_000, total))
    return buckets, counts["us"] / 1_000_000


def _add(counts: Counter[str]) -> bool:
    if not breaker.allows():
        return False
    try:
        pipe = client(settings.REDIS_URL).pipeline(transaction=True)
        for name, count in counts.items():
            pipe.hincrby(KEY, name, count)
        pipe.execute()
    except (redis.RedisError, OSError) as error:
        breaker.note_failure(error)
        return False
    breaker.note_success()
    return True


def _read() -> dict[str, int]:
    """What all processes have counted; nothing while Redis is away."""
    if not breaker.allows():
        return {}
    try:
        kept = client(settings.REDIS_URL).hgetall(KEY)
    except (redis.RedisError, OSError) as error:
        breaker.note_failure(error)
        return {}
    breaker.note_success()
    return {_text(name): int(count) for name, count in kept.items() if count.isdigit()}


def _text(name: bytes | str) -> str:
    return name if isinstance(name, str) else name.decode(errors="replace")

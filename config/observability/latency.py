"""How long requests take, over all web processes and across their restarts.

`core.counters` keeps the counts, so that any process can answer for all of them.

See docs/decisions/0025.
"""

from bisect import bisect_left
from collections import Counter

from core.counters import Counters

KEY = "larder:latency"
BOUNDS_MS = (1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, float("inf"))

Labels = tuple[str, str, str]
"""(method, route, status), the status as `2xx`."""


class Latency:
    """Counts by labels and the bound of the bucket, and the sum of microseconds."""

    def __init__(self) -> None:
        self._counters = Counters(KEY)

    def observe(self, labels: Labels, seconds: float) -> None:
        bound = BOUNDS_MS[bisect_left(BOUNDS_MS, seconds * 1_000)]
        name = "|".join(labels)
        self._counters.add({f"{name}|{bound:g}": 1, f"{name}|us": int(seconds * 1_000_000)})

    def flush(self) -> None:
        self._counters.flush()

    def read(self) -> dict[Labels, tuple[list[tuple[float, int]], float]]:
        """By labels: for each bound, in order, how many took at most so many seconds; and the sum of seconds."""
        found: dict[Labels, Counter[str]] = {}
        for name, count in self._counters.read().items():
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

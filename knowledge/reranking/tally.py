"""What came of asking to rerank, counted over all processes."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.counters import Counters

counters = Counters("larder:reranking")
OUTCOME, CALLS, SPENT_MS = "outcome:", "calls", "spent_ms"


@dataclass(frozen=True, kw_only=True)
class RerankCounts:
    """`outcomes` of queries: `reranked`, `cached`, or the code of why not. `calls` of the server took `spent_ms`."""

    outcomes: Mapping[str, int]
    calls: int
    spent_ms: int


def note_outcome(outcome: str) -> None:
    counters.add({OUTCOME + outcome: 1})


def note_call(*, spent_ms: float) -> None:
    """Of the server, whatever came of it."""
    counters.add({CALLS: 1, SPENT_MS: round(spent_ms)})


def read_reranking() -> RerankCounts:
    """Of all processes; nothing while Redis is away."""
    found = counters.read()
    outcomes = {name.removeprefix(OUTCOME): count for name, count in sorted(found.items()) if name.startswith(OUTCOME)}
    return RerankCounts(outcomes=outcomes, calls=found.get(CALLS, 0), spent_ms=found.get(SPENT_MS, 0))

"""Which share of the store a filter leaves, by a sample: for plans only, so it may be minutes old."""

import time

from core.sql import fetch
from knowledge.filters.conditions import condition_of
from knowledge.filters.tree import QueryFilter

FRESH_S = 30.0
MOST_REMEMBERED = 1_000
SAMPLE = 1_500
"""Documents that are looked at, which takes some milliseconds. Of a hundredth it tells a fifth too many or too few."""

# Plan: pages from all over the table.
SAMPLED = """
SELECT count(*), count(*) FILTER (WHERE {condition})
FROM (SELECT * FROM knowledge_document TABLESAMPLE SYSTEM (%(percent)s) LIMIT %(sample)s) d
"""

_shares: dict[QueryFilter, tuple[float, float]] = {}


def share_of(wanted: QueryFilter, *, documents: float) -> float:
    """Between 0 and 1, and never 0: what no document of the sample has, few have."""
    read_at, share = _shares.get(wanted, (-FRESH_S, 1.0))
    if time.monotonic() - read_at > FRESH_S:
        share = _sample(wanted, documents=documents)
        if len(_shares) >= MOST_REMEMBERED:
            _shares.clear()
        _shares[wanted] = time.monotonic(), share
    return share


def forget_shares() -> None:
    _shares.clear()


def _sample(wanted: QueryFilter, *, documents: float) -> float:
    condition = condition_of(wanted)
    parameters = condition.parameters | {"percent": min(100.0, 100 * SAMPLE / max(documents, 1)), "sample": 2 * SAMPLE}
    [(rows, matching)] = fetch(SAMPLED.format(condition=condition.sql), parameters)
    return max(matching, 0.5) / rows if rows else 1.0

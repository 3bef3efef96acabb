"""How far an index has caught up: a snapshot of PostgreSQL, and what a later snapshot sees that this one did not.

A passage's row bears the transaction that wrote its vector (`written_by`). A snapshot sees a transaction that ended
before it was taken: one below `xmax` that was not in progress. So every row either was seen when the index caught up,
or is found by the two conditions of `UNSEEN`, whatever its transaction's age and however long it was open. (PostgreSQL,
"System Information Functions", pg_snapshot.)

See docs/decisions/0230.
"""

from dataclasses import dataclass
from typing import Any

MOST_UNSEEN = 50_000
"""Rows that a query orders beside what the index knows, 3 µs each; with more of them it is answered exactly."""

# Plan: two walks of passage_written. The limits are there for the planner, too: without them it would reckon with a
# third of the table.
UNSEEN = """
(SELECT {columns} FROM knowledge_passage p
 WHERE p.model_id = {model} AND p.vector IS NOT NULL AND p.written_by >= %(xmax)s::text::xid8
 ORDER BY p.model_id, p.written_by LIMIT {most})
UNION ALL
(SELECT {columns} FROM knowledge_passage p
 WHERE p.model_id = {model} AND p.vector IS NOT NULL AND p.written_by = ANY(%(in_progress)s::text[]::xid8[])
 LIMIT {most})
"""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Transactions that were seen: all below `xmax` but those `in_progress`."""

    xmax: int
    in_progress: tuple[int, ...] = ()

    @property
    def parameters(self) -> dict[str, Any]:
        return {"xmax": str(self.xmax), "in_progress": [str(each) for each in self.in_progress]}


def read_mark(snapshot: str) -> Mark:
    """From the text of a `pg_snapshot`: `xmin:xmax:xip_list`. Raises ValueError for another text."""
    _, xmax, in_progress = snapshot.split(":")
    return Mark(xmax=int(xmax), in_progress=tuple(int(each) for each in in_progress.split(",") if each))

"""How the cluster stands. Needs no client: the rows tell, and what went wrong is known to all processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from core.sql import fetch
from core.waiting.breaker import SharedBreaker
from knowledge.search.qdrant.lineage import LINEAGE

MOST_COUNTED = 100_000
MOST_WAITING = 20_000_000
"""Changes; beyond it the outbox ends the feed rather than fill the disk. Rebuilding takes no longer than they would."""

UNFED = timedelta(days=1)
"""So long nobody looked at the outbox: whoever was to be fed is not there any more."""

STATUS = f"""
SELECT f.name, f.lineage = {LINEAGE},
       (SELECT count(*) FROM (SELECT FROM knowledge_clusterchange LIMIT {MOST_COUNTED}) bounded),
       (SELECT extract(epoch FROM clock_timestamp() - noted_at) FROM knowledge_clusterchange ORDER BY id LIMIT 1),
       extract(epoch FROM clock_timestamp() - f.seen_at),
       ARRAY(SELECT m.name FROM knowledge_embeddingmodel m LEFT JOIN knowledge_clustercollection c ON c.model = m.id
             WHERE m.state IN ('active', 'building') AND c.walked_to IS NOT NULL ORDER BY m.state, m.id)
FROM knowledge_clusterfeed f
"""  # noqa: S608 -- constants
HELD = """
SELECT coalesce(sum(CASE kind WHEN 'passage' THEN documents ELSE -documents END), 0)
FROM (SELECT * FROM knowledge_storedcount UNION ALL SELECT * FROM knowledge_countdelta) counted
WHERE kind IN ('passage', 'waiting') AND name = %(model)s
"""
END = f"""
DELETE FROM knowledge_clusterfeed
WHERE seen_at < %(since)s OR (SELECT max(id) - min(id) FROM knowledge_clusterchange) > {MOST_WAITING}
"""  # noqa: S608 -- a number

breakers = {"asking": SharedBreaker("qdrant:asking"), "feeding": SharedBreaker("qdrant:feeding")}


@dataclass(frozen=True, kw_only=True)
class ClusterStatus:
    """`waiting` counts no further than `MOST_COUNTED`. `unfilled` are models whose walk is not at its end.

    `lag_s`: since the oldest change that waits was noted; 0 where none does. `pauses`: what is left alone for a while,
    `asking` or `feeding`, with what it said last.
    """

    name: str
    is_of_this_store: bool
    waiting: int
    lag_s: float
    unseen_s: float
    unfilled: tuple[str, ...]
    pauses: dict[str, str]

    @property
    def is_usable(self) -> bool:
        """Whether queries ask it for candidates."""
        return self.is_of_this_store and not self.unfilled and "asking" not in self.pauses


def cluster_status() -> ClusterStatus | None:
    """None where no cluster is fed."""
    rows = fetch(STATUS, {})
    if not rows:
        return None
    name, is_ours, waiting, lag_s, unseen_s, unfilled = rows[0]
    return ClusterStatus(
        name=name,
        is_of_this_store=is_ours,
        waiting=waiting,
        lag_s=float(lag_s or 0),
        unseen_s=float(unseen_s),
        unfilled=tuple(unfilled),
        pauses={what: each.last_failure() for what, each in breakers.items() if each.pause_s()},
    )


def vectors_of(model_id: int) -> int:
    """How many passages of the model have a vector."""
    return int(fetch(HELD, {"model": str(model_id)})[0][0])


def end_forgotten_feed(*, now: datetime) -> bool:
    """Whether nobody took anything off the outbox, or it grew beyond all measure: then no more is noted."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(END, {"since": now - UNFED})
        ended = bool(cursor.rowcount)
        if ended:
            cursor.execute("DELETE FROM knowledge_clustercollection")
            cursor.execute("TRUNCATE knowledge_clusterchange")
    return ended

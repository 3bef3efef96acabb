"""Reading from streaming replicas of PostgreSQL: never less than what a read of the primary would have shown.

A request that reads asks the primary where its log ends (`reads`), and reads on a replica that has replayed as far, so
whatever was answered before the request began is in it, whoever wrote it. A replica that is behind, silent, dead or no
replica any more is left out (`servers`): another one is read, or the primary. What writes stays on the primary.

Read `reads` first, then `servers`; `states` tells people how they are. Without READ_DATABASE_URLS none of it runs.

See docs/decisions/0228.
"""

from core.replicas.reads import ReadRouter, begin_reads, is_split, read_anew
from core.replicas.servers import are_there
from core.replicas.states import ReplicaState, count_reads, read_states

__all__ = [
    "ReadRouter",
    "ReplicaState",
    "are_there",
    "begin_reads",
    "count_reads",
    "is_split",
    "read_anew",
    "read_states",
]

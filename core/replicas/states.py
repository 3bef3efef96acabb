"""How the replicas are, for people and for programs that watch."""

from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections

from core.replicas.servers import FAILURES, PRIMARY, Replica, reads_by_server, replicas
from core.sql import Statement, fetch_from

END = "SELECT pg_current_wal_flush_lsn()::text"
STATE = """
SELECT pg_is_in_recovery(), greatest(pg_wal_lsn_diff(%(end)s::pg_lsn, pg_last_wal_replay_lsn()), 0)::bigint
"""


@dataclass(frozen=True, kw_only=True)
class ReplicaState:
    """`trouble` is "" for one that serves; `behind_bytes` of the primary's log it has not replayed, None: unknown."""

    name: str
    trouble: str
    behind_bytes: int | None

    @property
    def serves(self) -> bool:
        return not self.trouble


def read_states() -> list[ReplicaState]:
    """Ask each, but for those that nobody asks at present. Raises what the primary raises."""
    if not replicas():
        return []
    [[(end,)]] = fetch_from(connections[DEFAULT_DB_ALIAS], [Statement(text=END)])
    return [_state(replica, end) for replica in replicas()]


def count_reads() -> dict[str, int]:
    """Requests that read, by the server they read from; `primary` is one of them."""
    counted = reads_by_server.read()
    return {name: counted.get(name, 0) for name in (PRIMARY, *(each.name for each in replicas()))}


def _state(replica: Replica, end: str) -> ReplicaState:
    if pause_s := replica.breaker.pause_s():
        trouble = f"nobody asks it for {pause_s:.0f} s: {replica.breaker.last_failure()}"
        return ReplicaState(name=replica.name, trouble=trouble, behind_bytes=None)
    wrapper = connections[replica.alias]
    try:
        [[(replays, behind)]] = fetch_from(wrapper, [Statement(text=STATE, parameters={"end": end})])
    except FAILURES as error:
        return ReplicaState(name=replica.name, trouble=" ".join(str(error).split()), behind_bytes=None)
    finally:
        wrapper.close()
    trouble = "" if replays else "it is no replica: it takes writes of its own"
    return ReplicaState(name=replica.name, trouble=trouble, behind_bytes=behind if replays else None)

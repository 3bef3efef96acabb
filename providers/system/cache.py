"""Redis, by what it tells of itself."""

from dataclasses import dataclass
from typing import Any

import redis

from core.redis import converse


@dataclass(frozen=True, kw_only=True)
class Cache:
    """Redis' own counters since its start. `hit_rate` from 0 to 1, None before the first look-up."""

    version: str
    memory_bytes: int
    memory_limit_bytes: int
    hit_rate: float | None
    lookups: int
    evicted: int
    clients: int
    up_s: int


def read_cache() -> Cache:
    """Raises redis.ConnectionError where it does not answer within `core.redis.TIMEOUT_S`."""
    told: Any = converse(lambda client: client.info())
    if told is None:
        raise redis.ConnectionError("it was asked and is silent")
    hits, misses = int(told.get("keyspace_hits", 0)), int(told.get("keyspace_misses", 0))
    return Cache(
        version=_version(told),
        memory_bytes=int(told.get("used_memory", 0)),
        memory_limit_bytes=int(told.get("maxmemory", 0)),
        hit_rate=hits / (hits + misses) if hits + misses else None,
        lookups=hits + misses,
        evicted=int(told.get("evicted_keys", 0)),
        clients=int(told.get("connected_clients", 0)),
        up_s=int(told.get("uptime_in_seconds", 0)),
    )


def _version(told: Any) -> str:
    """Valkey tells the release of Redis that it is compatible with, beside its own."""
    valkey = told.get("valkey_version")
    return f"Valkey {valkey}" if valkey else str(told.get("redis_version", ""))

"""The machine that Larder runs on, as it is at this moment: processes, queues, Redis, PostgreSQL, versions, disk.

Everything is read from catalogues and counters, never counted, so that looking costs a few milliseconds however much is
stored. A part that does not answer is a sentence in place of its numbers.
"""

import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import django
import redis
from django.conf import settings
from django.db import DatabaseError, connection

from knowledge.caching import client
from providers.load import Load, queue_depths, read_load
from providers.models import Heartbeat
from providers.readiness import PULSE_OVERDUE, TICK_OVERDUE

MOST_SHOWN = 8
PERIODS = {1: "second", 60: "minute", 3_600: "hour"}
T = TypeVar("T")

TABLES = """
SELECT c.relname, greatest(c.reltuples, 0)::bigint, pg_table_size(c.oid), pg_indexes_size(c.oid),
    coalesce(s.n_dead_tup, 0), greatest(s.last_autovacuum, s.last_vacuum)
FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
ORDER BY pg_table_size(c.oid) + pg_indexes_size(c.oid) DESC LIMIT %s
"""
INDEXES = """
SELECT c.relname, t.relname, pg_relation_size(c.oid), coalesce(s.idx_scan, 0), i.indisvalid
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace
ORDER BY pg_relation_size(c.oid) DESC LIMIT %s
"""
DATABASE = """
SELECT current_setting('server_version'), (SELECT extversion FROM pg_extension WHERE extname = 'vector'),
    pg_database_size(current_database()), current_setting('max_connections')::int,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND state = 'active'),
    d.blks_hit::float8 / nullif(d.blks_hit + d.blks_read, 0), d.deadlocks, pg_postmaster_start_time()
FROM pg_stat_database d WHERE d.datname = current_database()
"""
SHOWN_SETTINGS = {
    "EMBEDDING_MODEL": "the model for a new store",
    "OLLAMA_URL": "where Ollama answers",
    "OPENAI_BASE_URL": "where OpenAI-compatible models answer",
    "EMBED_BUDGET_MS": "how long a push waits for its vectors",
    "PASSAGE_CHARS": "characters a passage",
    "PASSAGE_OVERLAP": "characters that two passages share",
    "SEARCH_LANGUAGE": "whose word endings search by words ignores",
    "TRASH_DAYS": "how long the trash keeps documents",
    "CHANGE_DAYS": "how long the history is kept",
    "AUDIT_DAYS": "how long the audit is kept",
    "DELETE_PERCENT": "a larger share of a source is held for approval",
    "MAX_CONCURRENT_SYNCS": "runs at once",
    "THROTTLE_RATE": "requests an access key",
    "SIGN_IN_NAME_RATE": "failed sign-ins a name",
    "SIGN_IN_ADDRESS_RATE": "failed sign-ins an address",
    "QUERY_REQUIRES_KEY": "whether a query needs a key",
    "SECURE_COOKIES": "whether cookies travel by TLS only",
    "TRUST_PROXY": "whether X-Forwarded-For is believed",
    "ALLOWED_HOSTS": "names that the pages answer to",
}


@dataclass(frozen=True, kw_only=True)
class Process:
    """`seen` is its last sign of life, None without one. `detail` says what it does, `fix` how it comes back."""

    name: str
    detail: str
    seen: datetime | None
    is_well: bool
    fix: str


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


@dataclass(frozen=True, kw_only=True)
class Table:
    """`rows` is the planner's estimate; `dead` rows wait to be vacuumed."""

    name: str
    rows: int
    bytes: int
    index_bytes: int
    dead: int
    vacuumed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class IndexSize:
    name: str
    table: str
    bytes: int
    scans: int
    valid: bool


@dataclass(frozen=True, kw_only=True)
class Database:
    """`hit_rate`: of all pages that were read, how many PostgreSQL had in memory."""

    version: str
    pgvector: str | None
    bytes: int
    max_connections: int
    connections: int
    active: int
    hit_rate: float | None
    deadlocks: int
    started_at: datetime
    tables: list[Table] = field(default_factory=list)
    indexes: list[IndexSize] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Disk:
    path: str
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A part that is None did not answer, or is not there to be asked; `troubles` say which, by its field's name."""

    processes: list[Process]
    load: Load | None
    queues: dict[str, int] | None
    cache: Cache | None
    database: Database | None
    disk: Disk | None
    versions: dict[str, str]
    settings: list[tuple[str, str, str]]
    troubles: dict[str, str]


def read_machine(*, now: datetime) -> Machine:
    """Ask every part; raises nothing where one is away."""
    troubles: dict[str, str] = {}
    beats = _asked("processes", _heartbeats, troubles) or {}
    database, cache = _asked("database", _database, troubles), _asked("cache", _cache, troubles)
    queues = queue_depths() if cache else None
    if queues is None:
        troubles["queues"] = "Redis does not answer, so nobody knows what waits. Start it, or check REDIS_URL."
    return Machine(
        processes=_processes(beats, now=now),
        load=_asked("load", lambda: read_load(now=now), troubles),
        queues=queues,
        cache=cache,
        database=database,
        disk=_asked("disk", _disk, troubles),
        versions=_versions(database, cache),
        settings=[(name, _shown(name), said) for name, said in SHOWN_SETTINGS.items()],
        troubles=troubles,
    )


def _asked(part: str, ask: Callable[[], T], troubles: dict[str, str]) -> T | None:
    try:
        return ask()
    except DatabaseError as error:
        troubles[part] = f"PostgreSQL does not tell: {str(error).splitlines()[0]}."
    except redis.RedisError as error:
        troubles[part] = f"Redis does not answer: {error}."
    except OSError as error:
        troubles[part] = f"It cannot be read: {error.strerror or error}."
    return None


def _heartbeats() -> dict[str, datetime]:
    return dict(Heartbeat.objects.values_list("name", "at"))


def _processes(beats: dict[str, datetime], *, now: datetime) -> list[Process]:
    def seen_within(name: str, limit: timedelta) -> bool:
        return name in beats and now - beats[name] < limit

    return [
        Process(name="web", detail=f"Answers this page, as process {os.getpid()}.", seen=now, is_well=True, fix=""),
        Process(
            name="worker",
            detail="Syncs, embeds and tidies up.",
            seen=beats.get("worker"),
            is_well=seen_within("worker", PULSE_OVERDUE),
            fix="Start `celery -A config worker --pool threads --queues celery,syncs,embedding,filing`.",
        ),
        Process(
            name="scheduler",
            detail="Ticks every second; a worker answers each tick.",
            seen=beats.get("dispatcher"),
            is_well=seen_within("dispatcher", TICK_OVERDUE),
            fix="Start a worker, and `celery -A config beat -S django_celery_beat.schedulers:DatabaseScheduler`.",
        ),
    ]


def _cache() -> Cache:
    told: Any = client(settings.REDIS_URL).info()
    hits, misses = int(told.get("keyspace_hits", 0)), int(told.get("keyspace_misses", 0))
    return Cache(
        version=str(told.get("redis_version", "")),
        memory_bytes=int(told.get("used_memory", 0)),
        memory_limit_bytes=int(told.get("maxmemory", 0)),
        hit_rate=hits / (hits + misses) if hits + misses else None,
        lookups=hits + misses,
        evicted=int(told.get("evicted_keys", 0)),
        clients=int(told.get("connected_clients", 0)),
        up_s=int(told.get("uptime_in_seconds", 0)),
    )


def _database() -> Database:
    with connection.cursor() as cursor:
        cursor.execute(DATABASE)
        version, pgvector, size, most, connections, active, hit_rate, deadlocks, started_at = cursor.fetchone()
        cursor.execute(TABLES, [MOST_SHOWN])
        tables = cursor.fetchall()
        cursor.execute(INDEXES, [MOST_SHOWN])
        indexes = cursor.fetchall()
    return Database(
        version=version.partition(" ")[0],
        pgvector=pgvector,
        bytes=size,
        max_connections=most,
        connections=connections,
        active=active,
        hit_rate=hit_rate,
        deadlocks=deadlocks,
        started_at=started_at,
        tables=[
            Table(name=name, rows=rows, bytes=size, index_bytes=index_size, dead=dead, vacuumed_at=vacuumed_at)
            for name, rows, size, index_size, dead, vacuumed_at in tables
        ],
        indexes=[
            IndexSize(name=name, table=table, bytes=size, scans=scans, valid=valid)
            for name, table, size, scans, valid in indexes
        ],
    )


def _disk() -> Disk | None:
    """Of the data directory, where there is one; servers elsewhere have disks of their own."""
    path = Path(settings.DATA_DIR)
    if not path.exists():
        return None
    usage = shutil.disk_usage(path)
    return Disk(path=str(path), total_bytes=usage.total, free_bytes=usage.free)


def _versions(database: Database | None, cache: Cache | None) -> dict[str, str]:
    away = "does not answer"
    return {
        "Larder": settings.VERSION,
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "PostgreSQL": database.version if database else away,
        "pgvector": (database.pgvector or "missing") if database else away,
        "Redis": cache.version if cache else away,
    }


def _shown(name: str) -> str:
    """A setting's value, without the user and password that an address may carry."""
    value = getattr(settings, name)
    if value is None or value == "":
        return "off" if name.endswith("_RATE") else "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        most, period_s = value
        return f"{most}/{PERIODS[period_s]}"
    if isinstance(value, list):
        return " ".join(map(str, value))
    return _without_credentials(value) if name.endswith("_URL") else str(value)


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()

"""The system as it is at this moment: processes, queues, Redis, PostgreSQL, versions, disk.

Everything is read from catalogues and counters, never counted, so that looking costs a few milliseconds however much is
stored. A part that does not answer is a sentence in place of its numbers.

See docs/decisions/0061.
"""

import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import django
import redis
from django.conf import settings
from django.db import DatabaseError

from core.replicas import ReplicaState, read_states
from knowledge.writing.rescan import ScanProgress, scan_progress
from knowledge.writing.rewording import RewordingProgress, rewording_progress
from providers.system.cache import Cache, read_cache
from providers.system.configuration import tell_settings
from providers.system.database import Database, read_database
from providers.system.load import Load, queue_depths, read_load
from providers.system.processes import Process, read_heartbeats, tell_processes

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Disk:
    path: str
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, kw_only=True)
class SystemState:
    """A part that is None did not answer, or is not there to be asked; `troubles` say which, by its field's name."""

    processes: list[Process]
    load: Load | None
    queues: dict[str, int] | None
    scan: ScanProgress | None
    words: RewordingProgress | None
    cache: Cache | None
    database: Database | None
    replicas: list[ReplicaState]
    disk: Disk | None
    versions: dict[str, str]
    settings: list[tuple[str, str, str]]
    troubles: dict[str, str]


def read_system(*, now: datetime) -> SystemState:
    """Ask every part; raises nothing where one is away."""
    troubles: dict[str, str] = {}
    beats = _asked("processes", read_heartbeats, troubles) or {}
    database, cache = _asked("database", read_database, troubles), _asked("cache", read_cache, troubles)
    queues = queue_depths() if cache else None
    if queues is None:
        troubles["queues"] = "Redis does not answer, so nobody knows what waits. Start it, or check REDIS_URL."
    return SystemState(
        processes=tell_processes(beats, now=now),
        load=_asked("load", lambda: read_load(now=now), troubles),
        queues=queues,
        scan=_asked("scan", scan_progress, troubles),
        words=_asked("words", rewording_progress, troubles),
        cache=cache,
        database=database,
        replicas=_asked("replicas", read_states, troubles) or [],
        disk=_asked("disk", _disk, troubles),
        versions=_versions(database, cache),
        settings=tell_settings(),
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

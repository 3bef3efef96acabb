"""How long work may wait for PostgreSQL: a page or a query, a change, a worker's task, a command.

A process says once what it does (`work_as`); in the web process each request says whether it reads or writes.

See docs/decisions/0180.
"""

from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import Enum

from django.conf import settings

from core.sql import is_unlimited

PATIENT = 5
"""Nobody watches what workers and commands do: they wait so many times as long as a request."""

REPLICA_S = 0.25
"""How long a read waits for a connection to a replica, for its first sign of life, and for one when asked for it."""


class DatabaseWork(Enum):
    READ = "read"
    WRITE = "write"
    TASK = "task"
    COMMAND = "command"


@dataclass(frozen=True, kw_only=True)
class WaitLimits:
    """In seconds; None: as long as it takes.

    `silence_s` is how long a statement may go without an answer before the server is asked whether it lives, and how
    long that question may take.
    """

    connection_s: float
    statement_s: float | None
    lock_s: float
    silence_s: float


_of_process = DatabaseWork.COMMAND
_of_request: ContextVar[DatabaseWork | None] = ContextVar("work", default=None)


def work_as(work: DatabaseWork) -> None:
    """What this process does, unless a request says otherwise."""
    global _of_process
    _of_process = work


def begin_request(work: DatabaseWork | None) -> None:
    """What this thread does until its next request; None: what its process does."""
    _of_request.set(work)


def current_limits() -> WaitLimits:
    """Of this thread: a worker that builds an index waits as a command does."""
    work = DatabaseWork.COMMAND if is_unlimited.get() else _of_request.get() or _of_process
    return limits_of(work)


def limits_at(*, replica: bool) -> WaitLimits:
    """The same for one server. A replica is not waited for as long as the primary, which is asked in its place."""
    limits = current_limits()
    if not replica:
        return limits
    connection_s, silence_s = min(limits.connection_s, REPLICA_S), min(limits.silence_s, REPLICA_S)
    return replace(limits, connection_s=connection_s, silence_s=silence_s)


def session_limits() -> WaitLimits:
    """The widest that a connection of this process is used for."""
    return limits_of(_of_process)


def limits_of(work: DatabaseWork) -> WaitLimits:
    patient = PATIENT if work in (DatabaseWork.TASK, DatabaseWork.COMMAND) else 1
    return WaitLimits(
        connection_s=settings.DATABASE_CONNECT_S * patient,
        statement_s=_statement_s(work),
        lock_s=settings.DATABASE_LOCK_S * patient,
        silence_s=settings.DATABASE_SILENCE_S * patient,
    )


def _statement_s(work: DatabaseWork) -> float | None:
    """A migration builds indexes for as long as that takes."""
    known = {
        DatabaseWork.READ: settings.DATABASE_READ_S,
        DatabaseWork.WRITE: settings.DATABASE_WRITE_S,
        DatabaseWork.TASK: settings.DATABASE_TASK_S,
    }
    return known.get(work)

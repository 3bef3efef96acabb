"""The replicas of this installation, each with a breaker that all processes share."""

import itertools
import time
from collections.abc import Iterator
from functools import cache

from django.db import DEFAULT_DB_ALIAS, InterfaceError, InternalError, OperationalError, connections
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction, SerializationFailure

from core.counters import Counters
from core.waiting.breaker import SharedBreaker

FAILURES = (OperationalError, InterfaceError, InternalError)
"""What a statement ends in that another server may answer."""

OURS = (ReadOnlySqlTransaction, SerializationFailure)
"""Of them those that say nothing of the server: a statement that writes, and rows that were vacuumed away meanwhile."""

SURE_S = 1.0
"""So long a replica that has answered is asked without looking at its breaker."""

reads_by_server = Counters("larder:reads")
PRIMARY = "primary"


class ReplicaUnfit(OperationalError):
    """It answers, and what it says must not be believed: it is behind, or no replica of this primary."""


class Replica:
    """One address of READ_DATABASE_URLS, by its alias of Django's. `name` is host and port."""

    def __init__(self, alias: str) -> None:
        where = connections[alias].settings_dict
        self.alias = alias
        self.name = f"{where['HOST'] or 'local'}:{where['PORT'] or 5432}"
        self.breaker = SharedBreaker(f"replica {self.name}")
        self._sure_until = 0.0

    def may_be_asked(self) -> bool:
        """By this caller and now, who then says what came of it."""
        return time.monotonic() < self._sure_until or not self.breaker.wait_s()

    def note_success(self) -> None:
        if time.monotonic() >= self._sure_until:
            self.breaker.note_success()
            self._sure_until = time.monotonic() + SURE_S

    def note_failure(self, error: Exception) -> None:
        cause = error.__cause__ or error
        if isinstance(cause, OURS):
            return
        self._sure_until = 0.0
        self.breaker.note_failure(" ".join(str(cause).split()))


def is_of_server(error: Exception) -> bool:
    """Whether another server may do better: not where the statement had its time."""
    return not isinstance(error.__cause__ or error, QueryCanceled)


@cache
def replicas() -> tuple[Replica, ...]:
    return tuple(Replica(alias) for alias in connections if alias != DEFAULT_DB_ALIAS)


def are_there() -> bool:
    return bool(replicas())


_turn = itertools.count()


def in_turn() -> Iterator[Replica]:
    """All of them, each time beginning with another one."""
    known, first = replicas(), next(_turn)
    return (known[(first + step) % len(known)] for step in range(len(known)))

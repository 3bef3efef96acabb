"""One at a time prepares a database: migrations, and what a first start makes.

Two that begin at once would both make the same tables, and one of them end with a traceback. Whoever comes second
waits, and finds nothing left to do. The lock belongs to a session: PostgreSQL lets go of it however its process ends.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections

LOOK_AGAIN_S = 0.2
TRY = "SELECT pg_try_advisory_lock(hashtextextended('larder migrations', 0))"
WAITING = "another process prepares this database; this one waits for it"

_held: set[str] = set()
"""Databases, by their alias, that this process is alone with already."""


@contextmanager
def alone_with(alias: str, *, say: Callable[[str], object]) -> Iterator[None]:
    """Nobody else is in such a block for this database. Within another one of the same process nothing more is done."""
    if alias in _held:
        yield
        return
    with psycopg.connect(**connections[alias].get_connection_params(), autocommit=True) as session:
        _wait_for_lock(session, say=say)
        _held.add(alias)
        try:
            yield
        finally:
            _held.remove(alias)


def _wait_for_lock(session: psycopg.Connection[Any], *, say: Callable[[str], object]) -> None:
    said = False
    while session.execute(TRY).fetchone() != (True,):
        if not said:
            say(WAITING)
        said = True
        time.sleep(LOOK_AGAIN_S)

"""Connections that broke while nobody used them."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)

SESSIONS = 4
TERMINATE = "SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid"
ALIVE = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"


def use_together(together: Barrier) -> int:
    """The session that this thread is given, while all others have theirs."""
    try:
        with connection.cursor() as cursor:
            together.wait(10)
            return int(cursor.execute("SELECT pg_backend_pid()").fetchone()[0])
    finally:
        connection.close()


def sessions() -> set[int]:
    together = Barrier(SESSIONS)
    with ThreadPoolExecutor(SESSIONS) as threads:
        return set(threads.map(lambda _: use_together(together), range(SESSIONS)))


def end(pids: set[int]) -> None:
    where = connection.settings_dict
    address = {name: where[name.upper()] for name in ("host", "port", "user", "password")}
    with psycopg.connect(**address, dbname=where["NAME"], autocommit=True) as other:
        other.execute(TERMINATE, [list(pids)])
        while other.execute(ALIVE, [list(pids)]).fetchone() != (0,):
            time.sleep(0.01)


def test_sessions_that_the_server_ended_meanwhile_cost_no_request() -> None:
    before = sessions()
    assert len(before) == SESSIONS
    end(before)
    after = sessions()
    assert len(after) == SESSIONS
    assert not after & before


def test_a_session_that_idles_well_is_used_again() -> None:
    turns = connection.settings_dict["OPTIONS"]["pool"]["max_size"] // SESSIONS + 1
    assert len(set().union(*(sessions() for _ in range(turns)))) < turns * SESSIONS

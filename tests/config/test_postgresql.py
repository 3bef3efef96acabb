"""Connections that broke while nobody used them, statements that take too long, and a server that says nothing."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from config.database import tell_outage
from config.postgresql.base import set_limits
from config.postgresql.limits import DatabaseWork, begin_request
from config.postgresql.watch import Address, ServerWatch, server_watch
from core.sql import without_limits

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


def address() -> dict[str, Any]:
    where = connection.settings_dict
    return {name: where[name.upper()] for name in ("host", "port", "user", "password")} | {"dbname": where["NAME"]}


def end(pids: set[int]) -> None:
    with psycopg.connect(**address(), autocommit=True) as other:
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


@pytest.fixture
def reading(settings: Any) -> Iterator[None]:
    """As a request that reads, and whose statements may take half a second."""
    settings.DATABASE_READ_S = 0.5
    begin_request(DatabaseWork.READ)
    yield
    begin_request(None)


@pytest.mark.usefixtures("reading")
def test_a_statement_that_has_had_its_time_is_ended_and_the_session_is_used_again() -> None:
    with connection.cursor() as cursor:
        (pid,) = cursor.execute("SELECT pg_backend_pid()").fetchone()
        began = time.monotonic()
        with pytest.raises(OperationalError) as raised:
            cursor.execute("SELECT pg_sleep(60)")
        assert 0.4 < time.monotonic() - began < 5
        assert "longer than" in tell_outage(raised.value)
        assert cursor.execute("SELECT pg_backend_pid()").fetchone() == (pid,)


@pytest.mark.usefixtures("reading")
def test_what_nobody_waits_for_takes_as_long_as_it_takes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '600ms'; SET lock_timeout = '5s'")
        with without_limits():
            assert cursor.execute("SELECT pg_sleep(1), 7").fetchone()[1] == 7
        assert cursor.execute("SELECT current_setting('statement_timeout')").fetchone() == ("600ms",)
        assert cursor.execute("SELECT current_setting('lock_timeout')").fetchone() == ("5s",)
        cursor.execute("RESET statement_timeout; RESET lock_timeout")


def test_a_long_statement_of_a_server_that_lives_is_waited_for(settings: Any) -> None:
    settings.DATABASE_SILENCE_S = 0.1
    with connection.cursor() as cursor:
        assert cursor.execute("SELECT pg_sleep(1.5), 7").fetchone()[1] == 7
    assert not server_watch.is_away


def test_limits_of_the_server_stand_where_they_are_narrower() -> None:
    shown = "SELECT current_setting('lock_timeout'), current_setting('client_connection_check_interval')"
    with psycopg.connect(**address(), options="-c lock_timeout=3s") as session:
        set_limits(session)
        assert session.execute(shown).fetchone() == ("3s", "1s")


def test_a_server_that_takes_connections_and_says_nothing_is_away_until_it_speaks() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as threads:
        watch = ServerWatch()
        watch.address = Address(server.family, server.getsockname())
        watch.doubt_after(1, patience_s=0.2)
        wait_until(lambda: watch.is_away)
        threads.submit(speak, server)
        wait_until(lambda: not watch.is_away)


def speak(server: socket.socket) -> None:
    """To whoever comes, until nobody is doubted any more."""
    server.settimeout(1)
    with contextlib.suppress(TimeoutError):
        while True:
            asking, _ = server.accept()
            with asking, contextlib.suppress(OSError):
                asking.sendall(b"N")


def wait_until(look: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 10
    while not look():
        assert time.monotonic() < ends_at
        time.sleep(0.02)

"""Which connections are cut off, over real ones on this machine."""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from config.web.slow_clients import (
    Sight,
    Visit,
    Visits,
    _see,
    cut_slow,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a connection has brought")
PATIENCE_S = 0.2


@contextmanager
def connected(host: str) -> Iterator[tuple[socket.socket, socket.socket, str]]:
    """A client's end, the server's, and how the server's has to be named in a visit."""
    family = socket.AF_INET if host == "127.0.0.1" else socket.AF_INET6
    with socket.create_server((host, 0), family=family) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port)) as client, server.accept()[0] as served:
            served.settimeout(0.2)
            yield client, served, str(port)


def waiting(visits: Visits, address: str, *, port: str) -> Visit:
    """It has waited for its body twice as long as it may."""
    visit = visits.begin(address, port=port)
    visit.__enter__()
    visit.since = time.monotonic() - 2 * PATIENCE_S
    return visit


def look_twice(visits: Visits) -> None:
    before = cut_slow(visits, {})
    time.sleep(2 * PATIENCE_S)
    cut_slow(visits, before)


def is_open(served: socket.socket) -> bool:
    """Nothing has come, and its end neither."""
    try:
        return served.recv(1) != b""
    except TimeoutError:
        return True


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_connection_that_brings_nothing_is_cut_off(host: str) -> None:
    visits = Visits(patience_s=PATIENCE_S)
    with connected(host) as (_, served, port):
        visit = waiting(visits, host, port=port)
        look_twice(visits)
        assert (is_open(served), visit.given_up) == (False, True)


def test_connections_to_other_ports_from_other_addresses_and_new_ones_are_left_alone() -> None:
    visits = Visits(patience_s=PATIENCE_S)
    with connected("127.0.0.1") as (_, served, port), connected("127.0.0.1") as (_, elsewhere, _):
        waiting(visits, "127.0.0.2", port=port)
        look_twice(visits)
        visits.end()
        waiting(visits, "127.0.0.1", port=port)
        cut_slow(visits, {})
        assert (is_open(served), is_open(elsewhere)) == (True, True)


def test_who_left_in_the_middle_of_the_look_ends_nothing() -> None:
    """The connection is seen, and reset before it is cut off."""
    visits = Visits(patience_s=PATIENCE_S)
    with connected("127.0.0.1") as (client, served, port):
        waiting(visits, "127.0.0.1", port=port)
        before = cut_slow(visits, {})
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
        time.sleep(2 * PATIENCE_S)
        assert cut_slow(visits, before) == {}
        with pytest.raises(ConnectionResetError):
            served.recv(1)


def test_a_system_that_tells_nothing_makes_nobody_slow() -> None:
    class Silent(socket.socket):
        def getsockopt(self, *asked: int) -> bytes:  # type: ignore[override]
            return b"\1" * 8

    with Silent() as connection:
        seen = _see(connection)
    assert seen == Sight(received_bytes=0, received_ms=0, sent_ms=0)
    assert not seen.is_slow(seen, seconds=1)

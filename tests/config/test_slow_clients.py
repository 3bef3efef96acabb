"""Which connections are cut off, over real ones on this machine."""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from config.web.slow_clients import (
    ConnectionSample,
    InFlightRequest,
    InFlightRequests,
    _take_sample,
    close_slow_connections,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a connection has brought")
PATIENCE_S = 0.2


@contextmanager
def connected(host: str) -> Iterator[tuple[socket.socket, socket.socket, str]]:
    """A client's end, the server's, and how the server's has to be named for a request."""
    family = socket.AF_INET if host == "127.0.0.1" else socket.AF_INET6
    with socket.create_server((host, 0), family=family) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port)) as client, server.accept()[0] as served:
            served.settimeout(0.2)
            yield client, served, str(port)


def waiting(in_flight: InFlightRequests, address: str, *, port: str) -> InFlightRequest:
    """It has waited for its body twice as long as it may."""
    request = in_flight.begin(address, port=port)
    request.__enter__()
    request.since = time.monotonic() - 2 * PATIENCE_S
    return request


def look_twice(in_flight: InFlightRequests) -> None:
    before = close_slow_connections(in_flight, {})
    time.sleep(2 * PATIENCE_S)
    close_slow_connections(in_flight, before)


def is_open(served: socket.socket) -> bool:
    """Nothing has come, and its end neither."""
    try:
        return served.recv(1) != b""
    except TimeoutError:
        return True


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_connection_that_brings_nothing_is_cut_off(host: str) -> None:
    in_flight = InFlightRequests(patience_s=PATIENCE_S)
    with connected(host) as (_, served, port):
        request = waiting(in_flight, host, port=port)
        look_twice(in_flight)
        assert (is_open(served), request.given_up) == (False, True)


def test_connections_to_other_ports_from_other_addresses_and_new_ones_are_left_alone() -> None:
    in_flight = InFlightRequests(patience_s=PATIENCE_S)
    with connected("127.0.0.1") as (_, served, port), connected("127.0.0.1") as (_, elsewhere, _):
        waiting(in_flight, "127.0.0.2", port=port)
        look_twice(in_flight)
        in_flight.end()
        waiting(in_flight, "127.0.0.1", port=port)
        close_slow_connections(in_flight, {})
        assert (is_open(served), is_open(elsewhere)) == (True, True)


def test_who_left_in_the_middle_of_the_look_ends_nothing() -> None:
    """The connection is seen, and reset before it is cut off."""
    in_flight = InFlightRequests(patience_s=PATIENCE_S)
    with connected("127.0.0.1") as (client, served, port):
        waiting(in_flight, "127.0.0.1", port=port)
        before = close_slow_connections(in_flight, {})
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
        time.sleep(2 * PATIENCE_S)
        assert close_slow_connections(in_flight, before) == {}
        with pytest.raises(ConnectionResetError):
            served.recv(1)


def test_a_system_that_tells_nothing_makes_nobody_slow() -> None:
    class Silent(socket.socket):
        def getsockopt(self, *asked: int) -> bytes:  # type: ignore[override]
            return b"\1" * 8

    with Silent() as connection:
        seen = _take_sample(connection)
    assert seen == ConnectionSample(received_bytes=0, received_ms=0, sent_ms=0)
    assert not seen.is_slow(seen, seconds=1)

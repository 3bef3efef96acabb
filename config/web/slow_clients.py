"""The slow-client guard: a connection whose body comes too slowly is closed for reading, so that who waits goes on.

A thread that waits for a body cannot be told to stop, and the server knows no limit for it. The kernel counts what each
connection has brought; two samples tell which are slow. Only in Linux: elsewhere nobody is cut off.

See docs/decisions/0115.
"""

import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import get_ident

log = logging.getLogger(__name__)

LEAST_BYTES_A_SECOND = 500
ONE_ANSWER_MS = 50
"""An answer that leaves within this of what was asked last leaves nothing owing; the kernel's clocks are coarse."""

OPEN_FILES = "/proc/self/fd"
TCP_INFO = struct.Struct("=44xI4xI72xQ")
"""Of Linux' `tcp_info`: milliseconds since data were sent, and since they were received; bytes received in all."""


class InFlightRequest:
    """A request on its thread: it waits for its body, or it is worked on; and since when."""

    __slots__ = ("address", "given_up", "port", "since", "waits")

    def __init__(self, address: str, *, port: str) -> None:
        self.address = address
        self.port = port
        self.since = time.monotonic()
        self.waits = False
        self.given_up = False

    def __enter__(self) -> None:
        """Wait for the body."""
        self.since = time.monotonic()  # first: the time of the work before was not spent waiting
        self.waits = True

    def __exit__(self, *raised: object) -> None:
        self.since = time.monotonic()
        self.waits = False


class InFlightRequests:
    """The requests of this process, by their thread."""

    def __init__(self, *, patience_s: float) -> None:
        self.patience_s = patience_s
        self._by_thread: dict[int, InFlightRequest] = {}

    def begin(self, address: str, *, port: str) -> InFlightRequest:
        request = self._by_thread[get_ident()] = InFlightRequest(address, port=port)
        return request

    def end(self) -> None:
        self._by_thread.pop(get_ident(), None)

    def waiting(self) -> list[InFlightRequest]:
        return [request for request in list(self._by_thread.values()) if request.waits]

    def late(self, *, now: float) -> set[str]:
        """Addresses that keep somebody waiting, but for those where work itself has taken as long: it looks alike."""
        old = [request for request in list(self._by_thread.values()) if now - request.since >= self.patience_s]
        working = {request.address for request in old if not request.waits}
        return {request.address for request in old if request.waits} - working

    def give_up(self, address: str) -> None:
        """What is still short when it has come from there is short because it was cut off."""
        for request in self.waiting():
            request.given_up = request.given_up or request.address == address


@dataclass(frozen=True, kw_only=True)
class ConnectionSample:
    """What the kernel counts of a connection: bytes received in all, milliseconds since the last received, and sent."""

    received_bytes: int
    received_ms: int
    sent_ms: int

    def is_slow(self, before: "ConnectionSample", *, seconds: float) -> bool:
        """It was sent nothing for so long, and amid a request brought next to nothing since the sample before."""
        brought = self.received_bytes - before.received_bytes
        if self.sent_ms < seconds * 1_000 or brought >= LEAST_BYTES_A_SECOND * seconds:
            return False
        return brought == 0 or before.is_owing()

    def is_owing(self) -> bool:
        """It has brought something that was not answered yet, as far as one can see."""
        return self.received_ms + ONE_ANSWER_MS < self.sent_ms


def close_slow_connections(
    in_flight: InFlightRequests, before: Mapping[int, ConnectionSample]
) -> dict[int, ConnectionSample]:
    """Close the slow connections of those who keep somebody waiting; the samples of now, by the connection's inode.

    `before` was sampled `patience_s` ago.
    """
    ports = {request.port for request in in_flight.waiting()}
    late = in_flight.late(now=time.monotonic())
    samples = {}
    for inode, address, connection in _connections(ports):
        sample = samples[inode] = _take_sample(connection)
        if address in late and inode in before and sample.is_slow(before[inode], seconds=in_flight.patience_s):
            in_flight.give_up(address)
            with suppress(OSError):  # the other side has left meanwhile
                connection.shutdown(socket.SHUT_RD)
            log.warning("a body from %s was given up: it came too slowly", address)
    return samples


def start_slow_client_guard(in_flight: InFlightRequests) -> None:
    """Look every `patience_s`, for as long as the process lives: a body is given up after that or twice as much."""
    if os.path.isdir(OPEN_FILES):
        threading.Thread(target=_watch, args=(in_flight,), name="slow-client-guard", daemon=True).start()


def _watch(in_flight: InFlightRequests) -> None:
    samples: Mapping[int, ConnectionSample] = {}
    while True:
        time.sleep(in_flight.patience_s)
        try:
            samples = close_slow_connections(in_flight, samples) if in_flight.waiting() else {}
        except OSError as error:  # of one look; the next may be luckier
            log.warning("slow connections could not be looked for: %s", error)


def _take_sample(connection: socket.socket) -> ConnectionSample:
    """A system that tells less, as a sandbox may, seems to have sent just now: nobody is slow there."""
    raw = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO.size)
    sent_ms, received_ms, received_bytes = TCP_INFO.unpack(raw.ljust(TCP_INFO.size, b"\0"))
    return ConnectionSample(received_bytes=received_bytes, received_ms=received_ms, sent_ms=sent_ms)


def _connections(ports: Collection[str]) -> Iterator[tuple[int, str, socket.socket]]:
    """This process's connections on these ports: inode, the other side's address, and a handle of our own."""
    for name in os.listdir(OPEN_FILES):
        try:
            own = os.dup(int(name))
        except OSError:  # closed since
            continue
        try:
            found = socket.socket(fileno=own)
        except OSError:  # no socket
            os.close(own)
            continue
        with found:
            if address := _other_side(found, ports):
                yield os.fstat(own).st_ino, address, found


def _other_side(found: socket.socket, ports: Collection[str]) -> str | None:
    if found.family not in (socket.AF_INET, socket.AF_INET6) or found.type != socket.SOCK_STREAM:
        return None
    try:
        return str(found.getpeername()[0]) if str(found.getsockname()[1]) in ports else None
    except OSError:  # it listens, or is no longer connected
        return None

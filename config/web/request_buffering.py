"""Request buffering: a thread that waits for the body of a request takes no place among those that work.

Granian hands a request to a thread as soon as its head is there, and a body is read as it comes. So there are many
threads, of which only `AT_WORK` may be at work at a time; what a thread gives back while it waits costs nothing else.
A body that comes too slowly is ended by `config.web.slow_clients`. Embedders and providers are waited for in the same
way: `core.waiting.slots`.

See docs/decisions/0090.
"""

import io
import resource
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import UnsupportedOperation
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from django.db import connections

from config.web.slow_clients import InFlightRequest, InFlightRequests
from core.waiting.slots import working

AT_WORK = 16
"""Requests that are worked on at a time, whatever the number of threads."""

SENDING = 192
"""Bodies that may be on their way at a time; the other threads are for who has sent all."""

AT_ONCE_BYTES = 256 * 1024
"""Bodies up to this size are read before any work is begun; larger ones by whoever needs them, and refused unread."""

OPEN_FILES = 8_192
"""Twice the connections that granian is told to take (`--backpressure`)."""

PROBES = ("/health", "/readyz")
"""Whoever watches a process is answered whatever it is at: these wait for no slot."""

REFUSED = "larder.refused"
"""In an environ: `LATE`, `BROKEN_OFF` or `CROWDED`, why there is no body. `BodyLimitMiddleware` puts it in words."""
LATE = "late"
BROKEN_OFF = "broken off"
CROWDED = "crowded"

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def allow_connections() -> None:
    """Let this process open the files it may: of the usual 1,024 idle connections alone would leave none."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, min(OPEN_FILES, most)), most))


class Semaphore:
    """A semaphore of which every step is one call in C: it stands in the way of every request."""

    def __init__(self, count: int) -> None:
        self.free: SimpleQueue[None] = SimpleQueue()
        for _ in range(count):
            self.free.put(None)

    def __enter__(self) -> None:
        self.free.get()

    def __exit__(self, *raised: object) -> None:
        self.free.put(None)

    def take_now(self) -> bool:
        try:
            self.free.get_nowait()
        except Empty:
            return False
        return True

    take = __enter__
    give_back = __exit__


class RequestBody(Protocol):
    def read(self, size: int, /) -> bytes: ...


class RequestBuffer:
    """A WSGI application in front of `FastPath`: bodies first, and at most `AT_WORK` requests at work at a time."""

    def __init__(self, application: Application, *, in_flight: InFlightRequests) -> None:
        self.application = application
        self.in_flight = in_flight
        self.slots = Semaphore(AT_WORK)
        self.sending = Semaphore(SENDING)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = self.in_flight.begin(environ["REMOTE_ADDR"], port=environ["SERVER_PORT"])
        answer: Iterable[bytes] = []
        try:
            length = environ.get("CONTENT_LENGTH", "")
            answer = self._receive(environ, start_response, request, length=int(length) if length.isdigit() else 0)
        finally:
            if isinstance(answer, list):
                self.in_flight.end()
        return (
            answer if isinstance(answer, list) else StreamedResponse(answer, slots=self.slots, in_flight=self.in_flight)
        )

    def _receive(
        self, environ: Environ, start_response: Callable[..., Any], request: InFlightRequest, *, length: int
    ) -> Iterable[bytes]:
        if not length:
            return self._work(environ, start_response)
        if not self.sending.take_now():
            environ[REFUSED], environ["wsgi.input"] = CROWDED, io.BytesIO()
            return self._work(environ, start_response)
        try:
            if length > AT_ONCE_BYTES:
                environ["wsgi.input"] = StreamedBody(environ, length=length, slots=self.slots, request=request)
                return self._work(environ, start_response)
            with request:
                body = environ["wsgi.input"].read(length)
        finally:
            self.sending.give_back()
        if len(body) < length:
            environ[REFUSED], body = why_short(request), b""
        environ["wsgi.input"] = io.BytesIO(body)
        return self._work(environ, start_response)

    def _work(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] in PROBES:
            return self.application(environ, start_response)
        with working(self.slots):
            return self.application(environ, start_response)


class StreamedBody:
    """A body that is read while it comes. A read waits without the slot and without a connection to the database.

    Nobody takes a body that ends too early for a whole one: that raises ConnectionError.
    """

    def __init__(self, environ: Environ, *, length: int, slots: Semaphore, request: InFlightRequest) -> None:
        self.environ = environ
        self.body: RequestBody = environ["wsgi.input"]
        self.to_come = length
        self.slots = slots
        self.request = request

    def read(self, size: int = -1, /) -> bytes:
        wanted = self.to_come if size < 0 else min(size, self.to_come)
        with self._waiting():
            read = self.body.read(wanted)
        self.to_come -= len(read)
        if len(read) < wanted:
            self.environ[REFUSED] = why_short(self.request)
            raise ConnectionError("The body ended before it was whole.")
        return read

    def readline(self, size: int = -1, /) -> bytes:
        """Django wants it to be there, and nobody calls it: granian's waits for the whole body and loses line ends."""
        raise UnsupportedOperation("A large body is read in blocks.")

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        for connection in connections.all(initialized_only=True):
            if not connection.in_atomic_block:
                connection.close()
        self.slots.give_back()
        try:
            with self.request:
                yield
        finally:
            self.slots.take()


def why_short(request: InFlightRequest) -> str:
    return LATE if request.given_up else BROKEN_OFF


class StreamedResponse:
    """An answer that is made while it is sent. A slot is held for the making, not while the client reads."""

    def __init__(self, answer: Iterable[bytes], *, slots: Semaphore, in_flight: InFlightRequests) -> None:
        self.answer = answer
        self.pieces = iter(answer)
        self.slots = slots
        self.in_flight = in_flight

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with self.slots:
            return next(self.pieces)

    def close(self) -> None:
        self.in_flight.end()
        if hasattr(self.answer, "close"):
            self.answer.close()

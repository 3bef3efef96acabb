"""A limit for a whole call over HTTP. Those of httpx are for each step: an answer whose head drips would never end.

A call says which trace it is a part of, where there is one.
"""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from core.tracing.spans import trace_headers

_of_thread = threading.local()


@contextmanager
def until(ends_at: float) -> Iterator[None]:
    """What this thread asks inside ends then, by the monotonic clock, with the timeout of the step that it is at."""
    _of_thread.ends_at = ends_at
    try:
        yield
    finally:
        del _of_thread.ends_at


class WholeCallTransport(httpx.HTTPTransport):
    def __init__(self) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Network(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers.update(trace_headers())
        return super().handle_request(request)


class _Network(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left_s = _left_s(timeout, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, left_s, local_address, socket_options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left_s(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left_s(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left_s = _left_s(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left_s))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left_s(timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    ends_at: float | None = getattr(_of_thread, "ends_at", None)
    if ends_at is None:
        return timeout
    left_s = ends_at - time.monotonic()
    if left_s <= 0:
        raise late("the whole call took too long")
    return left_s if timeout is None else min(timeout, left_s)

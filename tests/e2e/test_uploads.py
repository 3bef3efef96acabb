"""Bodies that are too large, or shorter than they say, against the real web server."""

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from tests.e2e.conftest import Larder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
IDLE = 1_500
PUSH = "/api/v1/knowledge/bulk-upsert"


@pytest.fixture(scope="module")
def key(larder: Larder) -> str:
    return larder.create_key("uploads", role="provider", source="uploads")


@contextmanager
def begun(larder: Larder, key: str, *, length: int) -> Iterator[socket.socket]:
    """A push of which only the headers have been sent."""
    url = httpx.URL(larder.url)
    with socket.create_connection((url.host, url.port), timeout=10) as sent:
        head = (
            f"POST {PUSH} HTTP/1.1\r\nHost: {url.host}\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        )
        sent.sendall(head.encode())
        yield sent


def documents(larder: Larder, key: str) -> int:
    answer = larder.client(key).get("/api/v1/knowledge/documents?total=true")
    assert answer.status_code == 200
    return int(answer.json()["total"])


def test_a_body_over_the_limit_is_refused_before_it_comes(larder: Larder, key: str) -> None:
    began = time.monotonic()
    with begun(larder, key, length=10**10) as sent:
        answer = sent.recv(4096)
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("length", [1_000, 1_000_000], ids=["read before the work", "read by the work"])
def test_a_body_that_is_shorter_than_it_said_stores_nothing(larder: Larder, key: str, length: int) -> None:
    """What has come of it could stand for itself."""
    mark = len(larder.log())
    with begun(larder, key, length=length) as sent:
        sent.sendall(b'{"documents": [{"id": "a", "content": "a"}]}')
        sent.shutdown(socket.SHUT_WR)
        try:
            answer = b"".join(iter(lambda: sent.recv(4096), b""))
        except ConnectionResetError:
            answer = b""
    assert answer == b"" or (b" 400 " in answer and b"body_incomplete" in answer), answer
    assert documents(larder, key) == 0
    assert "Traceback" not in larder.log()[mark:]


def test_thousands_of_connections_that_idle_keep_nobody_out(larder: Larder) -> None:
    """More than a server with its own settings would let in, and than a process may open that was given no more."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < 2 * IDLE:
        pytest.skip("this machine does not let a test open so many")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, 2 * IDLE), most))
    url = httpx.URL(larder.url)
    try:
        with ExitStack() as idle:
            for _ in range(IDLE):
                idle.enter_context(socket.create_connection((url.host, url.port), timeout=10)).sendall(b"GET / HT")
            assert httpx.get(f"{larder.url}/health", timeout=15, trust_env=False).status_code == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (now, most))

"""Bodies that trickle in, stop, or never end, against the real web server."""

import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from pathlib import Path

import httpx
import pytest

from config import env
from config.web.request_buffering import AT_WORK
from tests.e2e.conftest import Larder, start, stop, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
PUSH = "/api/v1/knowledge/bulk-upsert"
QUERY = "/api/v1/knowledge/query"
PATIENCE_S = 2
ONE = {"documents": [{"id": "whole", "content": "a"}]}
BOTH = pytest.mark.parametrize("length", [1_000, 1_000_000], ids=["read before the work", "read by the work"])


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Larder]:
    """All its web processes take connections: one that is alone for a while would be sent what is meant for all."""
    running = start(tmp_path_factory.mktemp("slow") / "data", "--no-demo", BODY_PATIENCE_S=str(PATIENCE_S))
    wait_for(lambda: listeners(running) == env.read().WEB_WORKERS, what=running.log)
    yield running
    assert stop(running) == 0, running.log()


def listeners(larder: Larder) -> int:
    """Each web process listens with a socket of its own, once it has loaded Larder; the kernel deals out to them."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    port = f":{httpx.URL(larder.url).port:04X}"
    return sum(address.endswith(port) and state == "0A" for _, address, _, state, *_ in rows)


@pytest.fixture(scope="module")
def key(impatient: Larder) -> str:
    return impatient.create_key("slow", role="provider", source="slow")


@contextmanager
def begun(larder: Larder, key: str, *, length: int, path: str = PUSH, more: str = "") -> Iterator[socket.socket]:
    """A push of which only the head has been sent."""
    url = httpx.URL(larder.url)
    with socket.create_connection((url.host, url.port), timeout=30) as sent:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {url.host}\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length}\r\n{more}\r\n"
        )
        sent.sendall(head.encode())
        yield sent


def test_a_query_is_answered_at_once_however_many_bodies_trickle_in(impatient: Larder, key: str) -> None:
    """Three times as many as all processes work on at a time; nearly all of them still wait then.

    A machine that cannot begin them all before the first is given up may try again.
    """
    reader = impatient.client(impatient.create_key("asks", role="analyzer"))
    reader.post(QUERY, json={"text": "bread"}).raise_for_status()  # the model is loaded
    lengths = [1_000, 1_000_000] * (3 * AT_WORK * env.read().WEB_WORKERS // 2)
    for attempt in range(5):
        with ExitStack() as slow:
            bodies = [slow.enter_context(begun(impatient, key, length=length)) for length in lengths]
            for body in bodies:
                body.sendall(b"{")
            told = reader.post(QUERY, json={"text": f"bread {attempt}"})
            assert told.status_code == 200, told.text
            given_up, _, _ = select.select(bodies, [], [], 0)
        if len(given_up) < len(bodies) / 3:
            return
    raise AssertionError("the query waited until bodies were given up")


@BOTH
@pytest.mark.parametrize("more", ["", "Expect: 100-continue\r\n"], ids=["", "announced"])
def test_a_body_that_stops_is_given_up(impatient: Larder, key: str, length: int, more: str) -> None:
    with begun(impatient, key, length=length, more=more) as sent:
        sent.sendall(b'{"documents": ')
        told = answer(sent)
    assert told == (408, "body_late")


@BOTH
def test_a_body_that_never_ends_is_given_up(impatient: Larder, key: str, length: int) -> None:
    with begun(impatient, key, length=length) as sent:
        began = time.monotonic()
        sent.settimeout(0.1)
        while (told := trickle(sent)) is None:
            assert time.monotonic() - began < 5 * PATIENCE_S
    assert told == (408, "body_late")


def test_a_slow_body_that_keeps_coming_is_stored(impatient: Larder, key: str) -> None:
    """In more than twice the time after which one that stops is given up. Who pauses meanwhile was not steady."""
    document = {"id": "steady", "source": "slow", "content": "word " * 1_400}
    body = json.dumps({"documents": [document]}).encode()
    for _ in range(5):
        with begun(impatient, key, length=len(body)) as sent:
            if send_steadily(sent, body):
                assert answer(sent)[0] == 200
                return
    raise AssertionError("this machine never let a client be steady")


def send_steadily(sent: socket.socket, body: bytes) -> bool:
    """600 bytes each 0.4 s; False where a pause in between took a second."""
    for first in range(0, len(body), 600):
        began = time.monotonic()
        try:
            sent.sendall(body[first : first + 600])
        except OSError:  # given up after such a pause
            return False
        time.sleep(0.4)
        if time.monotonic() - began > 1:
            return False
    return True


def test_work_that_takes_long_is_not_taken_for_a_slow_body(impatient: Larder, key: str) -> None:
    """Somebody beside it is slow, and is given up."""
    texts = [f"{number} " + "many words to embed, one after the other " * 60 for number in range(400)]
    documents = [{"id": f"long {number}", "content": text} for number, text in enumerate(texts)]
    with begun(impatient, key, length=1_000) as slow:
        pushed = impatient.client(key).post(PUSH, json={"documents": documents}, timeout=60)
        assert pushed.status_code == 200
        assert pushed.elapsed.total_seconds() > 2 * PATIENCE_S  # EMBED_BUDGET_MS
        assert answer(slow) == (408, "body_late")


def test_clients_that_leave_in_the_middle_leave_nothing_behind(impatient: Larder, key: str) -> None:
    """More of them than bodies may be on their way to all processes together."""
    for length in (1_000, 1_000_000) * 4:
        with ExitStack() as slow:
            for _ in range(120):
                slow.enter_context(begun(impatient, key, length=length)).sendall(b'{"documents": [{"id": "half')
    client = impatient.client(key)
    wait_for(lambda: client.post(PUSH, json=ONE).status_code == 200, within_s=5)
    assert {client.post(PUSH, json=ONE).status_code for _ in range(20)} == {200}
    found = client.get("/api/v1/knowledge/documents").json()["documents"]
    assert "half" not in {each["id"] for each in found}


def trickle(sent: socket.socket) -> tuple[int, str] | None:
    """One byte more, and what the server says to it."""
    try:
        sent.sendall(b" ")
        return answer(sent)
    except TimeoutError:
        return None


def answer(sent: socket.socket) -> tuple[int, str]:
    """Its status, and its code where it is a refusal."""
    told = HTTPResponse(sent)
    told.begin()
    return told.status, json.loads(told.read()).get("code", "")

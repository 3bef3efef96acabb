"""Who waits for a body waits beside the work; whose body hardly comes is told apart from who is only slow."""

import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from config.web.request_buffering import (
    AT_ONCE_BYTES,
    AT_WORK,
    BROKEN_OFF,
    CROWDED,
    LATE,
    REFUSED,
    Environ,
    RequestBuffer,
    Semaphore,
)
from config.web.slow_clients import ConnectionSample, InFlightRequests

LARGE = AT_ONCE_BYTES + 1


def environ(body: Any = None, *, length: int = 0) -> Environ:
    return {
        "REMOTE_ADDR": "192.0.2.1",
        "SERVER_PORT": "8000",
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_LENGTH": str(length) if length else "",
        "wsgi.input": body or io.BytesIO(),
    }


def echo(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
    return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0)), environ.get(REFUSED, "").encode()]


def buffer(application: Any = echo, *, patience_s: float = 60) -> RequestBuffer:
    return RequestBuffer(application, in_flight=InFlightRequests(patience_s=patience_s))


def ask(asked: RequestBuffer, request: Environ) -> list[bytes]:
    return list(asked(request, lambda *_: None))


def leave(asked: RequestBuffer, request: Environ) -> None:
    with suppress(ConnectionError):  # Django says it to nobody
        ask(asked, request)


@contextmanager
def waiting(asked: RequestBuffer, count: int, *, length: int) -> Iterator[list[Any]]:
    """So many clients that have sent nothing of their body yet; they leave at the end."""
    pipes = [os.pipe() for _ in range(count)]
    bodies = [os.fdopen(reading, "rb", buffering=0) for reading, _ in pipes]
    threads = [threading.Thread(target=leave, args=(asked, environ(body, length=length))) for body in bodies]
    for thread in threads:
        thread.start()
    while len(asked.in_flight.waiting()) < count:
        time.sleep(0.01)
    try:
        yield asked.in_flight.waiting()
    finally:
        for _, writing in pipes:
            os.close(writing)
        for thread in threads:
            thread.join()
        for body in bodies:
            body.close()


@pytest.mark.parametrize("length", [10, LARGE])
def test_others_are_worked_on_while_more_wait_than_may_be_at_work(length: int) -> None:
    asked = buffer()
    with waiting(asked, 3 * AT_WORK, length=length):
        assert ask(asked, environ(io.BytesIO(b"hello"), length=5)) == [b"hello", b""]


@pytest.mark.parametrize("length", [10, LARGE])
def test_clients_that_leave_leave_nothing_behind(length: int) -> None:
    asked = buffer()
    free = (asked.slots.free.qsize(), asked.sending.free.qsize())
    with waiting(asked, 3 * AT_WORK, length=length):
        pass
    assert (asked.slots.free.qsize(), asked.sending.free.qsize()) == free
    assert not asked.in_flight._by_thread


def test_a_probe_waits_for_no_slot() -> None:
    asked = buffer()
    for _ in range(AT_WORK):
        asked.slots.take()
    for path in ("/health", "/readyz"):
        assert ask(asked, environ() | {"PATH_INFO": path}) == [b"", b""]


def test_no_more_are_worked_on_at_a_time_than_there_are_slots() -> None:
    begun, end = threading.Semaphore(0), threading.Event()

    def work(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        begun.release()
        end.wait(60)
        return []

    asked = buffer(work)
    threads = [threading.Thread(target=ask, args=(asked, environ())) for _ in range(4 * AT_WORK)]
    for thread in threads:
        thread.start()
    for _ in range(AT_WORK):
        assert begun.acquire(timeout=60)
    assert not begun.acquire(timeout=0.1), "one more than there are slots"
    end.set()
    for thread in threads:
        thread.join()
    for _ in range(3 * AT_WORK):
        assert begun.acquire(timeout=60), "all had their turn"


def test_who_reads_an_answer_slowly_keeps_nobody_waiting() -> None:
    """The answer is closed at the end, as WSGI asks for."""
    closed = []

    def pieces(environ: Environ, start_response: Callable[..., Any]) -> Iterator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.append(True)

    asked = buffer(pieces)
    reading = [asked(environ(), lambda *_: None) for _ in range(2 * AT_WORK)]
    assert {next(iter(answer)) for answer in reading} == {b"one"}
    for answer in reading:
        answer.close()  # type: ignore[attr-defined]
    assert len(closed) == 2 * AT_WORK


def test_a_body_too_many_is_refused_unread() -> None:
    asked = buffer()
    asked.sending = Semaphore(0)
    assert ask(asked, environ(io.BytesIO(b"hello"), length=5)) == [b"", CROWDED.encode()]


def test_a_body_that_was_given_up_is_not_half_read() -> None:
    asked = buffer()

    class CutOff(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            asked.in_flight.give_up("192.0.2.1")
            return super().read(size)

    assert ask(asked, environ(CutOff(b"hel"), length=5)) == [b"", LATE.encode()]
    assert ask(asked, environ(CutOff(b"hello"), length=5)) == [b"hello", b""]
    large = environ(CutOff(b"hel"), length=LARGE)
    with pytest.raises(ConnectionError):
        ask(asked, large)
    assert large[REFUSED] == LATE


def test_a_body_that_is_broken_off_is_not_taken_for_a_whole_one() -> None:
    asked = buffer()
    assert ask(asked, environ(io.BytesIO(b"hel"), length=5)) == [b"", BROKEN_OFF.encode()]
    large = environ(io.BytesIO(b"hel"), length=LARGE)
    with pytest.raises(ConnectionError):
        ask(asked, large)
    assert large[REFUSED] == BROKEN_OFF


def test_a_large_body_may_be_read_in_blocks_to_its_end_and_beyond() -> None:
    def blocks(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        return [environ["wsgi.input"].read(size) for size in (LARGE - 2, 100, 100, -1)]

    sent = b"x" * (LARGE - 2) + b"yz"
    assert ask(buffer(blocks), environ(io.BytesIO(sent + b"next"), length=LARGE)) == [sent[:-2], b"yz", b"", b""]


def test_an_address_whose_work_takes_as_long_is_left_alone() -> None:
    in_flight = InFlightRequests(patience_s=30)
    now = time.monotonic()
    slow = in_flight.begin("192.0.2.1", port="8000")
    with slow:
        assert in_flight.late(now=now + 29) == set()
        assert in_flight.late(now=now + 31) == {"192.0.2.1"}
        working = threading.Thread(target=lambda: in_flight.begin("192.0.2.1", port="8000"))
        working.start()
        working.join()
        assert in_flight.late(now=now + 31) == set()


def sample(received_bytes: int, *, received_s: float, sent_s: float) -> ConnectionSample:
    return ConnectionSample(
        received_bytes=received_bytes, received_ms=int(received_s * 1_000), sent_ms=int(sent_s * 1_000)
    )


BEGUN = sample(500, received_s=1, sent_s=5)
ANSWERED = sample(500, received_s=5, sent_s=5)


@pytest.mark.parametrize(
    ("before", "now", "slow"),
    [
        (BEGUN, sample(500, received_s=31, sent_s=35), True),  # stopped
        (BEGUN, sample(530, received_s=1, sent_s=35), True),  # trickles
        (BEGUN, sample(500 + 15_000, received_s=1, sent_s=35), False),  # slow, but it comes
        (BEGUN, sample(530, received_s=1, sent_s=20), False),  # was answered meanwhile
        (ANSWERED, sample(700, received_s=1, sent_s=35), False),  # asks again only now
        (ANSWERED, sample(500, received_s=35, sent_s=35), True),  # told to go on with its body, and did not
    ],
)
def test_a_connection_is_slow_if_it_brings_next_to_nothing_between_two_looks(
    before: ConnectionSample, now: ConnectionSample, slow: bool
) -> None:
    assert now.is_slow(before, seconds=30) is slow

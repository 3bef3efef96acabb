"""Clocks: contenders take turns, so that what the machine does meanwhile hits all of them alike."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from statistics import median

from bench.compare.wire import Line

BLOCK = 10
"""Calls in a row before the next contender's turn; the first of them only warms what the others have cooled."""


Call = Callable[[], object]
Client = Callable[[], AbstractContextManager[Call]]
"""Makes one client: what it yields is called again and again, and by one thread only."""


def interleave(contenders: Mapping[str, Call], *, calls: int, within_s: float) -> dict[str, float]:
    """Median milliseconds of a call, by contender. Each is called `calls` times, or as often as the time allows."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    ends_at = time.monotonic() + within_s
    for _ in range(-(-calls // BLOCK)):
        for name, call in contenders.items():
            seconds[name] += list(_timed(call, times=BLOCK + 1))[1:]
        if time.monotonic() > ends_at:
            break
    return {name: median(found) * 1_000 for name, found in seconds.items()}


def _timed(call: Call, *, times: int) -> Iterator[float]:
    for _ in range(times):
        began = time.perf_counter()
        call()
        yield time.perf_counter() - began


def timed(call: Call) -> float:
    return next(_timed(call, times=1))


def asking(line: Line, requests: Iterator[bytes]) -> Call:
    """A call sends the next request."""
    return lambda: line.send(next(requests))


@contextmanager
def client(port: int, requests: Iterator[bytes]) -> Iterator[Call]:
    """`asking` on a connection of its own. Clients may share an iterator that is written in C."""
    with Line(port) as line:
        yield asking(line, requests)


def rates(contenders: Mapping[str, Client], *, clients: int, seconds: float, turns: int) -> dict[str, float]:
    """Median calls a second of so many clients at once, by contender."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(turns):
        for name, make_client in contenders.items():
            found[name].append(_rate(make_client, clients=clients, seconds=seconds))
    return {name: median(each) for name, each in found.items()}


def _rate(make_client: Client, *, clients: int, seconds: float) -> float:
    began = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        calling = [pool.submit(_calls, make_client, ends_at=began + seconds) for _ in range(clients)]
        calls = sum(each.result() for each in calling)
    return calls / (time.monotonic() - began)


def _calls(make_client: Client, *, ends_at: float) -> int:
    calls = 0
    with make_client() as call:
        while time.monotonic() < ends_at:
            call()
            calls += 1
    return calls

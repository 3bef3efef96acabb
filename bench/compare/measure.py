"""Clocks: contenders take turns, so that what the machine does meanwhile hits all of them alike."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from bench.compare.cpu import CpuMs, Processes, between, medians
from bench.compare.wire import Line

BLOCK = 10
"""Calls in a row before the next contender's turn; one more before them only warms what the others have cooled."""


Call = Callable[[], object]
Client = Callable[[], AbstractContextManager[Call]]
"""Makes one client: what it yields is called again and again, by one thread at a time."""


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Of one call: milliseconds of wall time, and of processors by kind of process; medians, each for itself."""

    ms: float
    cpu: CpuMs

    def per(self, count: int) -> "Timing":
        """Of one of so many that the call did."""
        return Timing(ms=self.ms / count, cpu={kind: ms / count for kind, ms in self.cpu.items()})


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Calls a second, and the milliseconds of processors of one call."""

    calls_s: float
    cpu: CpuMs


def interleave(contenders: Mapping[str, tuple[Call, Processes]], *, calls: int, within_s: float) -> dict[str, Timing]:
    """By contender. Each is called `calls` times, or as often as the time allows."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    spent: dict[str, list[CpuMs]] = {name: [] for name in contenders}
    ends_at = time.monotonic() + within_s
    for _ in range(-(-calls // BLOCK)):
        for name, (call, processes) in contenders.items():
            call()
            before = processes.sample()
            seconds[name] += list(_timed(call, times=BLOCK))
            spent[name].append(between(before, processes.sample(), calls=BLOCK))
        if time.monotonic() > ends_at:
            break
    return {name: Timing(ms=median(seconds[name]) * 1_000, cpu=medians(spent[name])) for name in contenders}


def _timed(call: Call, *, times: int) -> Iterator[float]:
    for _ in range(times):
        began = time.perf_counter()
        call()
        yield time.perf_counter() - began


def timed(call: Call) -> float:
    return next(_timed(call, times=1))


def spending(call: Call, processes: Processes) -> Timing:
    """One call alone."""
    before = processes.sample()
    seconds = timed(call)
    return Timing(ms=seconds * 1_000, cpu=between(before, processes.sample(), calls=1))


def asking(line: Line, requests: Iterator[bytes]) -> Call:
    """A call sends the next request."""
    return lambda: line.send(next(requests))


@contextmanager
def client(port: int, requests: Iterator[bytes]) -> Iterator[Call]:
    """`asking` on a connection of its own. Clients may share an iterator that is written in C."""
    with Line(port) as line:
        yield asking(line, requests)


def rates(
    contenders: Mapping[str, tuple[Client, Processes]], *, clients: int, seconds: float, turns: int
) -> dict[str, Rate]:
    """Of so many clients at once, by contender; medians of the turns."""
    found: dict[str, list[Rate]] = {name: [] for name in contenders}
    for _ in range(turns):
        for name, (make_client, processes) in contenders.items():
            found[name].append(_rate(make_client, processes, clients=clients, seconds=seconds))
    return {
        name: Rate(calls_s=median(turn.calls_s for turn in each), cpu=medians(turn.cpu for turn in each))
        for name, each in found.items()
    }


def _rate(make_client: Client, processes: Processes, *, clients: int, seconds: float) -> Rate:
    """All are connected before and after: a session that ends takes what its process spent with it."""
    with ExitStack() as connected, ThreadPoolExecutor(clients) as pool:
        everybody = [connected.enter_context(make_client()) for _ in range(clients)]
        before, began = processes.sample(), time.monotonic()
        calling = [pool.submit(_calls, call, ends_at=began + seconds) for call in everybody]
        calls = sum(each.result() for each in calling)
        took_s = time.monotonic() - began
        return Rate(calls_s=calls / took_s, cpu=between(before, processes.sample(), calls=max(calls, 1)))


def _calls(call: Call, *, ends_at: float) -> int:
    calls = 0
    while time.monotonic() < ends_at:
        call()
        calls += 1
    return calls

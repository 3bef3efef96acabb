"""Processor time of a stack's processes: what a call costs, also where others keep the machine busy.

Only in Linux, which counts it by thread in nanoseconds: https://docs.kernel.org/scheduler/sched-stats.html
"""

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from bench.compare.measure import Call
from bench.compare.stack import Stack

PROC = Path("/proc")
KINDS = {"granian": "web", "postgres": "postgresql", "redis-server": "redis", "valkey-server": "redis"}
"""What stands in a command line, and what the process is called here; all else is `other`."""

CpuMs = dict[str, float]
"""Milliseconds by kind of process."""


def interleave_cpu(contenders: Mapping[str, tuple[Stack, Call]], *, calls: int, turns: int) -> dict[str, CpuMs]:
    """What one call costs each contender; medians of so many turns of so many calls."""
    found: dict[str, list[CpuMs]] = {name: [] for name in contenders}
    for _ in range(turns):
        for name, (stack, call) in contenders.items():
            before = cpu_ms(stack.process.pid)
            for _ in range(calls):
                call()
            after = cpu_ms(stack.process.pid)
            found[name].append({kind: (ms - before[kind]) / calls for kind, ms in after.items()})
    return {name: _medians(turns_of) for name, turns_of in found.items()}


def _medians(turns: list[CpuMs]) -> CpuMs:
    return {kind: median(turn.get(kind, 0.0) for turn in turns) for kind in {kind for turn in turns for kind in turn}}


def cpu_ms(pid: int) -> CpuMs:
    """Of a process and all below it, so far."""
    spent: CpuMs = defaultdict(float)
    for process in _tree(pid):
        with contextlib.suppress(OSError):  # it has ended
            waited = (thread / "schedstat" for thread in (process / "task").iterdir())
            spent[_kind(process)] += sum(int(each.read_text().split()[0]) for each in waited) / 1e6
    return spent


def _tree(pid: int) -> Iterator[Path]:
    process = PROC / str(pid)
    yield process
    with contextlib.suppress(OSError):
        for thread in (process / "task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))


def _kind(process: Path) -> str:
    command = (process / "cmdline").read_bytes().decode(errors="replace")
    return next((kind for part, kind in KINDS.items() if part in command), "other")

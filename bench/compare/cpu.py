"""Processor time of a contender's processes: what a call costs, also where others keep the machine busy.

Only in Linux, whose clock of a whole process counts its threads that have ended, too (docs/decisions/0218):
https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html
"""

import contextlib
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

PROC = Path("/proc")
CLIENT = "client"
"""Who asks, which is this process; it is shown, and no contender's cost."""

LARDER_KINDS = {
    "config.web.": "web",
    "postgres": "postgresql",
    "redis-server": "redis",
    "valkey-server": "redis",
    "celery": "worker",
}
"""What stands in a command line, and what the process is called here."""

CpuMs = dict[str, float]
"""Milliseconds by kind of process."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Milliseconds so far: of other processes with their kind, and of this one before and after it looked at them."""

    own: str
    own_before: float
    others: Mapping[int, tuple[str, float]]
    own_after: float


@dataclass(frozen=True, kw_only=True)
class Processes:
    """Those whose time a contender spends: this one under the name `own`, the `roots` and all below them.

    A process is of the first kind whose part stands in its command line; others are `rest`. An empty kind counts for
    nobody.
    """

    roots: tuple[int, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    own: str = CLIENT

    def owned(self, own: str) -> "Processes":
        """The same, where this process is the contender itself."""
        return replace(self, own=own)

    def sample(self) -> Sample:
        own_before, others = _own_ms(), {}
        for pid in _with_descendants(self.roots):
            with contextlib.suppress(OSError):  # it has ended
                if kind := self._kind(pid):
                    others[pid] = kind, _process_ms(pid)
        return Sample(own=self.own, own_before=own_before, others=others, own_after=_own_ms())

    def _kind(self, pid: int) -> str:
        command = (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
        return next((kind for part, kind in self.kinds.items() if part in command), self.rest)


def _with_descendants(roots: Iterable[int]) -> Iterator[int]:
    children: dict[int, list[int]] = defaultdict(list)
    for process in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            stat = (process / "stat").read_text(errors="replace")
            children[int(stat.rpartition(")")[2].split()[1])].append(int(process.name))
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children[pid]


def _own_ms() -> float:
    return time.process_time() * 1_000


def _process_ms(pid: int) -> float:
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e6  # CPUCLOCK_SCHED of the process


def between(before: Sample, after: Sample, *, calls: int) -> CpuMs:
    """Of one call. Who has ended meanwhile is not counted, who has come is, from its start."""
    spent: CpuMs = defaultdict(float, {after.own: (after.own_before - before.own_after) / calls})
    for pid, (kind, ms) in after.others.items():
        spent[kind] += (ms - before.others.get(pid, (kind, 0.0))[1]) / calls
    return dict(spent)


def medians(turns: Iterable[CpuMs]) -> CpuMs:
    each = list(turns)
    return {kind: median(turn.get(kind, 0.0) for turn in each) for kind in {kind for turn in each for kind in turn}}


def total(spent: CpuMs) -> float:
    """Without the client's."""
    return sum(ms for kind, ms in spent.items() if kind != CLIENT)


def shown(spent: CpuMs) -> str:
    """The sum, and who spent it, most first; what is below a hundredth goes unsaid."""
    parts = sorted(spent.items(), key=lambda part: -part[1])
    return f"{total(spent):.2f} ms: " + ", ".join(f"{kind} {ms:.2f}" for kind, ms in parts if ms >= 0.005)

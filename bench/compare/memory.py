"""What the web processes of a stack weigh: together while others measure, and each for itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil

from bench.compare.goals import FLAT_MEMORY
from bench.compare.report import Row
from bench.compare.stack import Stack
from bench.sampling import sampled

EVERY_S = 0.5
OWN = ("Private_Clean:", "Private_Dirty:", "Private_Hugetlb:")


@dataclass
class Weight:
    """Resident MiB of the web process, oldest first; from `mark_warm` on it should stay as it is."""

    samples: list[float] = field(default_factory=list)
    warm_from: int = 0

    def mark_warm(self) -> None:
        self.warm_from = len(self.samples) - 1

    def row(self, work: str) -> Row:
        warm, last = self.samples[self.warm_from], self.samples[-1]
        return Row(
            work=work,
            ours=f"{last:.0f} MiB at the end, {max(self.samples):.0f} at most",
            theirs=f"{warm:.0f} MiB when warm",
            ratio=last / warm,
            at_most=FLAT_MEMORY,
        )


@contextmanager
def weighing(stack: Stack) -> Iterator[Weight]:
    weight, processes = Weight(), web_processes(stack)

    def weigh() -> None:
        weight.samples.append(sum(process.memory_info().rss for process in processes) / 2**20)

    with sampled(weigh, every_s=EVERY_S):
        yield weight


def further_web_process_mib(stack: Stack) -> float:
    """What no other process shares of one that answers requests; its parent, which answers none, is left out.

    Only in Linux: https://docs.kernel.org/filesystems/proc.html#proc-pid-smaps-rollup
    """
    everything = web_processes(stack)
    parents = {process.ppid() for process in everything}
    return median(_own_mib(process.pid) for process in everything if process.pid not in parents)


def _own_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(OWN)) / 1024


def web_processes(stack: Stack) -> list[psutil.Process]:
    everything = psutil.Process(stack.process.pid).children(recursive=True)
    return [process for process in everything if any("config.web." in word for word in arguments_of(process))]


def arguments_of(process: psutil.Process) -> list[str]:
    """Empty for a process that has ended meanwhile."""
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []

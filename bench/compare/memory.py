"""What the web process of a stack weighs, sampled while others measure."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from bench.compare.report import Row
from bench.compare.stack import Stack
from bench.sampling import sampled

EVERY_S = 0.5
FLAT = 1.05


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
            at_most=FLAT,
        )


@contextmanager
def weighing(stack: Stack) -> Iterator[Weight]:
    weight, processes = Weight(), web_processes(stack)

    def weigh() -> None:
        weight.samples.append(sum(process.memory_info().rss for process in processes) / 2**20)

    with sampled(weigh, every_s=EVERY_S):
        yield weight


def web_processes(stack: Stack) -> list[psutil.Process]:
    everything = psutil.Process(stack.process.pid).children(recursive=True)
    return [process for process in everything if "config.web.wsgi:application" in arguments_of(process)]


def arguments_of(process: psutil.Process) -> list[str]:
    """Empty for a process that has ended meanwhile."""
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []

"""What a program and all that it started have computed, which other work on the machine hardly changes."""

import os
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_s(root: int) -> float:
    """Seconds of a process and all below it, with those of them that have ended."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, words = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        parents[pid] = int(words[1])
        seconds[pid] = sum(map(int, words[11:15])) * TICK_S
    return sum(spent for pid, spent in seconds.items() if _is_below(pid, root, parents))


def _is_below(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid and pid != root:
        pid = parents.get(pid, 0)
    return pid == root

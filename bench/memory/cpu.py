"""What web and PostgreSQL of a stack have computed, which other work on the machine changes little."""

import os
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
BESIDE = b"celery"
"""Worker and beat, which compute a little all the time, whatever is asked."""


def cpu_s(root: int) -> float:
    """Seconds of a process and all below it but worker and beat; with those that have ended."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "stat").read_text().rpartition(")")[2].split()
            is_beside = BESIDE in (folder / "cmdline").read_bytes()
        except OSError:  # ended meanwhile
            continue
        pid = int(folder.name)
        parents[pid] = 0 if is_beside else int(words[1])
        seconds[pid] = sum(map(int, words[11:15])) * TICK_S
    return sum(spent for pid, spent in seconds.items() if _is_below(pid, root, parents))


def _is_below(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid and pid != root:
        pid = parents.get(pid, 0)
    return pid == root

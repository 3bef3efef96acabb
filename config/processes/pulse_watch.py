"""Which processes have stopped saying that they live: see `config.processes.pulse`."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SILENT_S = 10.0
"""Five pulses are missing by then, which a machine that is merely busy does not cause."""

LOOK_S = 1.0
AWAY_S = 3.0
"""Who has not looked for so long was away itself, as on a machine that slept, and begins anew."""


@dataclass
class PulseWatch:
    """The pulses of one program's processes. Times are monotonic: those of files only have to change."""

    directory: Path
    name: str
    clock: Callable[[], float] = time.monotonic
    look_at: float = field(default=0.0, init=False)
    _seen: dict[int, tuple[int, float]] = field(default_factory=dict, init=False)
    _looked_at: float = field(default=0.0, init=False)

    def silent(self, group: int) -> list[int]:
        """The processes of this process group that have said nothing for too long; to be asked again at `look_at`."""
        now = self.clock()
        self.look_at = now + LOOK_S
        if now - self._looked_at > AWAY_S:
            self._seen.clear()
        self._looked_at = now
        return [pid for pid, renewed in self._pulses(group) if self._silence_s(pid, renewed, now=now) > SILENT_S]

    def _silence_s(self, pid: int, renewed: int, *, now: float) -> float:
        if pid not in self._seen or self._seen[pid][0] != renewed:
            self._seen[pid] = renewed, now
        return now - self._seen[pid][1]

    def _pulses(self, group: int) -> Iterator[tuple[int, int]]:
        """Process and time of its file; what is gone takes its file along."""
        for path in self.directory.glob(f"{self.name}-*"):
            pid = int(path.name.rpartition("-")[2])
            with contextlib.suppress(OSError):
                if _group_of(pid) == group:
                    yield pid, path.stat().st_mtime_ns
                else:
                    path.unlink()


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None

"""Turns among the processes of one machine: who does heavy work holds the lock of a file, which is free again once
its holder dies. See docs/decisions/0302.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

RETRY_S = 0.002
HAND_ON_S = 0.004
"""After its turn nobody takes the next one at once, so that who waits, and looks every two milliseconds, comes in."""


@contextmanager
def machine_turn(lock: Path, *, patience_s: float) -> Iterator[None]:
    """One at a time, threads included, in no order. A courtesy: after the patience, or where there can be no such file,
    it is done beside the others.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a")
    except OSError:
        yield
        return
    with file:
        ends_at = time.monotonic() + patience_s
        while not _has(file) and time.monotonic() < ends_at:
            time.sleep(RETRY_S)
        yield
    time.sleep(HAND_ON_S)


def _has(file: IO[str]) -> bool:
    """Also where its file system knows no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True

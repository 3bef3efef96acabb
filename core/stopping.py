"""Work that ends before it is done: this worker is asked to end, or the work has a deadline that it reaches.

Long work asks now and then, and stops cleanly. What PostgreSQL is asked before a deadline it breaks off there, by its
statement_timeout, which `core.sql` sets for each round trip.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class WorkerStopping(Exception):
    """This process is asked to end; what has not ended by the next report is given up cleanly."""


stopping = threading.Event()

STEP_MS = 100
"""What is left is told to PostgreSQL in such steps, so that few texts of one statement are prepared."""

_ends_at: ContextVar[float | None] = ContextVar("deadline", default=None)


class DeadlinePassed(Exception):
    """The work took longer than it may. Whoever set the deadline says what that means."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let what runs inside take so long at most; of several deadlines the nearest holds. Raises DeadlinePassed."""
    ends_at, outer = time.monotonic() + seconds, _ends_at.get()
    token = _ends_at.set(ends_at if outer is None else min(outer, ends_at))
    try:
        yield
    finally:
        _ends_at.reset(token)


def left_ms() -> int | None:
    """Milliseconds until the deadline, rounded up to whole steps; None without one. Raises DeadlinePassed."""
    ends_at = _ends_at.get()
    if ends_at is None:
        return None
    left_s = ends_at - time.monotonic()
    if left_s <= 0:
        raise DeadlinePassed
    return STEP_MS * math.ceil(left_s * 1_000 / STEP_MS)

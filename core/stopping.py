"""Work that ends before it is done: this worker is asked to end, or the work has a deadline that it reaches.

Long work asks now and then, and stops cleanly. What PostgreSQL is asked before a deadline is broken off there by who
waits for it: `config.postgresql.connection`.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class WorkerStopping(Exception):
    """This process is asked to end; what has not ended by the next report is given up cleanly."""


stopping = threading.Event()

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


def left_s() -> float | None:
    """Seconds until the deadline; None without one, less than 0 after it."""
    ends_at = _ends_at.get()
    return None if ends_at is None else ends_at - time.monotonic()


def check_deadline() -> bool:
    """Whether there is a deadline. Raises DeadlinePassed."""
    left = left_s()
    if left is not None and left <= 0:
        raise DeadlinePassed
    return left is not None

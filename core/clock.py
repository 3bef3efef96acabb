"""The one clock. Several machines plan together, so the database's time decides and theirs does not matter.

It may be set, too: forward, and whoever is at work seems to have been silent for hours; back, and a lease of minutes
seems to last for hours. See docs/decisions/0210.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection

DATABASE_AWAY = (OperationalError, InterfaceError)


def database_now() -> datetime:
    """The database's wall-clock time at this moment, aware."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


FARTHEST = timedelta(minutes=15)
"""Nobody takes a lease, or waits for the next attempt of some work, for longer: what lies farther ahead was written
before the clock was set back, and is over."""

JUMP = timedelta(seconds=30)


class JumpWatch:
    """Whether the clock was set between one look of this process and the next, by one that nobody sets."""

    def __init__(
        self, clock: Callable[[], datetime] = database_now, elapsed_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock, self._elapsed_s = clock, elapsed_s
        self._lock = threading.Lock()
        self._last: tuple[datetime, float] | None = None

    def look(self) -> tuple[datetime, timedelta]:
        """What time it is, and by how much the clock was set since the last look, negative: back."""
        with self._lock:
            began_s = self._elapsed_s()
            now, took_s = self._clock(), self._elapsed_s() - began_s
            away = took_s > JUMP.total_seconds() / 2  # this process itself, so that nobody knows when `now` was
            last, self._last = self._last, None if away else (now, began_s)
        if last is None or away:
            return now, timedelta()
        jump = now - last[0] - timedelta(seconds=began_s - last[1])
        return now, jump if abs(jump) > JUMP else timedelta()


def first_line(error: Exception) -> str:
    """What is worth a line in the log: database errors go on about hints and positions."""
    return str(error).partition("\n")[0] or type(error).__name__

"""One line while Redis or PostgreSQL is away, not a traceback for each tick; nor one for what is sent wrongly.

Celery, beat and the connection pool report every attempt that fails, each second, some with hundreds of lines. What is
worth knowing is that a server is away, and why; a minute later it may be said again.
"""

import errno
import logging
import time
from collections.abc import Callable, Iterator

import psycopg
import redis
from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as QueueError

from config.postgresql.schema import MISSING, NEWER

AGAIN_AFTER_S = 60.0
CELERY_NOTICE = "CPendingDeprecationWarning"  # seven lines at each loss of Redis; a run tells its own end
SUSPICIOUS = "django.security."
MOST_KNOWN = 100
MOST_CHARS = 300  # of a line that quotes what a client has sent
AWAY: dict[str, tuple[type[BaseException], ...]] = {
    "PostgreSQL": (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError),
    "Redis": (redis.ConnectionError, redis.TimeoutError, redis.ResponseError, QueueError),
}
# Loggers whose whole concern is one server's connection, at the level of a warning and above.
CONCERNED = {
    "celery.beat": "Redis",
    "celery.worker.consumer": "Redis",
    "kombu": "Redis",
    "django_celery_beat": "PostgreSQL",
    "psycopg.pool": "PostgreSQL",
}
CONSUMER = "celery.worker.consumer.consumer"
FOREIGN = (
    "Received unregistered task",
    "Received invalid task message",
    "Received and deleted unknown message",
    "Can't decode message body",
)
"""How Celery begins its pages about a message that it leaves out."""
FULL = ("No space left", "quota exceeded", "MISCONF")
WORDS = "misconf connect away refused closed lost unacknowledged terminat timeout"
HINTS = (*WORDS.split(), "shutting down", "frequent restarts")


class OutageLogFilter(logging.Filter):
    """For a handler. Rewrites the first record about a server that is away, and drops its repetitions.

    What Django finds suspicious of a request is the client's fault: a warning, and no traceback. So is a message in the
    queue that no version of this worker's sent.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(SUSPICIOUS):
            record.msg, record.args = record.getMessage()[:MOST_CHARS], None
            _make_warning(record)
            return True
        if record.name == "py.warnings" and CELERY_NOTICE in record.getMessage():
            return False
        if record.name == CONSUMER and record.getMessage().startswith(FOREIGN):
            told = record.getMessage().partition("\n")[0][:MOST_CHARS]
            return self._rewrite(record, told, f"a message of another version is left out: {told}")
        server = _server_away(record)
        return server is None or self._rewrite(record, server, _sentence(server, _reason(record)))

    def _rewrite(self, record: logging.LogRecord, what: str, sentence: str) -> bool:
        """False where the same was said a moment ago."""
        now = self._clock()
        if now - self._said.get(what, -AGAIN_AFTER_S) < AGAIN_AFTER_S:
            return False
        if len(self._said) >= MOST_KNOWN:
            self._said.clear()
        self._said[what] = now
        record.msg, record.args = sentence, None
        _make_warning(record)
        return True


def _make_warning(record: logging.LogRecord) -> None:
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    record.exc_info = record.exc_text = None


def _server_away(record: logging.LogRecord) -> str | None:
    error = record.exc_info[1] if record.exc_info else None
    for cause in _chain(error):
        if is_disk_full(cause):
            return "This machine"
        for server, kinds in AWAY.items():
            if isinstance(cause, kinds):
                return server
    if record.levelno < logging.WARNING and not record.name.startswith("kombu"):
        return None
    concerned = next((CONCERNED[name] for name in CONCERNED if f"{record.name}.".startswith(f"{name}.")), None)
    return concerned if concerned and any(hint in record.getMessage().lower() for hint in HINTS) else None


def is_disk_full(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _sentence(server: str, reason: str) -> str:
    if any(sign in reason for sign in FULL):
        return f"{server}'s disk is full, work waits for space: {reason}"
    if reason.startswith((MISSING, NEWER)):
        return f"{server} cannot serve, work waits for it: {reason}"
    return f"{server} is away, work waits for it: {reason}"


def _reason(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    said = str(error) if error else record.getMessage()
    return said.strip().partition("\n")[0][:200] or type(error).__name__

"""Redis as a memory that may be lost: every failure reads as "not remembered", and for `PAUSE_S` after one nobody asks.

Whoever uses it works without it: slower, and never wrong.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)
T = TypeVar("T")

TIMEOUT_S = 0.25
"""The longest that a query waits for Redis, once. It answers in a tenth of a millisecond, but a machine that is merely
busy may leave either of them waiting for its turn that long."""

FIRST_PAUSE_S, PAUSE_S = 0.5, 2.0

UNHEARD = 16
"""Answers to what was only told that one connection leaves unread."""


class Breaker:
    """Whether to try Redis: not right after a failure, and then one caller first.

    One late answer costs `FIRST_PAUSE_S`; each failure in a row doubles the pause, up to `PAUSE_S`.
    """

    def __init__(self) -> None:
        self._closed_at = 0.0
        self._pause_s = FIRST_PAUSE_S

    def allows(self) -> bool:
        now = time.monotonic()
        if not self._closed_at:
            return True
        if now < self._closed_at:
            return False
        self._closed_at = now + PAUSE_S
        return True

    def note_success(self) -> None:
        if self._closed_at:
            log.info("Redis answers again; questions and answers are remembered")
            self._closed_at, self._pause_s = 0.0, FIRST_PAUSE_S

    def note_failure(self, error: Exception) -> None:
        if not self._closed_at:
            log.warning("Redis does not answer, nothing is remembered: %s", error)
        self._closed_at = time.monotonic() + self._pause_s
        self._pause_s = min(2 * self._pause_s, PAUSE_S)


breaker = Breaker()


@cache
def client(url: str) -> redis.Redis:
    """One pool of connections a process; a failure is told at once and not tried again."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        retry_on_timeout=False,
    )


class Line:
    """One thread's own connection. The client around it costs several times what the conversation does."""

    def __init__(self, url: str) -> None:
        self.url = url
        pool = client(url).connection_pool
        self._connection = pool.connection_class(**pool.connection_kwargs)
        self._unheard = 0

    def ask(self, *command: Any) -> Any:
        """The answer. A connection that broke while nobody spoke is made anew: Redis may have been restarted."""
        was_open = self._connection.is_connected
        try:
            return self._converse(*command)
        except redis.ConnectionError:
            if not was_open:
                raise
            self.close()
            return self._converse(*command)

    def tell(self, *command: Any) -> None:
        """Without waiting for the answer; it is read before the next one."""
        self._send(*command)
        self._unheard += 1
        if self._unheard > UNHEARD:
            self._listen()

    def close(self) -> None:
        self._unheard = 0
        self._connection.disconnect()

    def _converse(self, *command: Any) -> Any:
        self._send(*command)
        self._listen()
        return self._connection.read_response()

    def _send(self, *command: Any) -> None:
        self._connection.send_packed_command([_packed(command)], check_health=False)

    def _listen(self) -> None:
        while self._unheard:
            self._connection.read_response()
            self._unheard -= 1


def _packed(command: Sequence[bytes | str | float]) -> bytes:
    """https://redis.io/docs/latest/develop/reference/protocol-spec/#sending-commands-to-a-redis-server"""
    parts = [each if isinstance(each, bytes) else str(each).encode() for each in command]
    return b"*%d\r\n%b" % (len(parts), b"".join([b"$%d\r\n%b\r\n" % (len(each), each) for each in parts]))


_lines = threading.local()


def _line() -> Line:
    line: Line | None = getattr(_lines, "line", None)
    if line is None or line.url != settings.REDIS_URL:
        line = _lines.line = Line(settings.REDIS_URL)
    return line


def ask(*command: Any) -> Any:
    """Redis' answer to one command; None where it has none, or is not there."""
    if not breaker.allows():
        return None
    line = _line()
    try:
        found = line.ask(*command)
    except (redis.RedisError, OSError) as error:
        line.close()
        breaker.note_failure(error)
        return None
    breaker.note_success()
    return found


def converse(talk: Callable[[redis.Redis], T]) -> T | None:
    """What comes of more than one command, through the process's client; None where Redis is not there."""
    if not breaker.allows():
        return None
    try:
        found = talk(client(settings.REDIS_URL))
    except (redis.RedisError, OSError) as error:
        breaker.note_failure(error)
        return None
    breaker.note_success()
    return found


def recall(keys: Sequence[str]) -> list[bytes | None]:
    """What is remembered under each of the keys, in one round trip; None where nothing is, or Redis is not there."""
    found = (ask("MGET", *keys) if keys else None) or [None] * len(keys)
    return [each if isinstance(each, bytes) else None for each in found]


def remember(key: str, value: bytes, *, live_s: int) -> None:
    """Nobody waits for it to be kept: that it could not be is heard with the next question."""
    if not breaker.allows():
        return
    line = _line()
    try:
        line.tell("SET", key, value, "EX", live_s)
    except (redis.RedisError, OSError) as error:
        line.close()
        breaker.note_failure(error)

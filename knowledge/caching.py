"""What is remembered in Redis: vectors of questions, and which documents answered one.

A cache may only save time. Redis that is down, slow, flushed or full of nonsense makes queries slower and never wrong:
every failure reads as "not remembered", and for `PAUSE_S` after one nobody asks again.

Answers are kept under the store's generation. It lives in PostgreSQL, where each write advances it in its own
transaction (see the migration `advance`), and is read before the search: an answer that is kept under it is at least as
new, and after the next commit nobody asks for it any more.
"""

import hashlib
import logging
import time
from collections.abc import Sequence
from functools import cache

import numpy as np
import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from knowledge.embedders.base import Vector
from knowledge.embedding import Space

log = logging.getLogger(__name__)

TIMEOUT_S = 0.05
"""The longest that a query waits for Redis, once; it answers in a tenth of a millisecond."""

PAUSE_S = 2.0
VECTORS_LIVE_S = 24 * 3_600
ANSWERS_LIVE_S = 600
MOST_ANSWER_BYTES = 256 * 1024


class Breaker:
    """Whether to try Redis: not within `PAUSE_S` of a failure, and then one caller first."""

    def __init__(self) -> None:
        self._closed_at = 0.0

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
            self._closed_at = 0.0

    def note_failure(self, error: Exception) -> None:
        if not self._closed_at:
            log.warning("Redis does not answer, nothing is remembered: %s", error)
        self._closed_at = time.monotonic() + PAUSE_S


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


def recall(keys: Sequence[str]) -> list[bytes | None]:
    """What is remembered under each of the keys, in one round trip; None where nothing is, or Redis is not there."""
    if not keys or not breaker.allows():
        return [None] * len(keys)
    try:
        found = client(settings.REDIS_URL).mget(keys)
    except (redis.RedisError, OSError) as error:
        breaker.note_failure(error)
        return [None] * len(keys)
    breaker.note_success()
    return [each if isinstance(each, bytes) else None for each in found]


def remember(key: str, value: bytes, *, live_s: int) -> None:
    if not breaker.allows():
        return
    try:
        client(settings.REDIS_URL).set(key, value, ex=live_s)
    except (redis.RedisError, OSError) as error:
        breaker.note_failure(error)
    else:
        breaker.note_success()


def forget_all() -> None:
    """For who wants to begin anew: raises where Redis is not there."""
    known = client(settings.REDIS_URL)
    for key in known.scan_iter("larder:*:*", count=1_000):
        if key.startswith((b"larder:vector:", b"larder:answer:")):
            known.delete(key)


def vector_key(text: str, *, space: Space) -> str:
    return f"larder:vector:{_digest(space.model.name, space.embedder.url, text)}"


def pack_vector(vector: Vector) -> bytes:
    return vector.astype("<f4").tobytes()


def unpack_vector(packed: bytes | None, *, dimensions: int) -> Vector | None:
    """None for what is no vector of so many dimensions."""
    if packed is None or len(packed) != 4 * dimensions:
        return None
    return np.frombuffer(packed, dtype="<f4").astype(np.float32)


def answer_key(generation: int, *question: object) -> str:
    """`question`: everything that an answer depends on, the store's content and the time apart."""
    return f"larder:answer:{generation}:{_digest(*question)}"


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()

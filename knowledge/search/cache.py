"""What is remembered in Redis: vectors of questions, and which documents answered one.

A cache may only save time: Redis that is down, slow, flushed or full of nonsense makes queries slower and never wrong
(see `core.redis`). What a process asks for again and again it holds itself, too (`LocalCache`).

Answers are kept with the store's generation. It lives in PostgreSQL, where each write advances it in its own
transaction (see `knowledge.migrations._triggers`), and is read before the search: an answer that is kept with it is at
least as new, and after the next commit nobody takes it for one any more.

See docs/decisions/0013.
"""

import hashlib
import time
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
from django.conf import settings

from core.redis import client
from knowledge.embedding.embedders.base import Vector
from knowledge.embedding.vector_space import Space

T = TypeVar("T")

VECTORS_LIVE_S = 24 * 3_600
ANSWERS_LIVE_S = 600
MOST_ANSWER_BYTES = 256 * 1024
MOST_LOCAL_BYTES = 8 * 1024 * 1024


class LocalCache(Generic[T]):
    """Of this process alone, for `ANSWERS_LIVE_S` after each was put; the oldest make room for what is new."""

    def __init__(self, *, most_bytes: int = MOST_LOCAL_BYTES) -> None:
        self.most_bytes = most_bytes
        self.clear()

    def clear(self) -> None:
        self._kept: dict[str, tuple[T, int, float]] = {}
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: str) -> T | None:
        value, _, until = self._kept.get(key, (None, 0, 0.0))
        return value if time.monotonic() < until else None

    def put(self, key: str, value: T, *, size: int) -> None:
        """`size`: the bytes it takes, roughly."""
        with self._lock:
            self._bytes += size - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = value, size, time.monotonic() + ANSWERS_LIVE_S
            while self._bytes > self.most_bytes:
                self._bytes -= self._kept.pop(next(iter(self._kept)))[1]


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


def answer_key(*question: object) -> str:
    """`question`: everything that an answer depends on, the store's generation and the time apart."""
    return f"larder:answer:{_digest(*question)}"


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()

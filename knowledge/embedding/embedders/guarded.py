"""An embedding server behind a breaker that all processes share; what waits for it holds no slot of the web process.

See docs/decisions/0177 and 0178.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, cast

from core.waiting.breaker import SharedBreaker
from core.waiting.slots import has_slot, slot_given_back
from knowledge.embedding.embedders.base import (
    HARMLESS,
    Embedder,
    EmbedderBusy,
    EmbedderFailing,
    EmbedderLoading,
    EmbedderTimeout,
    EmbedderUnavailable,
    EmbeddingRefused,
    Vector,
    tell_every_text,
    unavailable_extra,
)

KINDS = {each.__name__: each for each in (EmbedderFailing, EmbedderTimeout, EmbedderUnavailable)}


class EmbeddingServer(Embedder, Protocol):
    @property
    def known_dimensions(self) -> int | None:
        """Without asking."""


class GuardedEmbedder:
    """`budget_s`: a call that was given less and ran out of it says nothing of the backend."""

    def __init__(self, backend: EmbeddingServer, *, budget_s: float) -> None:
        self.backend = backend
        self.name, self.url = backend.name, backend.url
        self.budget_s = budget_s
        digest = hashlib.sha256(f"{self.name} {self.url}".encode()).hexdigest()[:16]
        self.breaker = SharedBreaker(f"embedder:{digest}")

    @property
    def dimensions(self) -> int:
        if self.backend.known_dimensions is None:
            self.embed([HARMLESS], timeout_s=self.budget_s if has_slot() else None)
        return self.backend.dimensions

    def embed(self, texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
        """As the backend does. While it is left alone, what it failed with last is raised at once.

        EmbedderBusy where as many requests wait for others as may; EmbedderFailing where a harmless text is refused.
        """
        with self._waiting():
            self._expect_asked()
            try:
                vectors = self.backend.embed(texts, timeout_s=timeout_s)
            except EmbeddingRefused as refused:
                raise self._refused(refused, texts) from refused
            except EmbedderUnavailable as error:
                self._note(error, timeout_s=timeout_s)
                raise
        self.breaker.note_success()
        return vectors

    def probe(self) -> None:
        """Asks in any case: who looks whether it is back ends the pause."""
        with slot_given_back():
            self.backend.probe()
        self.breaker.note_success()

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        with slot_given_back() as given_back:
            if has_slot() and not given_back:
                detail = f"Too many requests wait for the embedding backend at {self.url} already; come back soon."
                raise EmbedderBusy(detail, **self._extra())
            yield

    def _expect_asked(self) -> None:
        wait_s = self.breaker.wait_s()
        if wait_s <= 0:
            return
        kind, detail = _read(self.breaker.last_failure())
        detail = detail or f"The embedding backend at {self.url} fails."
        error = KINDS.get(kind, EmbedderFailing)(detail, **self._extra())
        error.retry_after_s = max(1, round(wait_s))
        raise error

    def _refused(self, refused: EmbeddingRefused, texts: Sequence[str]) -> EmbeddingRefused | EmbedderFailing:
        if list(texts) != [HARMLESS]:
            self.breaker.note_nothing()
            return refused
        error = EmbedderFailing(tell_every_text(refused), **self._extra())
        self._note(error, timeout_s=None)
        return error

    def _note(self, error: EmbedderUnavailable, *, timeout_s: float | None) -> None:
        hasty = isinstance(error, EmbedderTimeout) and timeout_s is not None and timeout_s < 0.9 * self.budget_s
        if hasty or isinstance(error, EmbedderLoading):
            self.breaker.note_nothing()
            return
        kind = next(name for name, each in KINDS.items() if isinstance(error, each))
        self.breaker.note_failure(json.dumps([kind, error.detail]))

    def _extra(self) -> dict[str, object]:
        return unavailable_extra(url=self.url, model=self.name.partition(":")[2])


def guarded(backend: Embedder, *, budget_s: float) -> Embedder:
    """A model that runs in this process needs no guard: there is nobody to wait for."""
    return GuardedEmbedder(cast(EmbeddingServer, backend), budget_s=budget_s) if backend.url else backend


def _read(said: str) -> tuple[str, str]:
    try:
        kind, detail = json.loads(said)
        return str(kind), str(detail)
    except (ValueError, TypeError):
        return "", ""

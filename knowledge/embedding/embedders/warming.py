"""The first call of a backend, which may have to load its model first.

Ollama gives up loading a model when the client that asked for it goes away: with three seconds of patience each, a
model that takes four would never be there. So a first call goes on in a thread of its own, and its caller waits for it
as long as it may.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from core.waiting.deadlines import begin
from knowledge.embedding.embedders.base import EmbedderError, Vector

WARM_S = 60.0
"""An answer is a sign for so long that the model is loaded; being wrong costs a thread, or a sentence."""

Embed = Callable[[Sequence[str]], list[Vector]]


class WarmUp:
    """`embed` takes as long as it takes."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._lock = threading.Lock()
        self._first: Future[list[Vector]] | None = None
        self._answered_at = float("-inf")

    @property
    def is_warm(self) -> bool:
        return time.monotonic() - self._answered_at < WARM_S

    def note_answer(self) -> None:
        self._answered_at = time.monotonic()

    def forget(self) -> None:
        """The first call leads to nothing: the next caller begins another."""
        self._first = None

    def embed(self, texts: Sequence[str], *, timeout_s: float) -> list[Vector] | None:
        """The vectors, or None where it was somebody else's first call, and is over. Raises TimeoutError."""
        first, ours = self._begin(texts)
        try:
            vectors = first.result(timeout=timeout_s)
        except EmbedderError:
            if ours:
                raise
            return None
        return vectors if ours else None

    def _begin(self, texts: Sequence[str]) -> tuple[Future[list[Vector]], bool]:
        with self._lock:
            if self._first is not None and not self._first.done():
                return self._first, False
            first = self._first = begin(lambda: self._embed(texts))
            return first, True

"""An embedder for tests: deterministic, quick, and made to fail at will."""

import re
import time
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from knowledge.embedding.embedders.base import (
    EmbedderTimeout,
    EmbedderUnavailable,
    EmbeddingRefused,
    Vector,
    unavailable_extra,
)

URL = "http://embedder.test"


class HashingEmbedder:
    """Texts are near one another as far as they share words: each word counts in one of 64 places.

    `embedded` lists every text that got a vector, in order; `calls` counts the calls that reached the backend.
    """

    name = "test:hashing"
    url = URL
    dimensions = 64

    def __init__(self) -> None:
        self.available = True
        self.refused_marker: str | None = None
        self.seconds_per_text = 0.0
        self.embedded: list[str] = []
        self.calls = 0

    def embed(self, texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
        self.probe()
        self.calls += 1
        self._dawdle(self.seconds_per_text * len(texts), timeout_s)
        if self.refused_marker is not None and any(self.refused_marker in text for text in texts):
            raise EmbeddingRefused(f"The text holds {self.refused_marker!r}.")
        self.embedded.extend(texts)
        return [self._vector(text) for text in texts]

    def probe(self) -> None:
        if not self.available:
            raise EmbedderUnavailable(
                f"Embedding backend unreachable at {URL}. Ensure Ollama is running and reachable, "
                "and that the 'hashing' model has been pulled.",
                **unavailable_extra(url=URL, model="hashing"),
            )

    def _dawdle(self, seconds: float, timeout_s: float | None) -> None:
        if timeout_s is not None and seconds > timeout_s:
            time.sleep(timeout_s)
            raise EmbedderTimeout(f"No answer in {timeout_s:g} s.", **unavailable_extra(url=URL, model="hashing"))
        time.sleep(seconds)

    def _vector(self, text: str) -> Vector:
        counts = np.zeros(self.dimensions, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()) or [""]:
            counts[blake2b(word.encode(), digest_size=1).digest()[0] % self.dimensions] += 1
        return counts / np.linalg.norm(counts)

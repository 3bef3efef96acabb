"""Ollama, the default in production: https://docs.ollama.com/api/embed"""

import time
from collections.abc import Sequence
from typing import Any

import httpx

from knowledge.embedding.embedders import Backend
from knowledge.embedding.embedders.remote import PROBE_TIMEOUT_S, RemoteEmbedder


class OllamaEmbedder(RemoteEmbedder):
    """`keep_alive`: how long Ollama keeps the model loaded after an answer: `24h`, a number of seconds, or -1."""

    prefix = "ollama"
    sign_of_life = "/api/version"
    advice = "Ensure Ollama is running and reachable, and that the '{model}' model has been pulled."

    def __init__(
        self, model: str, *, url: str, keep_alive: str = "24h", transport: httpx.BaseTransport | None = None
    ) -> None:
        super().__init__(model, url=url, transport=transport)
        self.keep_alive: str | int = int(keep_alive) if keep_alive.lstrip("-").isdigit() else keep_alive

    def probe(self) -> None:
        """For the version and the model first, which says best what is missing; then for a vector."""
        ends_at = time.monotonic() + PROBE_TIMEOUT_S
        self._call("GET", "/api/version", ends_at=ends_at)
        self._call("POST", "/api/show", body={"model": self.model}, ends_at=ends_at)
        self._expect_vector(ends_at=ends_at)

    def _embed_some(self, texts: Sequence[str], *, ends_at: float) -> Any:
        # Without truncate: false a text beyond the model's window is cut, and its end could never be found.
        body = {"model": self.model, "input": list(texts), "truncate": False, "keep_alive": self.keep_alive}
        answer = self._call("POST", "/api/embed", body=body, ends_at=ends_at)
        return answer.get("embeddings") if isinstance(answer, dict) else None


BACKEND = Backend(
    name=OllamaEmbedder.prefix,
    make=lambda model, settings: OllamaEmbedder(model, url=settings.OLLAMA_URL, keep_alive=settings.EMBED_KEEP_ALIVE),
)

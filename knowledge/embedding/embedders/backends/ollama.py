"""Ollama, the default in production: https://docs.ollama.com/api/embed"""

import time
from collections.abc import Sequence
from typing import Any

from knowledge.embedding.embedders import Backend
from knowledge.embedding.embedders.remote import PROBE_TIMEOUT_S, RemoteEmbedder


class OllamaEmbedder(RemoteEmbedder):
    prefix = "ollama"
    advice = "Ensure Ollama is running and reachable, and that the '{model}' model has been pulled."

    def probe(self) -> None:
        """Asks for the version and for the model; neither loads it."""
        ends_at = time.monotonic() + PROBE_TIMEOUT_S
        self._call("GET", "/api/version", ends_at=ends_at)
        self._call("POST", "/api/show", body={"model": self.model}, ends_at=ends_at)

    def _embed_some(self, texts: Sequence[str], *, ends_at: float) -> Any:
        # Without truncate: false a text beyond the model's window is cut, and its end could never be found.
        body = {"model": self.model, "input": list(texts), "truncate": False}
        answer = self._call("POST", "/api/embed", body=body, ends_at=ends_at)
        return answer.get("embeddings") if isinstance(answer, dict) else None


BACKEND = Backend(
    name=OllamaEmbedder.prefix, make=lambda model, settings: OllamaEmbedder(model, url=settings.OLLAMA_URL)
)

"""One call of an embedder, as traces show it: by the conventions for generative models, without a word of the texts."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from core.tracing.spans import Attributes, SpanKind, span
from knowledge.embedding.embedders.base import Embedder, Vector


def embed(embedder: Embedder, texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
    """As the embedder does."""
    backend, _, model = embedder.name.partition(":")
    kind = SpanKind.CLIENT if embedder.url else SpanKind.INTERNAL
    noted = {**_facts(embedder, backend, model), "larder.texts": len(texts)}
    with span(f"embeddings {model}", kind=kind, attributes=noted):
        return embedder.embed(texts, timeout_s=timeout_s)


def _facts(embedder: Embedder, backend: str, model: str) -> Attributes:
    facts = {"gen_ai.operation.name": "embeddings", "gen_ai.provider.name": backend, "gen_ai.request.model": model}
    host = urlsplit(embedder.url).hostname if embedder.url else None
    return {**facts, "server.address": host} if host else facts

"""The vector of a question: somebody waits for it, so it has a budget of its own."""

import time

from django.conf import settings

from knowledge.embedding.embedders.base import EmbeddingRefused, Vector, expect_sound
from knowledge.embedding.vector_space import Space


def embed_question(text: str, *, space: Space) -> Vector:
    """Within QUERY_EMBED_BUDGET_MS. Raises EmbedderUnavailable, and EmbeddingRefused where this text is at fault."""
    ends_at = time.monotonic() + settings.QUERY_EMBED_BUDGET_MS / 1_000
    try:
        return space.embedder.embed([text], timeout_s=ends_at - time.monotonic())[0]
    except EmbeddingRefused:
        expect_sound(space.embedder, timeout_s=max(ends_at - time.monotonic(), 0.1))
        raise

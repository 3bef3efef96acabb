"""The vector of a question: somebody waits for it, so it has a budget of its own."""

import time
from collections.abc import Sequence

from django.conf import settings

from core.errors import QueryInvalid
from knowledge.embedding.embedders.base import EmbeddingRefused, Vector, expect_sound
from knowledge.embedding.embedders.traced import embed
from knowledge.embedding.own_vectors import unit_vector
from knowledge.embedding.vector_space import Space
from knowledge.models import EmbeddingModel

LEAST_S = 0.1


def check_vector(given: Sequence[float], *, model: EmbeddingModel) -> Vector:
    """The question's own, of length 1. Raises QueryInvalid where the model cannot have made it."""
    try:
        return unit_vector(given, model=model)
    except ValueError as fault:
        raise QueryInvalid(f"`vector` {fault}.") from None


def embed_question(text: str, *, space: Space) -> Vector:
    """Within QUERY_EMBED_BUDGET_MS. Raises EmbedderUnavailable, and EmbeddingRefused where this text is at fault.

    A backend that fails now and then fails for any text: a refused one is asked about again if a harmless one is not.
    """
    budget_s = settings.QUERY_EMBED_BUDGET_MS / 1_000
    ends_at = time.monotonic() + budget_s
    try:
        return embed(space.embedder, [text], timeout_s=budget_s)[0]
    except EmbeddingRefused:
        expect_sound(space.embedder, timeout_s=max(ends_at - time.monotonic(), LEAST_S))
    return embed(space.embedder, [text], timeout_s=max(ends_at - time.monotonic(), LEAST_S))[0]

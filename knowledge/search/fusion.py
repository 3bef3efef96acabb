"""Putting rankings together: the fusion of two, and novelty instead of near copies. See docs/decisions/0011."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from core.sql import fetch
from knowledge.embedding.embedders.base import Vector
from knowledge.models import EmbeddingModel
from knowledge.search.query import Candidate

VECTORS = """
SELECT document_id, ordinal, vector FROM knowledge_passage
WHERE model_id = %(model)s AND document_id = ANY(%(documents)s) AND vector IS NOT NULL
"""

DAMPING = 60
"""Reciprocal rank fusion's constant, as in the paper that proposed it: how little the very first places stand out."""

MOST_NAMED = 0.75
"""Of a fused score, for what a question names exactly: more than all else, which still tells such documents apart."""

FUSED_POOL = 100
"""Places of each ranking that take part in a fusion, at least."""


def fuse(*rankings: Sequence[Candidate]) -> list[Candidate]:
    """Reciprocal rank fusion over documents. 1 is the first place in every ranking; a place in one counts by itself.

    A document in several keeps the passage of the ranking that is named first. What holds what the question names goes
    ahead, the further the more of the question that is: of one that is a mere name, before all that does not hold it.
    """
    scores: dict[int, float] = {}
    first: dict[int, Candidate] = {}
    for ranking in rankings:
        for place, candidate in enumerate(ranking, start=1):
            share = (1 + DAMPING) / (place + DAMPING) / len(rankings)
            scores[candidate.document_id] = scores.get(candidate.document_id, 0.0) + share
            first.setdefault(candidate.document_id, candidate)
    exact = {each.document_id: each.exact for ranking in rankings for each in ranking if each.exact}
    most = max(exact.values(), default=1.0)
    named = min(most, MOST_NAMED) if exact else 0.0
    fused = [
        candidate._replace(score=min(1.0, scores[row] * (1 - named) + exact.get(row, 0.0) / most * named))
        for row, candidate in first.items()
    ]
    return sorted(fused, key=lambda each: (-each.score, each.document_id))


def diversify(
    candidates: Sequence[Candidate], *, count: int, vectors: Mapping[tuple[int, int], Vector]
) -> list[Candidate]:
    """Maximal marginal relevance, half relevance and half novelty; what has no vector yet counts as new.

    What points away from a chosen one is new, and no more than that; what is not relevant at all comes last. Greedy:
    all likenesses by one product, then for each choice a running maximum, `count × candidates` in all.
    """
    relevant = [each for each in candidates if each.score > 0]
    others = [each for each in candidates if each.score <= 0]
    return [*_diverse(relevant, count=count, vectors=vectors), *others][:count]


def _diverse(
    candidates: Sequence[Candidate], *, count: int, vectors: Mapping[tuple[int, int], Vector]
) -> list[Candidate]:
    if len(candidates) <= 1 or not vectors:
        return list(candidates[:count])
    unknown = np.zeros(next(iter(vectors.values())).size, dtype=np.float32)
    matrix = np.stack([vectors.get((each.document_id, each.ordinal), unknown) for each in candidates])
    matrix = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
    likeness = np.maximum(matrix @ matrix.T, 0)
    relevance = np.array([candidate.score for candidate in candidates])
    return [candidates[index] for index in _choose(relevance, likeness, count=min(count, len(candidates)))]


def _choose(relevance: npt.NDArray[Any], likeness: npt.NDArray[Any], *, count: int) -> Iterator[int]:
    nearest, left = np.zeros_like(relevance), np.zeros_like(relevance)
    for chosen in range(count):
        best = int((relevance - nearest + left).argmax())
        nearest = np.maximum(nearest, likeness[best]) if chosen else likeness[best].copy()
        left[best] = -np.inf
        yield best


def passage_vectors(candidates: Sequence[Candidate], *, model: EmbeddingModel) -> dict[tuple[int, int], Vector]:
    """The vectors of the candidates' passages, by (document, ordinal), as far as there are any."""
    wanted = {(each.document_id, each.ordinal) for each in candidates}
    rows = fetch(VECTORS, {"model": model.pk, "documents": [row for row, _ in wanted]})
    found = {(row, ordinal): vector for row, ordinal, vector in rows}
    return {place: found[place].to_numpy().astype(np.float32) for place in wanted & found.keys()}


def first_expiry(candidates: Sequence[Candidate]) -> datetime | None:
    """When the first of them expires; until then, and until the next write, the ranking stands."""
    return min((each.expires_at for each in candidates if each.expires_at is not None), default=None)

"""Ranking by meaning, by two explicit plans.

*Exact* filters first and orders the passages left by true distance; *index* walks the HNSW graph (iterative scan) and
filters on the way. Statistics say which to try; both know when they were the wrong one, and the other answers. Where
the index comes back short, exact answers: always min(wanted, matching documents).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from pgvector import HalfVector

from knowledge.embedders.base import Vector
from knowledge.embedding import vector_expression
from knowledge.models import EmbeddingModel
from knowledge.search.frequencies import read_frequencies
from knowledge.search.query import Candidate, Plan
from knowledge.search.scope import Scope
from knowledge.statements import fetch

BREAK_EVEN = 5.0
"""Exact takes about 3 µs for each passage that matches, the index about 20 µs for each that it has to pass until it
found enough: sqrt(20 / 3 × 4) with the graph's entry counted in. Measured at 100,000 passages of 384 dimensions."""

ALWAYS_EXACT = 1_000
"""Passages that exact orders in 3 ms: so few are never worth the index, which may miss some."""

EF_SEARCH = 64
MOST_EF_SEARCH = 1_000
MOST_ROWS = 20_000
"""Rows of the index that are looked at before exact takes over; pgvector's own limit of an iterative scan."""

# Without sorting there is but one way to go: the HNSW index, and a probe of the document for each row.
BY_INDEX = {"plan_cache_mode": "force_generic_plan", "enable_sort": "off", "hnsw.iterative_scan": "strict_order"}
BY_FILTER = {"plan_cache_mode": "force_generic_plan", "max_parallel_workers_per_gather": 0}

# Expects: Index Scan using knowledge_passage_hnsw_<model>, then one probe of the document's key for each row.
INDEX = """
SELECT p.document_id, p.ordinal, p."start", p."end", {expression} <=> %(vector)s::halfvec({dimensions}), d.expires_at
FROM knowledge_passage p JOIN knowledge_document d ON d.id = p.document_id
WHERE p.model_id = {model} AND {matching}
ORDER BY {expression} <=> %(vector)s::halfvec({dimensions}) LIMIT {limit}
"""

# Expects: the documents by their tag or source index, then their passages by (document, model), no further than the
# bound, and of these the nearest by a heap of the limit's size.
EXACT = """
SELECT document_id, ordinal, "start", "end", distance, expires_at, count(*) OVER () FROM (
    SELECT p.document_id, p.ordinal, p."start", p."end", d.expires_at,
           {expression} <=> %(vector)s::halfvec({dimensions}) AS distance
    FROM knowledge_document d JOIN knowledge_passage p ON p.document_id = d.id
    WHERE p.model_id = {model} AND p.vector IS NOT NULL AND {matching} LIMIT %(bound)s
) matched
ORDER BY distance, document_id, ordinal LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """The search for the `wanted` nearest documents of a scope."""

    scope: Scope
    model: EmbeddingModel
    vector: Vector
    wanted: int

    def find(self) -> tuple[Plan, list[Candidate]]:
        frequencies = read_frequencies()
        few = exact_up_to(self.wanted, passages=frequencies.passages)
        if frequencies.passages * frequencies.share(self.scope.tags, self.scope.source) <= few:
            found = self._exact(bound=4 * few)
            if found is not None:
                return Plan.EXACT, found
        found = self._by_index()
        if found is not None:
            return Plan.INDEX, found
        return Plan.EXACT, self._exact(bound=None) or []

    def _exact(self, *, bound: int | None) -> list[Candidate] | None:
        """The nearest of all that match; None where more than `bound` passages do."""
        limit = self.wanted * 2
        while True:
            rows = self._rows(EXACT, {"bound": bound, "limit": limit}, tuned=BY_FILTER)
            matched = rows[0][6] if rows else 0
            if bound is not None and matched >= bound:
                return None
            best = best_of_documents(rows)
            if len(best) >= self.wanted or len(rows) == matched:
                return best[: self.wanted]
            limit *= 8

    def _by_index(self) -> list[Candidate] | None:
        """The nearest by the graph; None where it ran out before there were enough."""
        limit = self.wanted * 2
        while limit <= MOST_ROWS:
            ef_search = min(MOST_EF_SEARCH, max(EF_SEARCH, limit))
            rows = self._rows(INDEX, {}, tuned=BY_INDEX | {"hnsw.ef_search": ef_search}, limit=limit)
            best = best_of_documents(rows)
            if len(best) >= self.wanted:
                return best[: self.wanted]
            if len(rows) < limit:
                return None
            limit *= 4
        return None

    def _rows(
        self, statement: str, parameters: dict[str, Any], *, tuned: dict[str, Any], limit: int = 0
    ) -> list[tuple[Any, ...]]:
        sql = statement.format(
            expression=vector_expression(self.model),
            dimensions=int(self.model.dimensions),
            model=int(self.model.pk),
            matching=self.scope.condition,
            limit=limit,
        )
        named = {**self.scope.parameters, **parameters, "vector": HalfVector(self.vector)}
        return fetch(sql, named, tuned=tuned)


def exact_up_to(wanted: int, *, passages: float) -> int:
    """How many matching passages exact orders in the time in which the index finds the wanted ones.

    Exact pays for each match. The index pays for each passage that it has to pass, `passages / matches` for each wanted
    one; so the two meet at the root of `wanted × passages`.
    """
    return max(ALWAYS_EXACT, int(BREAK_EVEN * sqrt(wanted * max(passages, 1))))


def best_of_documents(rows: Sequence[tuple[Any, ...]]) -> list[Candidate]:
    """The first row of each document, rows being nearest first."""
    best: dict[int, Candidate] = {}
    for document_id, ordinal, start, end, distance, expires_at, *_ in rows:
        if document_id not in best:
            score = min(1.0, max(0.0, 1.0 - distance))
            best[document_id] = Candidate(
                document_id=document_id, ordinal=ordinal, start=start, end=end, score=score, expires_at=expires_at
            )
    return list(best.values())

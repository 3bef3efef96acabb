"""Finding the few documents that matter, by two explicit plans.

*Exact* filters first and orders the passages left by true distance; *index* walks the HNSW graph (iterative scan) and
filters on the way. Where the index comes back short, exact answers: always min(top_k, matching documents).
A document's score is its best passage's cosine similarity, clamped to [0, 1].
"""

import time
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
from django.db import connection, transaction
from pgvector import HalfVector

from knowledge.embedders.base import Vector
from knowledge.embedding import Space, vector_expression
from knowledge.errors import QueryInvalid
from knowledge.models import Document, EmbeddingModel, Passage
from knowledge.staging import raw_cursor
from knowledge.tagexpr import TagExpression

EXACT_UP_TO = 4_000
"""Passages that the exact plan orders in about the time that a walk of the index takes."""

DIVERSE_POOL = 4
"""Maximal marginal relevance chooses among this many times top_k candidates."""


class Plan(StrEnum):
    EXACT = "exact"
    INDEX = "index"


@dataclass(frozen=True, kw_only=True)
class Query:
    """What an analyzer asks. `tags` is parsed before any I/O; `source` None searches all."""

    text: str
    tags: TagExpression | None = None
    top_k: int = 10
    min_score: float = 0.0
    diverse: bool = False
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A document with the passage that matched best: the `ordinal`-th of `passages`, `content[start:end]`."""

    document: Document
    score: float
    ordinal: int
    start: int
    end: int
    passages: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Hits best first, and how they were found; times in milliseconds."""

    hits: list[Hit]
    plan: Plan
    model: str
    embed_ms: float
    search_ms: float


@dataclass(frozen=True, kw_only=True)
class Candidate:
    document_id: int
    ordinal: int
    start: int
    end: int
    distance: float
    vector: Any = field(default=None, compare=False)


# Expects: the matching documents by their tag or source index, then their passages by (document, model).
EXACT = """
SELECT document_id, ordinal, "start", "end", distance {vector} FROM (
    SELECT DISTINCT ON (p.document_id) p.document_id, p.ordinal, p."start", p."end", p.vector,
           {expression} <=> %(vector)s::halfvec({dimensions}) AS distance
    FROM knowledge_document d JOIN knowledge_passage p ON p.document_id = d.id
    WHERE p.model_id = {model} AND p.vector IS NOT NULL AND {matching}
    ORDER BY p.document_id, distance, p.ordinal
) best ORDER BY distance, document_id LIMIT %(limit)s
"""

# Expects: Index Scan using knowledge_passage_hnsw_<model>, then one integer probe of the document for each row.
INDEX = """
SELECT p.document_id, p.ordinal, p."start", p."end",
       {expression} <=> %(vector)s::halfvec({dimensions}) AS distance {vector}
FROM knowledge_passage p JOIN knowledge_document d ON d.id = p.document_id
WHERE p.model_id = {model} AND {matching}
ORDER BY {expression} <=> %(vector)s::halfvec({dimensions}) LIMIT %(limit)s
"""

COUNT_UP_TO = """
SELECT count(*) FROM (
    SELECT 1 FROM knowledge_document d JOIN knowledge_passage p ON p.document_id = d.id
    WHERE p.model_id = {model} AND {matching} LIMIT %(limit)s
) matched
"""


def search(query: Query, *, now: datetime, space: Space) -> Answer:
    """The best documents for the query, at most `top_k`, best first.

    Raises QueryInvalid for a blank text, EmbeddingRefused for one that the backend does not take, EmbedderUnavailable.
    """
    if not query.text.strip():
        raise QueryInvalid("The text of a query cannot be blank.")
    started = time.perf_counter()
    vector = space.embedder.embed([query.text])[0]
    embedded = time.perf_counter()
    finder = Finder(query=query, now=now, model=space.model, vector=vector)
    with transaction.atomic():
        plan, candidates = finder.find()
    if query.diverse:
        candidates = _diversify(candidates, query.top_k)
    hits = _hits(candidates, query, model=space.model)
    ended = time.perf_counter()
    return Answer(
        hits=hits,
        plan=plan,
        model=space.model.name,
        embed_ms=(embedded - started) * 1_000,
        search_ms=(ended - embedded) * 1_000,
    )


@dataclass(frozen=True, kw_only=True)
class Finder:
    """One query on its way through the database."""

    query: Query
    now: datetime
    model: EmbeddingModel
    vector: Vector

    @property
    def wanted(self) -> int:
        return self.query.top_k * (DIVERSE_POOL if self.query.diverse else 1)

    def find(self) -> tuple[Plan, list[Candidate]]:
        if self._count_up_to(EXACT_UP_TO + 1) <= EXACT_UP_TO:
            return Plan.EXACT, self._exact()
        candidates = self._by_index()
        if candidates is None:
            return Plan.EXACT, self._exact()
        return Plan.INDEX, candidates

    def _exact(self) -> list[Candidate]:
        return self._candidates(EXACT, limit=self.wanted)

    def _by_index(self) -> list[Candidate] | None:
        """The nearest documents by the graph; None where it ran out before there were enough."""
        limit = self.wanted * 2
        while limit <= 20_000:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
                cursor.execute(f"SET LOCAL hnsw.ef_search = {min(1_000, max(100, limit))}")
                cursor.execute("SET LOCAL enable_seqscan = off")
            rows = self._candidates(INDEX, limit=limit)
            best = _best_per_document(rows)
            if len(best) >= self.wanted:
                return best[: self.wanted]
            if len(rows) < limit:
                return None
            limit *= 4
        return None

    def _count_up_to(self, limit: int) -> int:
        with raw_cursor() as cursor:
            row = cursor.execute(self._sql(COUNT_UP_TO), {**self._parameters(), "limit": limit}).fetchone()
            return int(row[0]) if row else 0

    def _candidates(self, statement: str, *, limit: int) -> list[Candidate]:
        with raw_cursor() as cursor:
            rows = cursor.execute(self._sql(statement), {**self._parameters(), "limit": limit}, binary=True).fetchall()
        return [
            Candidate(
                document_id=row[0],
                ordinal=row[1],
                start=row[2],
                end=row[3],
                distance=row[4],
                vector=row[5].to_numpy() if self.query.diverse else None,
            )
            for row in rows
        ]

    def _sql(self, statement: str) -> str:
        return statement.format(
            expression=vector_expression(self.model),
            dimensions=int(self.model.dimensions),
            model=int(self.model.pk),
            matching=self._matching(),
            vector=", vector" if self.query.diverse else "",
        )

    def _matching(self) -> str:
        """The condition on `d`: live, of the source, under the tag expression."""
        conditions = ["d.deleted_at IS NULL", "(d.expires_at IS NULL OR d.expires_at > %(now)s)"]
        if self.query.source is not None:
            conditions.append("d.source = %(source)s")
        if self.query.tags is not None:
            branches = [f"d.tags @> %(tags_{index})s::text[]" for index, _ in enumerate(self.query.tags.branches)]
            conditions.append("(" + " OR ".join(branches) + ")")
        return " AND ".join(conditions)

    def _parameters(self) -> dict[str, Any]:
        branches = self.query.tags.branches if self.query.tags is not None else ()
        return {
            "now": self.now,
            "source": self.query.source,
            "vector": HalfVector(self.vector),
            **{f"tags_{index}": list(branch) for index, branch in enumerate(branches)},
        }


def _best_per_document(rows: list[Candidate]) -> list[Candidate]:
    best: dict[int, Candidate] = {}
    for row in rows:
        best.setdefault(row.document_id, row)
    return list(best.values())


def _diversify(candidates: list[Candidate], top_k: int) -> list[Candidate]:
    """Maximal marginal relevance, half relevance and half novelty, over the candidates' own vectors."""
    if len(candidates) <= 1:
        return candidates
    vectors = np.stack([candidate.vector for candidate in candidates]).astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    relevance = np.array([1 - candidate.distance for candidate in candidates])
    nearest = np.full(len(candidates), -1.0)
    chosen: list[int] = []
    while len(chosen) < min(top_k, len(candidates)):
        gain = relevance - nearest if chosen else relevance
        gain = np.where(np.isin(np.arange(len(candidates)), chosen), -np.inf, gain)
        chosen.append(int(gain.argmax()))
        nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
    return [candidates[index] for index in chosen]


def _hits(candidates: list[Candidate], query: Query, *, model: EmbeddingModel) -> list[Hit]:
    """Load the documents of candidates that reach `min_score`, in the candidates' order."""
    kept = [candidate for candidate in candidates if _score(candidate) >= query.min_score]
    wanted = [candidate.document_id for candidate in kept]
    documents = Document.objects.in_bulk(wanted)
    passages = Passage.objects.count_by_document(wanted, model_id=model.pk)
    return [
        Hit(
            document=documents[candidate.document_id],
            score=_score(candidate),
            ordinal=candidate.ordinal,
            start=candidate.start,
            end=candidate.end,
            passages=passages[candidate.document_id],
        )
        for candidate in kept
        if candidate.document_id in documents
    ]


def _score(candidate: Candidate) -> float:
    return min(1.0, max(0.0, 1.0 - candidate.distance))

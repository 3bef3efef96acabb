"""Ranking by meaning, by two explicit plans.

*Exact* filters first and orders the passages left by true distance. *Index* takes candidates from an index. With codes
or a cluster (`knowledge.search.index`) these are read, filtered and ordered by one statement. With pgvector's graph the
statement walks it (iterative scan) and filters on the way; statistics say whether that or exact is to be tried, and
both know when they were the wrong one. Where the index comes back short, exact answers: always min(wanted, matching
documents).

See docs/decisions/0012 and docs/decisions/0230.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from math import ceil, sqrt
from typing import Any

from django.conf import settings
from pgvector import HalfVector

from core.replicas import read_anew
from core.sql import Statement, array_of, fetch_all
from knowledge.embedding.embedders.base import Vector
from knowledge.embedding.index_choice import cluster_is_used, codes_are_used
from knowledge.embedding.vector_space import has_graph, vector_expression
from knowledge.filters.sampling import share_of
from knowledge.models import EmbeddingModel
from knowledge.search.frequencies import read_frequencies
from knowledge.search.index.candidates import CANDIDATES, Named
from knowledge.search.index.mark import MOST_UNSEEN
from knowledge.search.index.recall import note_question
from knowledge.search.query import Candidate, Plan
from knowledge.search.scope import Scope

BREAK_EVEN = 5.0
"""Exact takes about 3 µs for each passage that matches, the index about 20 µs for each that it has to pass until it
found enough: sqrt(20 / 3 × 4) with the graph's entry counted in. Measured at 100,000 passages of 384 dimensions."""

ALWAYS_EXACT = 1_000
"""Passages that exact orders in 3 ms: so few are never worth the index, which may miss some."""

MOST_EF_SEARCH = 1_000
MOST_ROWS = 20_000
"""Rows of the index that are looked at before exact takes over; pgvector's own limit of an iterative scan."""

# Without sorting there is but one way to go: the HNSW index, and a probe of the document for each row.
BY_INDEX = {"plan_cache_mode": "force_generic_plan", "enable_sort": "off"}
# What is unseen is nearly always nothing, which only a plan with its values could know; making one takes three times as
# long as the statement does. For the same reason the kept plan looks worth compiling, and is not.
BY_HINTS = {"plan_cache_mode": "force_generic_plan", "jit": "off"}
# Of what metadata holds only the values that are asked for tell how rare it is.
BY_METADATA: dict[str, Any] = {"plan_cache_mode": "force_custom_plan", "max_parallel_workers_per_gather": 0}
BY_FILTER: dict[str, Any] = {"plan_cache_mode": "force_generic_plan", "max_parallel_workers_per_gather": 0}

# Expects: Index Scan using knowledge_passage_hnsw_<model>, then one probe of the document's key for each row.
INDEX = """
SELECT p.document_id, p.ordinal, p."start", p."end", {expression} <=> %(vector)s::halfvec({dimensions}), d.expires_at,
       NULL, NULL{columns}
FROM knowledge_passage p JOIN knowledge_document d ON d.id = p.document_id
WHERE p.model_id = {model} AND {matching}
ORDER BY {expression} <=> %(vector)s::halfvec({dimensions}) LIMIT {limit}
"""

# Expects: the documents by their tag or source index, no further than the bound; their passages by one walk over
# (document, model), as the array is sorted first; of these the nearest by a heap of the limit's size; and their
# documents again by key. One row at least, empty but for the number of documents.
EXACT = """
WITH chosen AS MATERIALIZED (SELECT d.id FROM knowledge_document d WHERE {matching} LIMIT %(bound)s)
SELECT p.document_id, p.ordinal, p."start", p."end", p.distance, d.expires_at,
       coalesce(p.passages, 0), (SELECT count(*) FROM chosen){columns}
FROM (SELECT) always LEFT JOIN (
    SELECT *, count(*) OVER () AS passages FROM (
        SELECT p.document_id, p.ordinal, p."start", p."end",
               {expression} <=> %(vector)s::halfvec({dimensions}) AS distance
        FROM knowledge_passage p
        WHERE p.document_id = ANY(ARRAY(SELECT id FROM chosen)) AND p.model_id = {model} AND p.vector IS NOT NULL
        LIMIT %(bound)s
    ) matched
    ORDER BY distance, document_id, ordinal LIMIT %(limit)s
) p ON true LEFT JOIN knowledge_document d ON d.id = p.document_id
ORDER BY p.distance, p.document_id, p.ordinal
"""


class Unsettled(Enum):
    """Why a step's rows are no answer: the limit cut off what is needed, or the other plan is the better one."""

    MORE = auto()
    OTHER_PLAN = auto()


@dataclass(frozen=True, kw_only=True)
class Step:
    """One statement of a plan: at most `limit` passages; exact gives up at `bound` matching ones.

    `once`: the walk of the graph does not go on where what it found does not suffice. What it would need for that is
    kept at a price, which pays only under a filter. `named`: what the codes or the cluster named.
    """

    plan: Plan
    statement: Statement
    wanted: int
    limit: int
    bound: int | None = None
    once: bool = False
    named: Named | None = None

    def judge(self, rows: Sequence[tuple[Any, ...]]) -> list[Candidate] | Unsettled:
        """The `wanted` nearest documents, or fewer where no more match."""
        best = best_of_documents(rows)
        if self.named is not None:
            if rows[0][7] >= MOST_UNSEEN:
                return Unsettled.OTHER_PLAN
            enough = self.named.complete and len(rows) < self.limit
            verdict = Unsettled.OTHER_PLAN if self.named.ran_out else Unsettled.MORE
        elif self.plan is Plan.INDEX:
            ran_out = len(rows) < self.limit and not self.once
            enough, verdict = False, Unsettled.OTHER_PLAN if ran_out else Unsettled.MORE
        else:
            passages, documents = rows[0][6:8]
            if self.bound is not None and max(passages, documents) >= self.bound:
                return Unsettled.OTHER_PLAN
            enough, verdict = passages <= self.limit, Unsettled.MORE
        return best[: self.wanted] if enough or len(best) >= self.wanted else verdict


@dataclass(frozen=True, kw_only=True)
class VectorSearch:
    """The search for the `wanted` nearest documents of a scope."""

    scope: Scope
    model: EmbeddingModel
    vector: Vector
    wanted: int

    def find(self) -> tuple[Plan, list[Candidate]]:
        if not has_graph(self.model):
            if (bound := self._few_of_filter()) and (found := self._exact(bound=bound)) is not None:
                return Plan.EXACT, found
            self._note()
            found = self._by_hints()
            return (Plan.EXACT, self._exact(bound=None) or []) if found is None else (Plan.INDEX, found)
        first = self.first_step()
        if first.plan is Plan.EXACT:
            found = self._exact(bound=first.bound)
            if found is not None:
                return Plan.EXACT, found
        found = self._by_index()
        if found is not None:
            return Plan.INDEX, found
        return Plan.EXACT, self._exact(bound=None) or []

    def first_step(self, *, columns: str = "") -> Step:
        """The statement that will do nearly always; `columns` of the passage `p` and its document `d` come behind."""
        frequencies = read_frequencies()
        few = exact_up_to(self.wanted, passages=frequencies.passages)
        limit = rows_for(self.wanted, passages_each=frequencies.passages / max(frequencies.documents, 1))
        if codes_are_used():
            if bound := self._few_of_filter():
                return self._exact_step(limit=limit, bound=bound, columns=columns)
            self._note()
            hints = min(MOST_ROWS, ceil(hints_for(limit) / self._share_of_filter))
            if step := self._hinted_step(hints=hints, limit=limit, columns=columns):
                return step
        if not has_graph(self.model):  # a small store is planned alike without settings, and kept
            tuned = {} if frequencies.passages <= ALWAYS_EXACT else BY_FILTER
            return self._exact_step(limit=limit, bound=None, columns=columns, tuned=tuned)
        if frequencies.passages * frequencies.share(self.scope) <= few:
            return self._exact_step(limit=limit, bound=4 * few, columns=columns)
        return self._index_step(limit=limit, once=self.scope.is_wide, columns=columns)

    def _exact(self, *, bound: int | None) -> list[Candidate] | None:
        """The nearest of all that match; None where more than `bound` passages do."""
        limit = self.wanted * 2
        while True:
            found = _run(self._exact_step(limit=limit, bound=bound))
            if found is not Unsettled.MORE:
                return None if isinstance(found, Unsettled) else found
            limit *= 8

    def _by_hints(self) -> list[Candidate] | None:
        """The nearest of what the codes or the cluster name; None where they name nothing, or too few."""
        hints = min(MOST_ROWS, ceil(hints_for(2 * self.wanted) / self._share_of_filter))
        while hints <= MOST_ROWS and (step := self._hinted_step(hints=hints, limit=hints)):
            found = _run(step)
            if found is not Unsettled.MORE:
                return None if isinstance(found, Unsettled) else found
            hints *= 4
        return None

    @property
    def _share_of_filter(self) -> float:
        """Of what an index names, that the rows let through."""
        if self.scope.filter is None:
            return 1.0
        return share_of(self.scope.filter, documents=read_frequencies().documents)

    def _few_of_filter(self) -> int | None:
        """Up to how many passages are ordered exactly where a filter is said to leave so few that no index is asked."""
        if self.scope.filter is None:
            return None
        frequencies = read_frequencies()
        few = max(ALWAYS_EXACT, int(sqrt(hints_for(2 * self.wanted) * frequencies.passages)))
        return 4 * few if frequencies.passages * frequencies.share(self.scope) <= few else None

    def _note(self) -> None:
        note_question(self._by_hints, partial(self._exact, bound=None))

    def _hinted_step(self, *, hints: int, limit: int, columns: str = "") -> Step | None:
        """None where nothing names candidates."""
        named = self._of_cluster(hints) if cluster_is_used() else self._of_codes(hints)
        if named is None:
            return None
        read_anew()  # where all is known that the index knows
        limit = hints + MOST_UNSEEN if named.complete else limit
        parameters = named.mark.parameters | {"hints": array_of(named.ids)}
        statement = self._statement(CANDIDATES, parameters, tuned=BY_HINTS, limit=limit, columns=columns)
        return Step(plan=Plan.INDEX, statement=statement, wanted=self.wanted, limit=limit, named=named)

    def _of_codes(self, count: int) -> Named | None:
        """None while this machine has no index of the model."""
        if not codes_are_used():
            return None
        from knowledge.search.index.reading import find_hints  # needs faiss, which not every machine has

        return find_hints(self.scope, model=self.model, vector=self.vector, count=count)

    def _of_cluster(self, count: int) -> Named | None:
        """None where the cluster cannot say."""
        from knowledge.search.qdrant.hints import find_candidates  # needs qdrant-client, which is optional

        return find_candidates(self.scope, model=self.model, vector=self.vector, wanted=count)

    def _by_index(self) -> list[Candidate] | None:
        """The nearest by the graph; None where it ran out before there were enough."""
        limit, once = self.wanted * 2, self.scope.is_wide
        while limit <= MOST_ROWS:
            found = _run(self._index_step(limit=limit, once=once))
            if found is not Unsettled.MORE:
                return None if isinstance(found, Unsettled) else found
            limit, once = limit if once else limit * 4, False
        return None

    def _exact_step(
        self, *, limit: int, bound: int | None, columns: str = "", tuned: dict[str, Any] = BY_FILTER
    ) -> Step:
        tuned = tuned if self.scope.filter is None else BY_METADATA
        statement = self._statement(EXACT, {"bound": bound, "limit": limit}, tuned=tuned, columns=columns)
        return Step(plan=Plan.EXACT, statement=statement, wanted=self.wanted, limit=limit, bound=bound)

    def _index_step(self, *, limit: int, once: bool, columns: str = "") -> Step:
        tuned = BY_INDEX | {
            "hnsw.ef_search": min(MOST_EF_SEARCH, max(settings.HNSW_EF_SEARCH, limit)),
            "hnsw.iterative_scan": "off" if once else "strict_order",
        }
        statement = self._statement(INDEX, {}, tuned=tuned, limit=limit, columns=columns)
        return Step(plan=Plan.INDEX, statement=statement, wanted=self.wanted, limit=limit, once=once)

    def _statement(
        self, text: str, parameters: dict[str, Any], *, tuned: dict[str, Any], **placed: int | str
    ) -> Statement:
        sql = text.format(
            expression=vector_expression(self.model),
            dimensions=int(self.model.dimensions),
            model=int(self.model.pk),
            matching=self.scope.condition,
            **placed,
        )
        named = {**self.scope.parameters, **parameters, "vector": HalfVector(self.vector)}
        return Statement(text=sql, parameters=named, tuned=tuned)


def _run(step: Step) -> list[Candidate] | Unsettled:
    return step.judge(fetch_all([step.statement])[0])


def exact_up_to(wanted: int, *, passages: float) -> int:
    """How many matching passages exact orders in the time in which the index finds the wanted ones.

    Exact pays for each match. The index pays for each passage that it has to pass, `passages / matches` for each wanted
    one; so the two meet at the root of `wanted × passages`.
    """
    return max(ALWAYS_EXACT, int(BREAK_EVEN * sqrt(wanted * max(passages, 1))))


def hints_for(rows: int) -> int:
    """Candidates among which nearly always are so many nearest passages: codes are near the truth."""
    return 18 + rows


def rows_for(wanted: int, *, passages_each: float) -> int:
    """How many of the nearest passages nearly always belong to the wanted number of documents; at most twice it."""
    return min(2 * wanted, ceil(wanted * 1.25 * max(1, passages_each)))


def best_of_documents(rows: Sequence[tuple[Any, ...]]) -> list[Candidate]:
    """The first row of each document, rows being nearest first."""
    best: dict[int, Candidate] = {}
    for row in rows:
        document_id, ordinal, start, end, distance, expires_at = row[:6]
        if document_id is not None and document_id not in best:
            score = min(1.0, max(0.0, 1.0 - distance))
            best[document_id] = Candidate(document_id, ordinal, start, end, score, expires_at)
    return list(best.values())

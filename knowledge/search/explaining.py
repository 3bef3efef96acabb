"""What an answer came of, for those who tune their questions."""

from collections.abc import Sequence
from datetime import datetime

from core.sql import fetch
from knowledge.filter_keys.building import ready_paths
from knowledge.filter_keys.serving import is_served, undeclared_ranges
from knowledge.filters.tree import QueryFilter
from knowledge.search.query import Branch, Explanation, FilterPlan, NearMiss, Query
from knowledge.search.ranking import Ranking
from knowledge.search.scope import scope_of

COUNTED_UP_TO = 10_000

# Plan: the documents by their tag or source index, no further than the limit.
COUNT = "SELECT count(*) FROM (SELECT 1 FROM knowledge_document d WHERE {matching} LIMIT %(limit)s) matched"


def explain(
    query: Query,
    *,
    now: datetime,
    ranking: Ranking,
    near_misses: Sequence[NearMiss],
    vector_cached: bool,
    answer_cached: bool,
) -> Explanation:
    *branches, matched = _count(query, now=now) if query.tags is not None or query.filter is not None else [None]
    return Explanation(
        branches=[each for each in branches if each is not None],
        matched=matched,
        terms=list(ranking.terms),
        counted_in=ranking.counted_in,
        near_misses=list(near_misses),
        vector_cached=vector_cached,
        answer_cached=answer_cached,
        filter_plan=_plan_of(query.filter) if query.filter else None,
    )


def _plan_of(wanted: QueryFilter) -> FilterPlan:
    declared = ready_paths()
    undeclared = undeclared_ranges(wanted.comparisons, declared)
    return FilterPlan(is_served=is_served(wanted.root, declared), undeclared=undeclared)


def _count(query: Query, *, now: datetime) -> list[Branch]:
    """Of each branch of the expression, then of all of it: one statement, however many there are."""
    branches = query.tags.branches if query.tags is not None else ()
    whole = scope_of(query, now=now)
    counts = [f"({COUNT.format(matching=each)})" for each in (*whole.conditions_by_branch, whole.condition)]
    parameters = {**whole.parameters, "limit": COUNTED_UP_TO + 1}
    [numbers] = fetch("SELECT " + ", ".join(counts), parameters, prepare=False)
    every = sorted({tag for branch in branches for tag in branch})
    return [_branch(tags, number) for tags, number in zip((*branches, every), numbers, strict=True)]


def _branch(tags: Sequence[str], documents: int) -> Branch:
    return Branch(tags=tags, documents=min(documents, COUNTED_UP_TO), more=documents > COUNTED_UP_TO)

"""What an answer came of, for those who tune their questions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from knowledge.search.loading import name_near_misses
from knowledge.search.query import Branch, Candidate, Explanation, Query, Term
from knowledge.search.scope import scope_of
from knowledge.statements import fetch
from knowledge.tagexpr import TagExpression

COUNTED_UP_TO = 10_000

# Plan: the documents by their tag or source index, no further than the limit.
COUNT = """
SELECT count(*) FROM (SELECT 1 FROM knowledge_document d WHERE {matching} LIMIT %(limit)s) matched
"""


def explain(
    query: Query,
    *,
    now: datetime,
    terms: Sequence[Term],
    near_misses: Sequence[Candidate],
    vector_cached: bool,
    answer_cached: bool,
) -> Explanation:
    branches = query.tags.branches if query.tags is not None else ()
    return Explanation(
        branches=[_count(branch, query=query, now=now) for branch in branches],
        terms=list(terms),
        near_misses=name_near_misses(near_misses),
        vector_cached=vector_cached,
        answer_cached=answer_cached,
    )


def _count(branch: tuple[str, ...], *, query: Query, now: datetime) -> Branch:
    scope = scope_of(replace(query, tags=TagExpression((branch,))), now=now)
    statement = COUNT.format(matching=scope.condition)
    documents = fetch(statement, {**scope.parameters, "limit": COUNTED_UP_TO + 1}, prepare=False)[0][0]
    return Branch(tags=branch, documents=min(documents, COUNTED_UP_TO), more=documents > COUNTED_UP_TO)

"""Retrieval limits: what a stage allows the analyzers that are bound to it. They only ever tighten what was asked."""

from dataclasses import dataclass, replace

from knowledge.search.query import Query

MOST_TOP_K = 1_000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one stage: at most `max_top_k` documents, none below `min_score_floor`."""

    stage: str
    max_top_k: int = MOST_TOP_K
    min_score_floor: float = 0.0


def tighten(query: Query, limits: Limits | None) -> Query:
    """The query within the limits; None allows all."""
    if limits is None:
        return query
    return replace(
        query,
        top_k=min(query.top_k, limits.max_top_k),
        min_score=max(query.min_score, limits.min_score_floor),
    )

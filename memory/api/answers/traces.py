"""How queries were answered: one by one, and in numbers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from memory.api.answers.base import Ms, Shape

Tier = Annotated[
    Literal["direct", "hybrid", "full_context"],
    Field(description="direct: read off the rows; hybrid: searched; full_context: all of the region"),
]


class QueryTraceOut(Shape):
    """How it was found; `/traces` keeps it for a while."""

    trace_id: str = Field(description="trace:<id>")
    latency_ms: Ms
    resolution_tier: Tier
    retrieved_count: int = Field(description="how many hits")
    tier_reason: str = Field(description="why this tier answered")
    top_scores: list[float] = Field(description="of the best five")


class TraceOut(Shape):
    """How a query was answered."""

    id: str = Field(description="trace:<id>")
    trace_id: str = Field(description="the same as id")
    cached: bool = Field(description="false: no answer is kept to be told again")
    created_at: datetime = Field(description="when it was asked")
    kind: str = Field(description="query, context, chat or reflect")
    latency_ms: Ms
    query_text: str = Field(description="at most 2,000 characters of the question")
    resolution_tier: Tier
    tier_reason: str = Field(description="why this tier answered")
    retrieved_count: int = Field(description="how many hits")
    top_scores: list[float] = Field(description="of the best five")


class TracesOut(Shape):
    """A window of traces."""

    traces: list[TraceOut] = Field(description="the newest first")


class EmptyAnswersOut(Shape):
    """Queries by whether they found something."""

    empty: int = Field(description="that found nothing")
    total: int = Field(description="of all")


class OpenOut(Shape):
    """Contradictions."""

    open: int = Field(description="that nobody settled")


class SupersededOut(Shape):
    """Values that others took the place of."""

    superseded: int = Field(description="in the window")


class SourceKindOut(Shape):
    """Facts by where they come from."""

    source_kind: str = Field(description="turn, tool, document, node, triples or reflect")
    count: int = Field(description="current facts of it")


class TraceStatsOut(Shape):
    """Queries of the last day in numbers."""

    total_queries: int = Field(description="in the window")
    avg_latency_ms: float = Field(description="milliseconds, the mean")
    cache_hit_rate: float = Field(description="0: no answer is kept to be told again")
    cache_hits: int = Field(description="0")
    response_traces_cached: int = Field(description="0")
    response_traces_total: int = Field(description="the same as totalQueries")
    window_hours: int = Field(description="hours that are looked at")
    tier_counts: dict[str, int] = Field(description="queries by tier")
    retrieval: EmptyAnswersOut = Field(description="queries by whether they found something")
    contradiction: OpenOut = Field(description="of all times")
    supersession: SupersededOut = Field(description="in the window")
    source_kind_distribution: list[SourceKindOut] = Field(description="current facts by their source")

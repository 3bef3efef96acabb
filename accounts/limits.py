"""Retrieval limits: what a stage allows the analyzers that are bound to it. They only ever tighten what was asked."""

from dataclasses import dataclass

MOST_TOP_K = 1_000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one stage: at most `max_top_k` documents, none below `min_score_floor`."""

    stage: str
    max_top_k: int = MOST_TOP_K
    min_score_floor: float = 0.0

"""Ranking for one query, and the ranking as something that can be remembered."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from knowledge.embedding.embedders.base import Vector
from knowledge.embedding.vector_space import Space
from knowledge.search.asked import AskedTerms
from knowledge.search.fusion import (
    FUSED_POOL,
    diversify,
    first_expiry,
    fuse,
    passage_vectors,
)
from knowledge.search.keyword import KeywordSearch, holding_required
from knowledge.search.query import NEAR_MISSES, Candidate, CountedIn, Mode, Plan, Query, Term
from knowledge.search.scope import scope_of
from knowledge.search.vector import VectorSearch

FORMAT = "1"
"""Of a ranking that is remembered; another one is not read."""

PACKED = struct.Struct("<qiiid?")
"""A candidate: document, ordinal, start, end, score, by words."""


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Which documents answer a query, best first, how they were found, and the next ones below `min_score`; the words
    that it was ranked by.

    It stands from `since` until one of the documents that were ranked expires, chosen or not; a write ends it sooner,
    as it advances the `generation`.
    """

    generation: int
    plan: Plan
    candidates: list[Candidate]
    since: datetime
    until: datetime | None
    near_misses: list[Candidate] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    counted_in: CountedIn | None = None

    def stands(self, *, at: datetime, generation: int) -> bool:
        return self.generation == generation and self.since <= at and (self.until is None or at < self.until)

    def pack(self) -> bytes:
        """What an explanation tells beside is not kept. Contents are loaded, and looked at again, each time."""
        until = self.until.isoformat() if self.until else ""
        head = f"{FORMAT} {self.generation} {self.plan} {self.since.isoformat()} {until}\n".encode()
        rows = (PACKED.pack(c.document_id, c.ordinal, c.start, c.end, c.score, c.by_words) for c in self.candidates)
        return head + b"".join(rows)


def unpack_ranking(packed: bytes | None) -> Ranking | None:
    """None for what cannot be read."""
    if packed is None:
        return None
    head, _, rows = packed.partition(b"\n")
    try:
        form, generation, plan, since, until = head.decode().split(" ")
        if form != FORMAT:
            return None
        return Ranking(
            generation=int(generation),
            plan=Plan(plan),
            since=datetime.fromisoformat(since),
            until=datetime.fromisoformat(until) if until else None,
            candidates=[
                Candidate(row, ordinal, start, end, score, None, by_words)
                for row, ordinal, start, end, score, by_words in PACKED.iter_unpack(rows)
            ],
        )
    except (ValueError, struct.error):
        return None


def find(
    query: Query,
    *,
    now: datetime,
    space: Space | None,
    vector: Vector | None,
    asked: AskedTerms,
    generation: int,
) -> Ranking:
    """Rank by what the mode asks for: `vector` and `space` for meaning, `asked` for words."""
    scope = scope_of(query, now=now)
    plan: Plan = Plan.WORDS
    ranked: Sequence[Candidate] = []
    by_words = None
    wanted = max(query.wanted, FUSED_POOL) if query.mode is Mode.HYBRID else query.wanted
    if space is not None and vector is not None:
        plan, ranked = VectorSearch(scope=scope, model=space.model, vector=vector, wanted=wanted).find()
    if query.mode is not Mode.SEMANTIC:
        by_words = KeywordSearch(scope=scope, asked=asked, wanted=wanted).find()
        ranked = holding_required(ranked, by_words.candidates, asked=asked)
        ranked = fuse(ranked, by_words.candidates) if query.mode is Mode.HYBRID else by_words.candidates
    ranking = conclude(query, ranked, plan=plan, now=now, space=space, generation=generation)
    return replace(ranking, terms=by_words.terms, counted_in=by_words.counted_in) if by_words else ranking


def conclude(
    query: Query, ranked: Sequence[Candidate], *, plan: Plan, now: datetime, space: Space | None, generation: int
) -> Ranking:
    """What of a ranking answers the query."""
    considered = ranked[: query.wanted]
    kept = [candidate for candidate in considered if candidate.score >= query.min_score]
    if query.diverse and space is not None:
        kept = diversify(kept, count=query.top_k, vectors=passage_vectors(kept, model=space.model))
    return Ranking(
        generation=generation,
        plan=plan,
        candidates=kept[: query.top_k],
        since=now,
        until=first_expiry(ranked),
        near_misses=[candidate for candidate in considered if candidate.score < query.min_score][:NEAR_MISSES],
    )

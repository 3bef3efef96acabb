"""A query: read off the rows where it names what it asks for, else found by words, meaning and a step of relations.

direct ── the question names an entity and a key that the rows hold: no search, no embedding
hybrid ── the store's search, joined with the facts of entities that the question or its best hits name
full_context ── the region is so small that all of it fits; or another time is asked for, which only the rows know
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from knowledge.embedding.embedders.base import EmbeddingRefused
from knowledge.models import Document
from knowledge.search import Mode, Query, ask
from knowledge.tagexpr import TagExpression
from memory.access.caller import MemoryCaller
from memory.models import Entity, Fact, Trace
from memory.reading.hits import MemoryHit, document_hits, fact_hit
from memory.reading.questions import Question, direct_facts, read_question
from memory.reading.time_filter import Reader
from memory.reading.traces import keep_trace
from memory.vocabulary.folding import fold_value

MODES = {"hybrid": Mode.HYBRID, "vector": Mode.SEMANTIC, "bm25": Mode.KEYWORD, "graph": None}
FACTS, PASSAGES = "facts", "passages"
NAMED, NEAR = 0.5, 0.25
"""Scores of facts that no search found: of an entity that the question names, and of one that a hit names."""

MOST_READ = 2_000
MOST_HOPS = 100
DIRECT, HYBRID, FULL = "direct", "hybrid", "full_context"
KINDS = {DIRECT: "direct_lookup", HYBRID: "hybrid", FULL: "full_context"}


@dataclass(frozen=True, kw_only=True)
class MemoryQuery:
    """`mode`: one of MODES. `include`: facts, passages. `session`: its passages alone. `source`: hits of this word."""

    text: str
    k: int = 10
    mode: str = "hybrid"
    include: frozenset[str] = frozenset({FACTS, PASSAGES})
    labels: frozenset[str] = frozenset()
    session: str = ""
    source: str = ""

    def narrowed(self, *, session: str, source: str) -> "MemoryQuery":
        return replace(self, session=session, source=source)


@dataclass(frozen=True, kw_only=True)
class Found:
    """`reason` says why this tier answered."""

    hits: Sequence[MemoryHit]
    tier: str
    reason: str
    named: Sequence[Entity]
    query_ms: float
    trace: Trace

    def told(self) -> dict[str, Any]:
        scores = [hit.score for hit in self.hits]
        return {
            "hits": [hit.told() for hit in self.hits],
            "tier": self.tier,
            "classificationKind": KINDS[self.tier],
            "seedEntities": [each.name for each in self.named],
            "queryMs": round(self.query_ms),
            "trace": {
                "traceId": f"trace:{self.trace.pk}",
                "latencyMs": round(self.query_ms),
                "resolutionTier": self.tier,
                "retrievedCount": len(self.hits),
                "tierReason": self.reason,
                "topScores": scores[:5],
            },
        }


def find(query: MemoryQuery, reader: Reader, caller: MemoryCaller, *, kind: str = "query") -> Found:
    """Best first, at most k. While no embedder answers, by words alone, unless meaning alone was asked for.

    Raises QueryInvalid, EmbedderUnavailable, EmbeddingRefused.
    """
    started = time.perf_counter()
    question = read_question(query.text, reader, caller)
    hits, tier, reason = _answer(query, question, reader)
    kept = [hit for hit in hits if _is_asked_for(hit, query)][: query.k]
    query_ms = (time.perf_counter() - started) * 1_000
    scores = [hit.score for hit in kept]
    trace = keep_trace(
        reader, kind=kind, query=query.text, tier=tier, reason=reason, latency_ms=query_ms, scores=scores
    )
    return Found(hits=kept, tier=tier, reason=reason, named=question.named, query_ms=query_ms, trace=trace)


def _answer(query: MemoryQuery, question: Question, reader: Reader) -> tuple[list[MemoryHit], str, str]:
    direct = direct_facts(question, reader) if FACTS in query.include and query.mode in ("hybrid", "graph") else []
    if direct:
        return [fact_hit(fact, score=1.0) for fact in direct], DIRECT, "an entity and a key are named"
    if not reader.moment.is_present:
        return _of_another_time(query, question, reader), FULL, "another time is asked for"
    hits, reason = _searched(query, reader)
    joined = _joined(hits, _hops(hits, question, reader) if FACTS in query.include else [])
    rest = _rest(query, reader, joined)
    if rest is not None:
        return [*joined, *rest], FULL, "all of the region fits"
    return joined, HYBRID, reason


def _is_asked_for(hit: MemoryHit, query: MemoryQuery) -> bool:
    of_kind = (FACTS if hit.is_fact else PASSAGES) in query.include
    in_session = not query.session or hit.is_fact or hit.session == query.session
    return of_kind and in_session and query.labels <= set(hit.labels) and query.source in ("", hit.source)


# --- the store's search -----------------------------------------------------------------------------------------------


def _searched(query: MemoryQuery, reader: Reader) -> tuple[list[MemoryHit], str]:
    mode = MODES[query.mode]
    if mode is None:
        return [], "relations alone are asked for"
    narrowed = query.labels or query.session or query.source or len(query.include) < 2
    asked = Query(
        text=query.text,
        tags=_tags(query, reader),
        top_k=min(1_000, query.k * (5 if narrowed else 2)),
        min_score=0.0,
        source=reader.context.source,
        mode=mode,
        obeys_quotes=False,
    )
    try:
        answer = ask(asked, now=reader.now)
    except EmbeddingRefused:
        if mode is not Mode.HYBRID:
            raise
        answer = ask(replace(asked, mode=Mode.KEYWORD), now=reader.now)
        return document_hits(answer.hits, reader), "by words alone: the embedder refuses the text"
    how = "by words alone: no embedder answers" if answer.fallback else "by words and by meaning"
    return document_hits(answer.hits, reader), how


def _tags(query: MemoryQuery, reader: Reader) -> TagExpression | None:
    """What is visible, of the kinds that are asked for."""
    seen = reader.visibility.tag_expression()
    if FACTS in query.include and PASSAGES in query.include:
        return seen
    kinds = ("kind:fact", "kind:node") if FACTS in query.include else ("kind:turn", "kind:chunk")
    branches = seen.branches if seen is not None else ((),)
    return TagExpression(tuple((*branch, kind) for branch in branches for kind in kinds))


def _hops(hits: Iterable[MemoryHit], question: Question, reader: Reader) -> list[MemoryHit]:
    """One step along relations, from what the question names and from what the best hits are about."""
    named = {each.pk for each in question.named}
    near = {entity for hit in hits for entity in hit.entities} - named
    about = named | near
    if not about:
        return []
    rows = reader.facts().shown().filter(Q(entity__in=about) | Q(target__in=about))
    found = rows.order_by("-known_from", "-pk")[:MOST_HOPS]
    return [fact_hit(fact, score=NAMED if _touches(fact, named) else NEAR) for fact in found]


def _touches(fact: Fact, named: set[Any]) -> bool:
    return fact.entity_id in named or fact.target_id in named


def _joined(*rankings: Iterable[MemoryHit]) -> list[MemoryHit]:
    """Each hit once, by its best score."""
    best: dict[str, MemoryHit] = {}
    for hit in (hit for ranking in rankings for hit in ranking):
        if hit.id not in best or best[hit.id].score < hit.score:
            best[hit.id] = hit
    return sorted(best.values(), key=lambda hit: -hit.score)


def _rest(query: MemoryQuery, reader: Reader, hits: Sequence[MemoryHit]) -> list[MemoryHit] | None:
    """All else of a region that fits into k hits; None for a larger one."""
    rows = Document.objects.filter(source=reader.context.source, deleted_at=None)
    if (tags := reader.visibility.tag_expression()) is not None:
        rows = rows.filter(tags__overlap=[tag for branch in tags.branches for tag in branch])
    documents = list(rows.order_by("-stored_at", "-pk")[: query.k + 1])
    if len(documents) > query.k:
        return None
    known = {hit.id for hit in hits}
    return [hit for hit in document_hits(documents, reader) if hit.id not in known]


# --- another time -----------------------------------------------------------------------------------------------------


def _of_another_time(query: MemoryQuery, question: Question, reader: Reader) -> list[MemoryHit]:
    """Facts of the moment by how many of the question's words they share; those that are named first."""
    asked = set(fold_value(query.text).split())
    named = {each.pk for each in question.named}
    rows = reader.facts().shown()
    rows = rows.filter(Q(entity__in=named) | Q(target__in=named)) if named else rows
    found = [fact_hit(fact, score=0.0) for fact in rows.order_by("-known_from", "-pk")[:MOST_READ]]
    scored = [replace(hit, score=_share(asked, hit.text)) for hit in found]
    return sorted(scored, key=lambda hit: -hit.score)


def _share(asked: set[str], text: str) -> float:
    words = set(fold_value(text).replace("·", " ").replace(":", " ").split())
    return round(len(asked & words) / len(asked), 4) if asked else 0.0

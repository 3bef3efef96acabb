"""The verb, `ask`: as `knowledge.search.ask`, and in the reranker's order where that is wanted."""

import hashlib
import struct
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings

from core.redis import recall, remember
from knowledge.reranking.guarded import GuardedReranker, reranker
from knowledge.reranking.remote import RerankerError
from knowledge.reranking.tally import note_outcome
from knowledge.search import Answer, Hit, Query
from knowledge.search import ask as search
from knowledge.search.query import Reranked

SCORES_LIVE_S = 600


def ask(query: Query, *, now: datetime) -> Answer:
    """The best documents for the query, by `top_k`, as `search` finds them. Where it is to be reranked, the first of
    `RERANK_CANDIDATES` found stand in the reranker's order, and the answer says so, or why they do not.

    Raises what `search` does.
    """
    if not query.rerank:
        return search(query, now=now)
    refused = _why_not(query)
    if refused is not None:
        note_outcome(refused.code)
        return replace(search(replace(query, rerank=None), now=now), reranked=refused)
    candidates = min(query.rerank_candidates or settings.RERANK_CANDIDATES, settings.RERANK_CANDIDATES)
    found = query.top_k if query.diverse else max(query.top_k, candidates)
    answer = search(replace(query, rerank=None, top_k=found), now=now)
    hits, told = _rerank(query.text, answer.hits, candidates=candidates)
    note_outcome(told.code or ("cached" if told.cached else "reranked"))
    return replace(answer, hits=hits[: query.top_k], reranked=told)


def _why_not(query: Query) -> Reranked | None:
    if query.rerank_forbidden:
        return Reranked(code="rerank_forbidden", detail="The stage of this key is not reranked.")
    if not settings.RERANK_MODEL:
        return Reranked(code="rerank_off", detail="No reranker is set up: RERANK_MODEL names one.")
    if not query.text.strip():
        return Reranked(code="rerank_without_text", detail="A reranker reads the question, and this one has no text.")
    return None


def _rerank(question: str, hits: list[Hit], *, candidates: int) -> tuple[list[Hit], Reranked]:
    """The first `candidates` of the hits by how well they answer, the others behind them."""
    server = reranker()
    assert server is not None  # noqa: S101 -- RERANK_MODEL is set
    first, rest = hits[:candidates], hits[candidates:]
    texts = [_text(hit) for hit in first]
    started = time.perf_counter()
    try:
        scores, cached = _scores(server, question, texts) if texts else ([], True)
    except RerankerError as error:
        return hits, Reranked(model=server.name, code=error.code, detail=error.detail)
    scored = [replace(hit, rerank_score=score) for hit, score in zip(first, scores, strict=True)]
    scored.sort(key=lambda hit: -(hit.rerank_score or 0.0))  # stable: equal ones stay as they were found
    spent_ms = (time.perf_counter() - started) * 1_000
    return [*scored, *rest], Reranked(model=server.name, candidates=len(first), cached=cached, rerank_ms=spent_ms)


def _text(hit: Hit) -> str:
    """The passage, as far as the reranker is shown it."""
    content: str = hit.document.content
    return content[hit.start : min(hit.end, hit.start + settings.RERANK_CHARS)]


def _scores(server: GuardedReranker, question: str, texts: Sequence[str]) -> tuple[list[float], bool]:
    """Those remembered for the very same question and texts, or new ones; and whether they were remembered."""
    packing = struct.Struct(f"<{len(texts)}d")
    digest = hashlib.sha256(repr((server.name, server.url, question, texts)).encode()).hexdigest()
    key = f"larder:answer:rerank:{digest}"
    [kept] = recall([key])
    if kept is not None and len(kept) == packing.size:
        return list(packing.unpack(kept)), True
    scores = server.score(question, texts, timeout_s=settings.RERANK_BUDGET_MS / 1_000)
    remember(key, packing.pack(*scores), live_s=SCORES_LIVE_S)
    return scores, False

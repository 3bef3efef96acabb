"""Hits as they go out: JSON, put together by hand. A library would judge each field of what is ours already."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from json.encoder import encode_basestring_ascii as quoted

from knowledge.embedding.embedders.base import EmbedderError
from knowledge.search import Hit
from knowledge.search.query import Pending, Reranked
from knowledge.words.stems import Span


def write_answer(
    hits: Iterable[str],
    *,
    fallback: EmbedderError | None = None,
    pending: Pending | None = None,
    reranked: Reranked | None = None,
) -> bytes:
    """`AnswerOut` without an explanation, from hits as `write_hit` gives them."""
    told = {"mode": "keyword", "code": fallback.code, "detail": fallback.detail} if fallback else None
    rest = f', "fallback": {json.dumps(told)}' if told else ""
    if pending:
        rest += f', "pending": {json.dumps({"passages": pending.passages, "more": pending.more})}'
    if reranked:
        rest += f', "reranked": {json.dumps(not reranked.code)}'
    if reranked and reranked.code:
        rest += f', "rerank_fallback": {json.dumps({"code": reranked.code, "detail": reranked.detail})}'
    return f'{{"documents": [{", ".join(hits)}]{rest}}}'.encode()


def write_hit(
    source: str,
    key: str,
    content: str,
    tags: Iterable[str],
    metadata: str,
    updated_at: datetime | None,
    expires_at: datetime | None,
    score: float,
    passage: tuple[int, int, int, int],
    highlights: Sequence[Span],
    language: str = "",
) -> str:
    """`DocumentOut` in JSON. `metadata` is JSON already; `passage` is (ordinal, start, end, count)."""
    ordinal, start, end, count = passage
    spans = ", ".join([f"[{first}, {last}]" for first, last in highlights])
    return (
        f'{{"id": {quoted(key)}, "content": {quoted(content)}, "tags": [{", ".join(map(quoted, tags))}], '
        f'"metadata": {metadata}, "source": {quoted(source)}, "updated_at": {_instant(updated_at)}, '
        f'"expires_at": {_instant(expires_at)}, "language": {quoted(language) if language else "null"}, '
        f'"score": {score!r}, "passage": {{"ordinal": {ordinal}, '
        f'"start": {start}, "end": {end}, "count": {count}}}, "highlights": [{spans}]}}'
    )


def write_found(hit: Hit) -> str:
    document = hit.document
    found = write_hit(
        source=document.source,
        key=document.key,
        content=document.content,
        tags=document.tags,
        metadata=json.dumps(document.metadata),
        updated_at=document.updated_at,
        expires_at=document.expires_at,
        score=hit.score,
        passage=(hit.ordinal, hit.start, hit.end, hit.passages),
        highlights=hit.highlights,
        language=document.language,
    )
    return found if hit.rerank_score is None else f'{found[:-1]}, "rerank_score": {hit.rerank_score!r}}}'


def _instant(at: datetime | None) -> str:
    """To the microsecond: a client that sends back what it read must not renew anything."""
    return "null" if at is None else f'"{at.isoformat().replace("+00:00", "Z")}"'

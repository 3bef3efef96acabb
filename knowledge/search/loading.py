"""From ranked candidates to hits: their documents, all in one statement, with the question's words marked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from core.sql import fetch
from knowledge.models import Document, EmbeddingModel
from knowledge.search.highlights import StemsIn, mark
from knowledge.search.query import Candidate, Hit, NearMiss
from knowledge.words.languages import OF_DOCUMENT

FIELDS = ("id", "source", "key", "content", "tags", "metadata", "language", "updated_at", "expires_at")

# Only what is live now, whatever the ranking saw. Plan: a probe of each key, and index-only counts.
LOAD = f"""
SELECT {", ".join(f"d.{name}" for name in FIELDS)},
       (SELECT count(*) FROM knowledge_passage p WHERE p.document_id = d.id AND p.model_id = %(model)s),
       (SELECT count(*) FROM knowledge_fulltextrow w WHERE w.document_id = d.id),
       {OF_DOCUMENT.format(default="''")}
FROM knowledge_document d
WHERE d.id = ANY(%(ids)s) AND d.deleted_at IS NULL AND (d.expires_at IS NULL OR d.expires_at > %(now)s)
"""  # noqa: S608 -- names of columns


def load_hits(
    candidates: Sequence[Candidate],
    *,
    near_misses: Sequence[Candidate] = (),
    now: datetime,
    model: EmbeddingModel | None,
    stems_in: StemsIn,
    question: str,
) -> tuple[list[Hit], list[NearMiss]]:
    """The candidates' documents and the names of the near misses, both in their order, without what is gone."""
    if not (candidates or near_misses):
        return [], []
    ids = [candidate.document_id for candidate in (*candidates, *near_misses)]
    rows = {row[0]: row for row in fetch(LOAD, {"ids": ids, "now": now, "model": model.pk if model else None})}
    kept = [candidate for candidate in candidates if candidate.document_id in rows]
    passages = [(rows[each.document_id][FIELDS.index("content")], each.start, each.end) for each in kept]
    highlights = mark(
        passages, languages=[rows[each.document_id][-1] for each in kept], stems_in=stems_in, question=question
    )
    hits = [_hit(each, rows[each.document_id], spans) for each, spans in zip(kept, highlights, strict=True)]
    return hits, [_near_miss(each, rows[each.document_id]) for each in near_misses if each.document_id in rows]


def _near_miss(candidate: Candidate, row: tuple[Any, ...]) -> NearMiss:
    return NearMiss(source=row[FIELDS.index("source")], key=row[FIELDS.index("key")], score=candidate.score)


def _hit(candidate: Candidate, row: tuple[Any, ...], highlights: list[tuple[int, int]]) -> Hit:
    *fields, of_model, of_words, _ = row
    return Hit(
        document=Document.from_db(connection.alias, FIELDS, fields),
        score=candidate.score,
        ordinal=candidate.ordinal,
        start=candidate.start,
        end=candidate.end,
        passages=of_words if candidate.by_words else of_model,
        highlights=highlights,
    )

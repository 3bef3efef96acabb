"""From ranked candidates to hits: their documents, all in one statement, with the question's words marked."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from knowledge.models import Document, EmbeddingModel
from knowledge.search.highlights import find_highlights
from knowledge.search.query import Candidate, Hit, NearMiss
from knowledge.statements import fetch

FIELDS = ("id", "source", "key", "content", "tags", "metadata", "updated_at", "expires_at")

# Only what is live now, whatever the ranking saw. Plan: a probe of each key, and index-only counts.
LOAD = f"""
SELECT {", ".join(f"d.{name}" for name in FIELDS)},
       (SELECT count(*) FROM knowledge_passage p WHERE p.document_id = d.id AND p.model_id = %(model)s),
       (SELECT count(*) FROM knowledge_wording w WHERE w.document_id = d.id)
FROM knowledge_document d
WHERE d.id = ANY(%(ids)s) AND d.deleted_at IS NULL AND (d.expires_at IS NULL OR d.expires_at > %(now)s)
"""  # noqa: S608 -- names of columns

NAMES = "SELECT id, source, key FROM knowledge_document WHERE id = ANY(%(ids)s)"


def load_hits(
    candidates: Sequence[Candidate], *, now: datetime, model: EmbeddingModel | None, stems: Iterable[str]
) -> list[Hit]:
    """The candidates' documents in their order, without those that are gone."""
    if not candidates:
        return []
    ids = [candidate.document_id for candidate in candidates]
    rows = {row[0]: row for row in fetch(LOAD, {"ids": ids, "now": now, "model": model.pk if model else None})}
    kept = [candidate for candidate in candidates if candidate.document_id in rows]
    passages = [(rows[each.document_id][FIELDS.index("content")], each.start, each.end) for each in kept]
    highlights = find_highlights(passages, stems=stems)
    return [_hit(each, rows[each.document_id], spans) for each, spans in zip(kept, highlights, strict=True)]


def name_near_misses(candidates: Sequence[Candidate]) -> list[NearMiss]:
    rows = fetch(NAMES, {"ids": [candidate.document_id for candidate in candidates]})
    names = {row: (source, key) for row, source, key in rows}
    return [
        NearMiss(source=names[each.document_id][0], key=names[each.document_id][1], score=each.score)
        for each in candidates
        if each.document_id in names
    ]


def _hit(candidate: Candidate, row: tuple[Any, ...], highlights: list[tuple[int, int]]) -> Hit:
    *fields, of_model, of_words = row
    return Hit(
        document=Document.from_db(connection.alias, FIELDS, fields),
        score=candidate.score,
        ordinal=candidate.ordinal,
        start=candidate.start,
        end=candidate.end,
        passages=of_words if candidate.by_words else of_model,
        highlights=highlights,
    )

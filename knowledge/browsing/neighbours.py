"""The documents nearest to a document, by the vectors that both have already; no embedder is asked."""

from dataclasses import dataclass
from datetime import datetime

from core.sql import fetch
from knowledge.embedding.vector_space import active_model, vector_expression
from knowledge.models import Document

PASSAGES_AHEAD = 8
"""Passages looked at for each neighbour wanted: one document may hold several of the nearest."""

TUNED = {"plan_cache_mode": "force_generic_plan", "enable_sort": "off", "hnsw.iterative_scan": "strict_order"}

# A document's place is the middle of its passages.
MIDDLE = "SELECT avg(vector)::text FROM knowledge_passage WHERE document_id = %(document)s AND model_id = %(model)s"

# Expects: Index Scan using knowledge_passage_hnsw_<model>, then one probe of the document's key for each row.
NEAREST = """
SELECT p.document_id, p.ordinal, {expression} <=> %(middle)s::halfvec({dimensions})
FROM knowledge_passage p JOIN knowledge_document d ON d.id = p.document_id
WHERE p.model_id = {model} AND p.document_id <> %(document)s
  AND d.deleted_at IS NULL AND (d.expires_at IS NULL OR d.expires_at > %(now)s)
ORDER BY {expression} <=> %(middle)s::halfvec({dimensions}) LIMIT {limit}
"""


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A document with its likeness in 0…1 by its nearest passage, the `ordinal`-th."""

    document: Document
    score: float
    ordinal: int


def find_neighbours(document: Document, *, now: datetime, count: int) -> list[Neighbour]:
    """At most `count` live documents, nearest first; none where the document has no vector yet."""
    model = active_model()
    if model is None:
        return []
    [(middle,)] = fetch(MIDDLE, {"document": document.pk, "model": model.pk})
    if middle is None:
        return []
    statement = NEAREST.format(
        expression=vector_expression(model),
        dimensions=int(model.dimensions),
        model=int(model.pk),
        limit=count * PASSAGES_AHEAD,
    )
    rows = fetch(statement, {"middle": middle, "document": document.pk, "now": now}, tuned=TUNED)
    nearest: dict[int, tuple[int, float]] = {}
    for row, ordinal, distance in rows:
        nearest.setdefault(row, (ordinal, min(1.0, max(0.0, 1.0 - distance))))
    chosen = dict(list(nearest.items())[:count])
    found = Document.objects.defer("content").in_bulk(chosen)
    return [
        Neighbour(document=found[row], ordinal=ordinal, score=score)
        for row, (ordinal, score) in chosen.items()
        if row in found
    ]

"""Documents' vectors, for who takes them elsewhere."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from core.errors import QueryInvalid
from core.sql import raw_cursor
from knowledge.models import Document, EmbeddingModel

MOST_NUMBERS = 2_000_000
"""In one answer: about 20 MB of JSON."""

# Those of the very content that was read. Plan: for each document a probe by id, and one of (document, model).
VECTORS = """
SELECT p.document_id, p.vector, p."start", p."end"
FROM unnest(%s::bigint[], %s::timestamptz[]) AS seen(id, stored_at)
JOIN knowledge_document d ON d.id = seen.id AND d.stored_at = seen.stored_at
JOIN knowledge_passage p ON p.document_id = d.id AND p.model_id = %s AND p.vector IS NOT NULL
ORDER BY p.document_id, p.ordinal LIMIT %s
"""


class StoredVector(NamedTuple):
    vector: list[float]
    start: int
    end: int


def read_vectors(rows: Sequence[Document], *, model: EmbeddingModel) -> Mapping[int, list[StoredVector]]:
    """By the documents' rows, in the order of their text; none of what has changed since it was read.

    Raises QueryInvalid where they are too many.
    """
    most = MOST_NUMBERS // model.dimensions
    found: defaultdict[int, list[StoredVector]] = defaultdict(list)
    with raw_cursor() as cursor:
        asked = [[row.pk for row in rows], [row.stored_at for row in rows], model.pk, most + 1]
        passages = cursor.execute(VECTORS, asked, binary=True).fetchall()
    if len(passages) > most:
        raise QueryInvalid(f"These documents have more than {most:,} vectors; ask for fewer of them at a time.")
    for document_id, vector, start, end in passages:
        found[document_id].append(StoredVector(vector.to_numpy().tolist(), start, end))
    return found

"""Documents' vectors, for who takes them elsewhere."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from core.errors import QueryInvalid
from core.sql import raw_cursor
from knowledge.models import EmbeddingModel

MOST_NUMBERS = 2_000_000
"""In one answer: about 20 MB of JSON."""

# Plan: for each document one probe of (document, model).
VECTORS = """
SELECT document_id, vector, "start", "end" FROM knowledge_passage
WHERE document_id = ANY(%s) AND model_id = %s AND vector IS NOT NULL ORDER BY document_id, ordinal LIMIT %s
"""


class StoredVector(NamedTuple):
    vector: list[float]
    start: int
    end: int


def read_vectors(rows: Sequence[int], *, model: EmbeddingModel) -> Mapping[int, list[StoredVector]]:
    """Of the documents in these rows, in the order of their text. Raises QueryInvalid where they are too many."""
    most = MOST_NUMBERS // model.dimensions
    found: defaultdict[int, list[StoredVector]] = defaultdict(list)
    with raw_cursor() as cursor:
        passages = cursor.execute(VECTORS, [list(rows), model.pk, most + 1], binary=True).fetchall()
    if len(passages) > most:
        raise QueryInvalid(f"These documents have more than {most:,} vectors; ask for fewer of them at a time.")
    for document_id, vector, start, end in passages:
        found[document_id].append(StoredVector(vector.to_numpy().tolist(), start, end))
    return found

"""The documents nearest to a document, by the vectors that both have already; no embedder is asked."""

import json
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from core.sql import fetch
from knowledge.embedding.vector_space import active_model
from knowledge.models import Document
from knowledge.search.scope import Scope
from knowledge.search.vector import VectorSearch

# A document's place is the middle of its passages.
MIDDLE = "SELECT avg(vector)::text FROM knowledge_passage WHERE document_id = %(document)s AND model_id = %(model)s"


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
    scope = Scope(now=now, source=None, tags=None, private=True)
    vector = np.array(json.loads(middle), dtype=np.float32)
    _, nearest = VectorSearch(scope=scope, model=model, vector=vector, wanted=count + 1).find()
    chosen = [each for each in nearest if each.document_id != document.pk][:count]
    found = Document.objects.defer("content").in_bulk([each.document_id for each in chosen])
    return [
        Neighbour(document=found[each.document_id], ordinal=each.ordinal, score=each.score)
        for each in chosen
        if each.document_id in found
    ]

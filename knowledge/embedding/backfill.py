"""Giving documents that were stored before a model came the passages that it needs.

One walk over the documents' rows, in small transactions, resumed from `EmbeddingModel.planned_to`. Pushes write
passages for every model in use from the moment that it is registered: the walk only has to meet what was there before.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from knowledge import staging
from knowledge.embedding.passages import cut_passages
from knowledge.models import Document, EmbeddingModel

STRIDE = 250
"""Documents looked at in one transaction; pushes that need one of them wait so long, and memory holds so many."""

# Plan: a range of the primary key, and for each document one probe of (document, model).
UNPLANNED = """
SELECT d.id FROM knowledge_document d
WHERE d.id > %s AND d.id <= %s
  AND NOT EXISTS (SELECT 1 FROM knowledge_passage p WHERE p.document_id = d.id AND p.model_id = %s)
"""

# Keeps pushes from changing the content under the passages.
LOCK = "SELECT id FROM knowledge_document WHERE id = ANY(%s) ORDER BY id FOR SHARE"

# Asked again, now that pushes which held them are over: a lock waits, but sees other tables as they were before.
STILL_UNPLANNED = """
SELECT d.id, d.content FROM knowledge_document d
WHERE d.id = ANY(%s)
  AND NOT EXISTS (SELECT 1 FROM knowledge_passage p WHERE p.document_id = d.id AND p.model_id = %s)
"""


def plan_passages(model: EmbeddingModel, *, now: datetime) -> int:
    """Write passages, still without vectors, for the next documents that have none; how many documents.

    0 at the end of the walk, and where another worker is walking. Documents in the trash are planned, too: they may
    come back.
    """
    while model.planned_to is not None:
        if planned := _stride(model, now=now):
            return planned
    return 0


@transaction.atomic
def _stride(model: EmbeddingModel, *, now: datetime) -> int:
    """One transaction's worth; moves `model.planned_to`, to None where there is nothing for us to do."""
    walking = EmbeddingModel.objects.filter(pk=model.pk, planned_to__isnull=False, state__in=("active", "building"))
    held = walking.select_for_update(skip_locked=True, no_key=True).first()
    if held is None or held.planned_to is None:
        model.planned_to = None
        return 0
    after, upto = held.planned_to, _next_row(held.planned_to)
    walking.update(planned_to=upto)
    model.planned_to = upto
    return 0 if upto is None else _plan(held, after=after, upto=upto, now=now)


def _next_row(after: int) -> int | None:
    """The row that the next stride ends at; None where no document follows."""
    window = Document.objects.filter(pk__gt=after).order_by("pk").values("pk")[:STRIDE]
    last: int | None = window.aggregate(last=Max("pk"))["last"]
    return last


def _plan(model: EmbeddingModel, *, after: int, upto: int, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(UNPLANNED, [after, upto, model.pk])
        rows = [row for (row,) in cursor.fetchall()]
        cursor.execute(LOCK, [rows])
        cursor.execute(STILL_UNPLANNED, [rows, model.pk])
        documents = cursor.fetchall()
    passages = [each for document in documents for each in cut_passages(*document, model=model, outcomes={})]
    staging.write_passages(passages, now=now)
    return len(documents)

"""Erasing: documents leave at once and for good, and so do the contents that updates of them replaced.

For owners of a source whose own rule is that what is forgotten is not kept, not even in the trash.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from core.batches import BATCH
from knowledge.deleting.trash import PURGE, delete_rows
from knowledge.models import Change, Document


@transaction.atomic
def erase_documents(rows: Sequence[int], *, now: datetime, actor: str) -> int:
    """These rows, in the trash or not; how many there were. That they existed stays in the history."""
    found = list(Document.objects.filter(pk__in=rows).order_by("pk").values_list("pk", "source", "key"))
    for at in range(0, len(found), BATCH):
        _erase(found[at : at + BATCH], now=now, actor=actor)
    return len(found)


def erase_source(source: str, *, now: datetime, actor: str) -> int:
    """All documents of a source, a batch a transaction; how many."""
    erased = 0
    while rows := list(Document.objects.of_source(source).order_by().values_list("pk", flat=True)[:BATCH]):
        erased += erase_documents(rows, now=now, actor=actor)
    return erased


def _erase(found: Sequence[tuple[int, str, str]], *, now: datetime, actor: str) -> None:
    ids = [pk for pk, _, _ in found]
    delete_rows(ids, now=now, actor=actor)
    with connection.cursor() as cursor:
        for statement in PURGE:
            cursor.execute(statement, [ids])
    for source in {source for _, source, _ in found}:
        keys = [key for _, of, key in found if of == source]
        Change.objects.filter(source=source, key__in=keys).exclude(before=None).update(before=None)

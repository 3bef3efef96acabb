"""Many documents at once: to the trash or back, a batch a transaction, as a person confirmed it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from knowledge.deleting.trash import DELETED, delete_rows, restore_rows
from knowledge.querysets import DocumentQuerySet

BATCH = 1_000

MOST_AT_ONCE = 20_000
"""So many take a few seconds; whoever wants more asks again."""


def delete_matching(documents: DocumentQuerySet, *, now: datetime, actor: str, reason: str = DELETED) -> int:
    """Move up to `MOST_AT_ONCE` of the documents to the trash; how many went."""
    return _in_batches(documents, partial(delete_rows, now=now, actor=actor, reason=reason))


def restore_matching(documents: DocumentQuerySet, *, now: datetime, actor: str) -> int:
    """Bring up to `MOST_AT_ONCE` of the documents back from the trash; how many came."""
    return _in_batches(documents, partial(restore_rows, now=now, actor=actor))


def _in_batches(documents: DocumentQuerySet, act: Callable[[Sequence[int]], int]) -> int:
    rows = list(documents.order_by().values_list("pk", flat=True)[:MOST_AT_ONCE])
    return sum(act(rows[at : at + BATCH]) for at in range(0, len(rows), BATCH))

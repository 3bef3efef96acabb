"""Documents that incremental syncs have no reason to repeat do not expire while those syncs succeed.

A success renews the expiry of each of the source's documents by as much as has passed since the success before, as if
all had been repeated; those that did come since are passed over. That is a walk in batches, by a worker, whose position
is kept in the row of the cursor.

See docs/decisions/0234.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from core.batches import in_batches
from knowledge.locks import lock_sources
from knowledge.models import Document
from knowledge.querysets import EXPIRES
from knowledge.writing.renewing import Walk, renew_expiries
from providers.models import SyncCursor

EVERY = timedelta(hours=1)
"""A renewal costs a write for each document, so that of syncs every few minutes one in an hour renews,"""
SOON = timedelta(hours=2)
"""unless a document would expire within so long."""


def renew_lifetimes(*, now: datetime) -> int:
    """Go on with all that is due; how many documents were walked over."""
    behind = SyncCursor.objects.filter(Q(confirmed_at__gt=F("renewed_to")) | Q(renewing_to__isnull=False))
    return sum(_renew(source) for source in behind.values_list("provider", flat=True))


def _renew(source: str) -> int:
    _begin(source)
    return in_batches(lambda batch: _renew_batch(source, batch=batch))


def _begin(source: str) -> None:
    """Unless a walk is under way, or it is too early for one."""
    cursor = SyncCursor.objects.filter(provider=source, renewing_to=None).first()
    if cursor is None or not _is_due(cursor):
        return
    still = SyncCursor.objects.filter(provider=source, renewing_to=None, confirmed_at=cursor.confirmed_at)
    still.update(renewing_to=cursor.confirmed_at, walked_to="")


def _is_due(cursor: SyncCursor) -> bool:
    if cursor.confirmed_at is None or cursor.renewed_to is None:
        return False
    if cursor.confirmed_at - cursor.renewed_to >= EVERY:
        return True
    live = Document.objects.live(cursor.confirmed_at).of_source(cursor.provider_id)
    first = live.order_by(EXPIRES, "id").values_list("expires_at", flat=True).first()
    return first is not None and first < cursor.confirmed_at + SOON


@transaction.atomic
def _renew_batch(source: str, *, batch: int) -> int:
    """How many were walked over. The source is held first, as by pushes and by the end of a run."""
    lock_sources([source])
    cursor = SyncCursor.objects.select_for_update().filter(provider=source, renewing_to__isnull=False).first()
    if cursor is None or cursor.renewed_to is None or cursor.renewing_to is None:
        return 0
    walk = Walk(source=source, renewed_to=cursor.renewed_to, renewing_to=cursor.renewing_to, after=cursor.walked_to)
    walked, cursor.walked_to = renew_expiries(walk, batch=batch)
    if walked < batch:
        cursor.renewed_to, cursor.renewing_to, cursor.walked_to = cursor.renewing_to, None, ""
    cursor.save(update_fields=["renewed_to", "renewing_to", "walked_to"])
    return walked

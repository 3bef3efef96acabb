"""Collections: made, listed and deleted with all that was filed in them."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from filing.errors import CollectionExists, CollectionNotFound
from filing.handing_in import take_back
from filing.models import DEFAULT_COLLECTION, Collection, Filing, Job, State

EXPIRED = "expired"
BATCH = 500


def default_collection(*, now: datetime) -> Collection:
    """Where texts, URLs and files go that name no collection."""
    found, _ = Collection.objects.get_or_create(
        name=DEFAULT_COLLECTION, defaults={"created_at": now, "updated_at": now}
    )
    return found


def get_collection(name: str) -> Collection:
    """Raises CollectionNotFound."""
    found = Collection.objects.filter(pk=name).first() if "\0" not in name else None
    if found is None:
        raise CollectionNotFound(f"Collection '{name}' not found")
    return found


def create_collection(name: str, *, now: datetime, **given: Any) -> Collection:
    """Raises CollectionExists."""
    try:
        with transaction.atomic():
            return Collection.objects.create(name=name, created_at=now, updated_at=now, **given)
    except IntegrityError:
        raise CollectionExists(f"Collection '{name}' exists already") from None


def delete_collection(collection: Collection, *, now: datetime, actor: str) -> int:
    """Take back everything that was filed in it, then the collection; how many documents went to the trash."""
    removed = 0
    for filing_id in collection.filings.exclude(state=State.DELETED).values_list("pk", flat=True):
        removed += take_back(filing_id, reason="its collection was deleted", now=now, actor=actor)
    with transaction.atomic():
        Filing.objects.filter(collection=collection).delete()
        Job.objects.filter(collection=collection).delete()
        collection.delete()
    return removed


def delete_expired(*, now: datetime) -> int:
    """Take back filings whose term is over; how many. Their documents were hidden the moment they expired."""
    due = Filing.objects.filter(state=State.DONE, expires_at__lte=now).values_list("pk", flat=True)[:BATCH]
    for filing_id in due:
        take_back(filing_id, reason=EXPIRED, now=now, actor="expiry")
    return len(due)

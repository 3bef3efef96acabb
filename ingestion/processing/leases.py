"""Who works on what: a worker takes files under a lease, and every step asks whether they are still its own.

Taking a lease is a guarded update; its id is the fence. Small files go together, under one lease.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.stopping import WorkerStopping, stopping
from ingestion.blobs import drop_blobs
from ingestion.extract import SMALL_BYTES, TOGETHER
from ingestion.models import File, FileState
from ingestion.processing.failures import ATTEMPTS, give_up
from ingestion.querysets import FileQuerySet

LEASE = timedelta(minutes=5)
STAGE_OF = {
    FileState.QUEUED: FileState.EXTRACTING,
    FileState.EXTRACTING: FileState.EXTRACTING,
    FileState.CHUNKING: FileState.CHUNKING,
    FileState.EMBEDDING: FileState.EMBEDDING,
    FileState.INDEXING: FileState.EMBEDDING,
}
"""Where a worker begins that takes a file up in a state. Vectors are not kept between workers; making them again is
only time, and most of them are then known to the store."""


class LeaseLost(Exception):
    """Nothing under the lease is ours any more: deleted meanwhile, or the lease ran out."""


def lease_files(*, now: datetime) -> list[File]:
    """The longest waiting file that may be worked on, or several small ones, in one state and with one lease.

    None where nothing waits or there is no place.
    """
    with transaction.atomic():
        if not _has_place(now):
            return []
        waiting = File.objects.waiting(now).select_for_update(of=("self",), skip_locked=True)
        waiting = waiting.select_related("collection").order_by("created_at", "id")
        found = list(waiting.without_text()[:TOGETHER])
        if not found:
            return []
        first, *others = found
        if first.attempts >= ATTEMPTS:
            first.attempts += 1
            give_up(first, "interrupted", "The worker stopped reporting three times while it worked on this.", now)
            return []
        files = [first, *filter(_goes_together, others)] if _goes_together(first) else [first]
        _lease(files, now=now)
    return files


def _goes_together(file: File) -> bool:
    at_hand = file.content_hash is not None and 0 < file.body_bytes <= SMALL_BYTES
    return file.state == FileState.QUEUED and not file.attempts and at_hand and not file.fetched_before


def _lease(files: Sequence[File], *, now: datetime) -> None:
    first, lease_id = files[0], uuid.uuid4()
    stage = FileState.EXTRACTING if first.fetched_before else STAGE_OF[FileState(first.state)]
    for file in files:
        file.state, file.lease_id, file.lease_until, file.updated_at = stage, lease_id, now + LEASE, now
        file.attempts, file.not_before, file.started_at = file.attempts + 1, None, file.started_at or now
    fields = {name: getattr(first, name) for name in ("state", "lease_id", "lease_until", "updated_at", "not_before")}
    File.objects.filter(pk__in=[file.pk for file in files]).update(
        **fields, attempts=F("attempts") + 1, started_at=Coalesce("started_at", now), stage_percent=0
    )


def _has_place(now: datetime) -> bool:
    """The lock holds until the lease is committed: two leases never count at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('larder file places', 0))")
    at_work = File.objects.at_work(now).aggregate(leases=Count("lease_id", distinct=True))["leases"]
    return bool(at_work < settings.MAX_CONCURRENT_FILINGS)


# --- ours or not ------------------------------------------------------------------------------------------------------


def _held(files: Sequence[File]) -> FileQuerySet:
    """Those that are still under the lease and in the state that we know them in."""
    one = files[0]
    return File.objects.filter(pk__in=[file.pk for file in files], lease_id=one.lease_id, state=one.state)


@contextmanager
def ours(files: list[File], *fields: str, then: FileState) -> Iterator[None]:
    """A stage's transaction: those that are still ours are locked, get what the block sets in `fields`, and go on.

    What is not ours any more leaves the list; raises LeaseLost where nothing is left.
    """
    with transaction.atomic():
        held = set(_held(files).order_by("pk").select_for_update().values_list("pk", flat=True))
        files[:] = [file for file in files if file.pk in held]
        if not files:
            raise LeaseLost
        yield
        _go_on(files, fields, then=then, now=timezone.now())


def _go_on(files: Sequence[File], fields: Sequence[str], *, then: FileState, now: datetime) -> None:
    done = then == FileState.DONE
    common = {"state": then, "updated_at": now, "lease_until": None if done else now + LEASE, "stage_percent": 0}
    common |= {"completed_at": now} if done else {}
    for file in files:
        for name, value in common.items():
            setattr(file, name, value)
    alike = [name for name in fields if all(getattr(each, name) == getattr(files[0], name) for each in files)]
    common |= {name: getattr(files[0], name) for name in alike}
    File.objects.filter(pk__in=[file.pk for file in files]).update(**common)
    if own := [name for name in fields if name not in alike]:
        File.objects.bulk_update(files, own)
    if done:
        drop_blobs(files)


def put_back(files: Sequence[File]) -> None:
    """As if they had not been taken up, at the stage that they have reached: whoever has a place next has them."""
    reached = FileState.QUEUED if files[0].state == FileState.EXTRACTING else files[0].state
    free = {"state": reached, "lease_id": None, "lease_until": None, "updated_at": timezone.now()}
    _held(files).update(**free, attempts=F("attempts") - 1)


def keep_lease(files: Sequence[File], *, percent: int) -> None:
    """Say that we are still at it, and how far this stage is. Raises LeaseLost, WorkerStopping."""
    if stopping.is_set():
        raise WorkerStopping
    if not _held(files).update(lease_until=timezone.now() + LEASE, stage_percent=percent):
        raise LeaseLost

"""Who is at what: a worker claims filings with a lease, and every step asks whether they are still its own.

Claiming is a guarded update; the claim's id is the fence. Small files go together, as one claim.
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
from ingestion.blobs import drop_bodies
from ingestion.extract import SMALL_BYTES, TOGETHER
from ingestion.models import Filing, State
from ingestion.processing.failures import ATTEMPTS, give_up
from ingestion.querysets import FilingQuerySet

LEASE = timedelta(minutes=5)
STAGE_OF = {
    State.QUEUED: State.EXTRACTING,
    State.EXTRACTING: State.EXTRACTING,
    State.CHUNKING: State.CHUNKING,
    State.EMBEDDING: State.EMBEDDING,
    State.INDEXING: State.EMBEDDING,
}
"""Where a worker begins that takes a filing up in a state. Vectors are not kept between workers; making them again is
only time, and most of them are then known to the store."""


class FilingTaken(Exception):
    """Nothing of the claim is ours any more: deleted meanwhile, or our lease ran out."""


def claim_filings(*, now: datetime) -> list[Filing]:
    """The longest waiting filing that may be worked on, or several small ones, in one state and with one lease.

    None where nothing waits or there is no place.
    """
    with transaction.atomic():
        if not _has_place(now):
            return []
        waiting = Filing.objects.waiting(now).select_for_update(of=("self",), skip_locked=True)
        waiting = waiting.select_related("collection").order_by("created_at", "id")
        found = list(waiting.without_text()[:TOGETHER])
        if not found:
            return []
        first, *others = found
        if first.attempts >= ATTEMPTS:
            first.attempts += 1
            give_up(first, "interrupted", "The worker stopped reporting three times while it worked on this.", now)
            return []
        filings = [first, *filter(_goes_together, others)] if _goes_together(first) else [first]
        _claim(filings, now=now)
    return filings


def _goes_together(filing: Filing) -> bool:
    at_hand = filing.content_hash is not None and 0 < filing.body_bytes <= SMALL_BYTES
    return filing.state == State.QUEUED and not filing.attempts and at_hand and not filing.fetched_before


def _claim(filings: Sequence[Filing], *, now: datetime) -> None:
    first, claim = filings[0], uuid.uuid4()
    stage = State.EXTRACTING if first.fetched_before else STAGE_OF[State(first.state)]
    for filing in filings:
        filing.state, filing.claim, filing.lease_until, filing.updated_at = stage, claim, now + LEASE, now
        filing.attempts, filing.not_before, filing.started_at = filing.attempts + 1, None, filing.started_at or now
    fields = {name: getattr(first, name) for name in ("state", "claim", "lease_until", "updated_at", "not_before")}
    Filing.objects.filter(pk__in=[filing.pk for filing in filings]).update(
        **fields, attempts=F("attempts") + 1, started_at=Coalesce("started_at", now), stage_percent=0
    )


def _has_place(now: datetime) -> bool:
    """The lock holds until the claim is committed: two claims never count at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('larder filing places', 0))")
    at_work = Filing.objects.at_work(now).aggregate(claims=Count("claim", distinct=True))["claims"]
    return bool(at_work < settings.MAX_CONCURRENT_FILINGS)


# --- ours or not ------------------------------------------------------------------------------------------------------


def _held(filings: Sequence[Filing]) -> FilingQuerySet:
    """Those that are still in the claim and the state that we know them in."""
    one = filings[0]
    return Filing.objects.filter(pk__in=[filing.pk for filing in filings], claim=one.claim, state=one.state)


@contextmanager
def ours(filings: list[Filing], *fields: str, then: State) -> Iterator[None]:
    """A stage's transaction: those that are still ours are locked, get what the block sets in `fields`, and go on.

    What is not ours any more leaves the list; raises FilingTaken where nothing is left.
    """
    with transaction.atomic():
        held = set(_held(filings).order_by("pk").select_for_update().values_list("pk", flat=True))
        filings[:] = [filing for filing in filings if filing.pk in held]
        if not filings:
            raise FilingTaken
        yield
        _go_on(filings, fields, then=then, now=timezone.now())


def _go_on(filings: Sequence[Filing], fields: Sequence[str], *, then: State, now: datetime) -> None:
    done = then == State.DONE
    common = {"state": then, "updated_at": now, "lease_until": None if done else now + LEASE, "stage_percent": 0}
    common |= {"completed_at": now} if done else {}
    for filing in filings:
        for name, value in common.items():
            setattr(filing, name, value)
    alike = [name for name in fields if all(getattr(each, name) == getattr(filings[0], name) for each in filings)]
    common |= {name: getattr(filings[0], name) for name in alike}
    Filing.objects.filter(pk__in=[filing.pk for filing in filings]).update(**common)
    if own := [name for name in fields if name not in alike]:
        Filing.objects.bulk_update(filings, own)
    if done:
        drop_bodies(filings)


def put_back(filings: Sequence[Filing]) -> None:
    """As if they had not been taken up, at the stage that they have reached: whoever has a place next has them."""
    reached = State.QUEUED if filings[0].state == State.EXTRACTING else filings[0].state
    free = {"state": reached, "claim": None, "lease_until": None, "updated_at": timezone.now()}
    _held(filings).update(**free, attempts=F("attempts") - 1)


def keep_lease(filings: Sequence[Filing], *, percent: int) -> None:
    """Say that we are still at it, and how far this stage is. Raises FilingTaken, WorkerStopping."""
    if stopping.is_set():
        raise WorkerStopping
    if not _held(filings).update(lease_until=timezone.now() + LEASE, stage_percent=percent):
        raise FilingTaken

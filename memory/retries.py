"""When a worker reads a turn again that no model could read, and which one is next.

A turn that is due is taken by one conditional UPDATE, which counts the try before it is made and leases the turn for
a while. Whoever reads it writes when it is due again (`retry_at`). Where nobody does, the lease brings it back, and a
turn that ends every process which reads it is given up as others are.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from memory.extraction.reading import TurnReading
from memory.models import Turn

LEASE = timedelta(minutes=5)
PAUSES = (
    timedelta(seconds=15),
    timedelta(minutes=2),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""Before each try; as many are made after the first reading."""

TRIES = len(PAUSES)
LONGEST_WAIT = timedelta(hours=6)


def retry_at(reading: TurnReading, *, attempts: int, now: datetime) -> datetime | None:
    """`not_before` of a turn after so many tries beyond the first reading; None: it is not read again."""
    if not reading.may_be_tried_again or attempts >= TRIES:
        return None
    return now + PAUSES[attempts]


def is_last_try(attempts: int) -> bool:
    """Of a turn that has been taken: its own try is counted already."""
    return attempts >= TRIES


def take_due_turn(*, now: datetime) -> UUID | None:
    """The one that has waited longest, for this caller alone and with its try counted; None: none is due."""
    due = Turn.objects.filter(not_before__lte=now)
    due.filter(attempts__gte=TRIES).update(not_before=None)
    for pk, since in due.order_by("not_before").values_list("pk", "not_before")[:10]:
        taken = Turn.objects.filter(pk=pk, not_before=since)
        if taken.update(not_before=now + LEASE, attempts=F("attempts") + 1):
            return pk
    return None


def postpone(turn_id: UUID, *, wait_s: float, now: datetime) -> None:
    """No model may be asked yet; that was no try."""
    wait = min(timedelta(seconds=wait_s), LONGEST_WAIT)
    leased = Turn.objects.filter(pk=turn_id, not_before__isnull=False, attempts__gt=0)
    leased.update(not_before=now + wait, attempts=F("attempts") - 1)

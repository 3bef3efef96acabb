"""Counting what one sync run brings. The store knows the run only by its id."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from knowledge.models import Intake


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What became of the documents of one push, or of one run. `upserted` is what the wire calls their sum."""

    created: int = 0
    updated: int = 0
    renewed: int = 0
    unchanged: int = 0
    pending: int = 0
    deleted: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: count + getattr(other, name) for name, count in vars(self).items()})

    @property
    def upserted(self) -> int:
        return self.created + self.updated + self.renewed + self.unchanged


def open_intake(run_id: uuid.UUID, *, source: str, now: datetime) -> None:
    """From now on pushes to the source belong to this run. An intake that a dead run left open is closed first."""
    Intake.objects.filter(source=source, closed_at=None).exclude(run=run_id).update(closed_at=now)
    Intake.objects.get_or_create(run=run_id, defaults={"source": source, "opened_at": now})


def close_intake(run_id: uuid.UUID, *, now: datetime) -> Counts:
    """The run is over; what it brought. Closing twice changes nothing."""
    Intake.objects.filter(run=run_id, closed_at=None).update(closed_at=now)
    return intake_counts(run_id)


def intake_counts(run_id: uuid.UUID) -> Counts:
    """What the run has brought so far; nothing for a run that never opened."""
    names = ("created", "updated", "renewed", "unchanged", "pending", "deleted")
    return Counts(**(Intake.objects.filter(run=run_id).values(*names).first() or {}))


def runs_of(sources: Iterable[str]) -> dict[str, uuid.UUID]:
    """The sync runs that are filling these sources at this moment, by source."""
    return dict(Intake.objects.filter(source__in=sources, closed_at=None).values_list("source", "run"))


def add_counts(run_id: uuid.UUID, counts: Counts) -> None:
    """Last statement of a push's transaction: the row is locked only as long as the commit takes."""
    Intake.objects.filter(run=run_id).update(
        created=F("created") + counts.created,
        updated=F("updated") + counts.updated,
        renewed=F("renewed") + counts.renewed,
        unchanged=F("unchanged") + counts.unchanged,
        pending=F("pending") + counts.pending,
        deleted=F("deleted") + counts.deleted,
    )


def note_rejected(source: str, count: int) -> None:
    """Documents that a push of the running sync was refused for."""
    Intake.objects.filter(source=source, closed_at=None).update(rejected=F("rejected") + count)

"""Replacing a source's whole set in parts, where it is too large for one push.

A replacement is begun, gets its documents part by part, each stored at once like any push, and is finished: only then
what no part named is judged, all of it together, by the guard that stands before every replace. What others stored
since it began stays. One that is never finished deletes nothing; a newer replace of the source, whole or in parts,
ends it.

See docs/decisions/0057.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from knowledge.deleting.held import Cause, Guard, Removed, WholeSet, remove_missing
from knowledge.errors import ReplacementLost
from knowledge.locks import lock_sources
from knowledge.models import Document, Replacement, SeenKeys
from knowledge.run_counts import Counts, attribute_to_runs, note_push, seen_keys

KEPT = timedelta(days=1)


@transaction.atomic
def begin_replacement(source: str, *, now: datetime) -> Replacement:
    lock_sources([source])
    end_replacements(source)
    return Replacement.objects.create(source=source, begun_at=now)


@transaction.atomic
def note_part(replacement_id: uuid.UUID, keys: Sequence[str], *, source: str) -> None:
    """These ids are of the set, and about to be pushed: noted first, so that nothing which came is ever missing.

    Raises ReplacementLost.
    """
    _find(replacement_id, source=source, finished_at=None)
    SeenKeys.objects.create(run=replacement_id, keys=list(keys))


@transaction.atomic
def finish_replacement(
    replacement_id: uuid.UUID, *, source: str, guard: Guard | None, run: uuid.UUID | None, now: datetime, actor: str
) -> Removed:
    """Judge what no part named; counted for the sync run that it belongs to. Asked again, the same answer.

    Raises ReplacementLost.
    """
    lock_sources([source])
    replacement = _find(replacement_id, source=source)
    if replacement.finished_at is not None:
        return Removed(deleted=replacement.deleted, held=replacement.held)
    owner = attribute_to_runs([source], run=run, now=now).get(source)
    whole_set = WholeSet(
        source=source,
        keys=seen_keys(replacement_id),
        created=Document.objects.live(now).of_source(source).filter(created_at__gte=replacement.begun_at).count(),
        stored_before=replacement.begun_at,
    )
    cause = Cause(actor=actor, run=owner.run if owner else None)
    removed = remove_missing(whole_set, guard=guard, cause=cause, now=now)
    replacement.finished_at, replacement.deleted, replacement.held = now, removed.deleted, removed.held
    replacement.save()
    SeenKeys.objects.filter(run=replacement_id).delete()
    if owner:
        note_push(owner, Counts(deleted=removed.deleted, held=removed.held), keys=[])
    return removed


def end_replacements(source: str) -> None:
    """Those of the source that are still being sent: a newer word about its whole set is here."""
    _forget(Replacement.objects.filter(source=source, finished_at=None).values_list("pk", flat=True))


def forget_replacements(*, now: datetime) -> None:
    """Finished or given up a day ago."""
    _forget(Replacement.objects.filter(begun_at__lt=now - KEPT).values_list("pk", flat=True))


def _forget(ids: Iterable[uuid.UUID]) -> None:
    gone = list(ids)
    SeenKeys.objects.filter(run__in=gone).delete()
    Replacement.objects.filter(pk__in=gone).delete()


def _find(replacement_id: uuid.UUID, **named: object) -> Replacement:
    found = Replacement.objects.select_for_update().filter(pk=replacement_id, **named).first()
    if found is None:
        raise ReplacementLost(
            "This replacement is not open any more: it was finished, or a newer one of the source has begun. "
            "What it stored stays; begin again to replace the whole set."
        )
    return found

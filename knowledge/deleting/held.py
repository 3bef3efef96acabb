"""Deletions that are too many to be made unasked. What would go is held and shown; a person approves or discards it.

The guard stands where a source's documents are judged as a whole: at a replace, whole or in parts, and at the end of a
run that prunes. Each such judgement replaces the one before: of a source, at most one deletion waits.

See docs/decisions/0033.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.audit import Actor, record
from core import batches
from core.paging import Keyset, Page
from knowledge.deleting.trash import MISSING, delete_keys, missing_keys
from knowledge.errors import HeldDecided, HeldNotFound
from knowledge.locks import lock_sources
from knowledge.models import Document, HeldDeletion, RunCounts, SourcePolicy
from knowledge.run_counts import Counts, add_counts, seen_keys

State = HeldDeletion.State
UNSEEN = "not brought again by a sync that succeeded"
PRUNING = "pruning"
BY_ID = Keyset(name="held documents", by=("key",))


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Holds what would delete more than `percent` of a source, from `floor` documents on, or leave nothing of it."""

    percent: int
    floor: int

    def holds(self, *, going: int, before: int, left: int) -> bool:
        """`going` of the `before` documents that the source held would go, so that `left` remain."""
        if not going:
            return False
        return left == 0 or (going >= self.floor and going * 100 > self.percent * before)


@dataclass(frozen=True, kw_only=True)
class WholeSet:
    """All that a source brought: the ids of it that the store holds and keeps.

    `created` of them are new, and not part of what a guard measures by. `stored_before`: of the source's other
    documents, what was stored later stays in any case.
    """

    source: str
    keys: Sequence[str]
    created: int
    stored_before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Who deletes, in which sync run, and why; so it stands in the history."""

    actor: str
    run: uuid.UUID | None
    reason: str = MISSING


@dataclass(frozen=True, kw_only=True)
class Removed:
    """What became of the documents that a source no longer has."""

    deleted: int = 0
    held: int = 0


NOTHING_REMOVED = Removed()


def guard_of(source: str) -> Guard:
    own = SourcePolicy.objects.filter(source=source).values_list("delete_percent", flat=True).first()
    return Guard(percent=settings.DELETE_PERCENT if own is None else own, floor=settings.DELETE_FLOOR)


def set_delete_percent(source: str, percent: int | None) -> None:
    """This source's own share, in percent of its documents; None: what the settings say."""
    if percent is None:
        SourcePolicy.objects.filter(source=source).delete()
    else:
        SourcePolicy.objects.update_or_create(source=source, defaults={"delete_percent": percent})


def remove_missing(whole_set: WholeSet, *, guard: Guard | None, cause: Cause, now: datetime) -> Removed:
    """All other live documents of the source go to the trash, or are held. Within the caller's transaction.

    Without a guard nothing is held.
    """
    source = whole_set.source
    supersede_held(source, now=now)
    going = missing_keys(source, whole_set.keys, now=now, stored_before=whole_set.stored_before)
    if guard is not None and going:
        live = Document.objects.live(now).of_source(source).count()
        before = max(live - whole_set.created, len(going))
        if guard.holds(going=len(going), before=before, left=live - len(going)):
            HeldDeletion.objects.create(
                source=source, keys=going, count=len(going), live=before, held_at=now, **vars(cause)
            )
            return Removed(held=len(going))
    return Removed(deleted=delete_keys(source, going, now=now, **vars(cause)) if going else 0)


def supersede_held(source: str, *, now: datetime) -> None:
    """What waits for a decision does so no more: there is a newer judgement of the source."""
    earlier = HeldDeletion.objects.filter(source=source, state=State.PENDING)
    earlier.update(state=State.SUPERSEDED, decided_at=now, keys=[])


def remove_unseen(run_id: uuid.UUID, *, now: datetime) -> Removed:
    """What the run's source holds and the run, which has noted what came, did not bring. Part of the run's end."""
    run_counts = RunCounts.objects.filter(run=run_id, tracks=True, closed_at=None).first()
    if run_counts is None or run_counts.held:  # a replace in this run has judged the source already
        return NOTHING_REMOVED
    lock_sources([run_counts.source])
    run_counts.refresh_from_db()
    whole_set = WholeSet(
        source=run_counts.source,
        keys=seen_keys(run_id),
        created=run_counts.created,
        stored_before=run_counts.opened_at,
    )
    cause = Cause(actor=PRUNING, run=run_id, reason=UNSEEN)
    removed = remove_missing(whole_set, guard=guard_of(run_counts.source), cause=cause, now=now)
    add_counts(run_id, Counts(deleted=removed.deleted, held=removed.held))
    return removed


# --- deciding ---------------------------------------------------------------------------------------------------------


def find_held(held_id: uuid.UUID, *, for_update: bool = False) -> HeldDeletion:
    """Raises HeldNotFound."""
    rows = HeldDeletion.objects.select_for_update() if for_update else HeldDeletion.objects
    held = rows.filter(pk=held_id).first()
    if held is None:
        raise HeldNotFound("There is no such held deletion.")
    return held


def approve_held(held_id: uuid.UUID, *, now: datetime, actor: Actor) -> HeldDeletion:
    """Delete what was held, but for documents that came again since. Raises HeldNotFound and HeldDecided.

    In batches, so that a push to the source waits for one of them at most. Cut short it is still pending, and approving
    it again goes on.
    """
    keys = find_held(held_id).keys
    for first in range(0, len(keys), batches.BATCH):
        _approve_batch(held_id, keys[first : first + batches.BATCH], now=now, actor=actor)
    with transaction.atomic():
        return _decide(_pending(held_id), "held.approve", State.APPROVED, now=now, actor=actor)


@transaction.atomic
def _approve_batch(held_id: uuid.UUID, keys: Sequence[str], *, now: datetime, actor: Actor) -> None:
    lock_sources([find_held(held_id).source])  # first, as pushes do
    held = _pending(held_id)
    held.deleted += delete_keys(
        held.source, keys, now=now, actor=actor.name, reason=held.reason, run=held.run, unless_after=held.held_at
    )
    held.save(update_fields=["deleted"])


def discard_held(held_id: uuid.UUID, *, now: datetime, actor: Actor) -> HeldDeletion:
    """The documents stay, until the next run or replace asks again. Raises HeldNotFound and HeldDecided."""
    with transaction.atomic():
        return _decide(_pending(held_id), "held.discard", State.DISCARDED, now=now, actor=actor)


def held_documents(held: HeldDeletion, *, after: str = "", limit: int) -> list[Document]:
    """A preview of what would go, by id, from the one that follows `after`; nothing once it is decided."""
    keys = [key for key in held.keys if key > after] if after else held.keys
    found = Document.objects.filter(source=held.source, key__in=sorted(keys)[:limit], deleted_at=None)
    return sorted(found, key=lambda document: document.key)


def read_held(held: HeldDeletion, *, cursor: str, limit: int) -> Page[Document]:
    """A page of that preview, which goes forwards only. Raises CursorInvalid for a cursor that no page handed out."""
    position = BY_ID.read(cursor)
    after = (position.values[0] or "") if position else ""
    page = BY_ID.cut(held_documents(held, after=after, limit=limit + 1), limit=limit, position=position)
    return replace(page, previous=None)


def _pending(held_id: uuid.UUID) -> HeldDeletion:
    held = find_held(held_id, for_update=True)
    if held.state != State.PENDING:
        raise HeldDecided(f"This was decided already: {held.state}.", state=held.state)
    return held


def _decide(held: HeldDeletion, verb: str, state: State, *, now: datetime, actor: Actor) -> HeldDeletion:
    held.state, held.decided_at, held.decided_by, held.keys = state, now, actor.name, []
    held.save()
    facts = {"held": held.count, "deleted": held.deleted, "run": str(held.run) if held.run else None}
    record(actor, verb, held.source, now=now, after=facts)
    return held

"""Counting what one sync run brings. The store knows the run only by its id.

See docs/decisions/0002 and docs/decisions/0031.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from core.sql import fetch
from knowledge.errors import RunOver
from knowledge.models import RunCounts, SeenKeys

LATE_RULES: list[Callable[[uuid.UUID], str]] = []
"""Each says why what comes after the end of this run is not taken, or "". Packages above add theirs as they load."""

# `open_run_counts` as parts of a statement that has claimed a run: `claimed(id, provider_id, prune)`, a row or none.
OPEN_COUNTS = """
stale AS (
    UPDATE knowledge_runcounts c SET closed_at = %(now)s FROM claimed
    WHERE c.source = claimed.provider_id AND c.closed_at IS NULL AND c.run <> claimed.id RETURNING 1
), opened AS (
    INSERT INTO knowledge_runcounts (run, source, opened_at, tracks, trouble, late,
        created, updated, renewed, unchanged, stale, deleted, rejected, pending, held)
    SELECT id, provider_id, %(now)s, coalesce(prune = 'unseen', false), '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM claimed, (SELECT count(*) FROM stale) one_open_per_source
    ON CONFLICT (run) DO UPDATE SET trouble = ''
)"""

# `close_run_counts` likewise, of a run that has succeeded: `ours(id)`, a row or none. Gives the counts as `closed`.
CLOSE_COUNTS = """
closed AS (
    UPDATE knowledge_runcounts c SET closed_at = %(now)s, late_until = NULL FROM ours
    WHERE c.run = ours.id AND c.closed_at IS NULL
    RETURNING c.created, c.updated, c.renewed, c.unchanged, c.stale, c.deleted, c.rejected, c.pending, c.held
), forgotten AS (DELETE FROM knowledge_seenkeys s USING ours WHERE s.run = ours.id)"""


# Of a source the last row counts. Every push asks. Plan: a bitmap of the two partial indexes and the primary key.
ATTRIBUTED = """
SELECT source, run, closed_at IS NOT NULL, tracks FROM knowledge_runcounts
WHERE source = ANY(%(sources)s) AND (closed_at IS NULL OR late_until > %(now)s OR run = %(run)s)
ORDER BY coalesce(run = %(run)s, false), closed_at IS NULL, opened_at
"""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What became of the documents of one push, or of one run. `upserted` is what the wire calls their sum."""

    created: int = 0
    updated: int = 0
    renewed: int = 0
    unchanged: int = 0
    stale: int = 0
    pending: int = 0
    deleted: int = 0
    held: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: count + getattr(other, name) for name, count in vars(self).items()})

    @property
    def upserted(self) -> int:
        return self.created + self.updated + self.renewed + self.unchanged + self.stale


@dataclass(frozen=True, kw_only=True)
class RunAttribution:
    """The sync run that a push belongs to. `late`: the run has ended already; `tracks`: it notes what comes."""

    run: uuid.UUID
    late: bool = False
    tracks: bool = False


def open_run_counts(run_id: uuid.UUID, *, source: str, now: datetime, tracks: bool = False) -> None:
    """From now on pushes to the source belong to this run. Counts that a dead run left open are closed first."""
    claimed = "SELECT %(run)s::uuid AS id, %(source)s::text AS provider_id, %(prune)s::text AS prune"
    named = {"run": run_id, "source": source, "prune": "unseen" if tracks else "", "now": now}
    fetch(f"WITH claimed AS ({claimed}), {OPEN_COUNTS} SELECT 1", named)


def close_run_counts(run_id: uuid.UUID, *, now: datetime, late_until: datetime | None = None) -> Counts:
    """The run is over; what it brought. Closing twice changes nothing.

    Until `late_until` what else comes to the source is late for this run, unless the next run has begun by then.
    """
    RunCounts.objects.filter(run=run_id, closed_at=None).update(closed_at=now, late_until=late_until)
    SeenKeys.objects.filter(run=run_id).delete()
    return counts_of_run(run_id)


def counts_of_run(run_id: uuid.UUID) -> Counts:
    """What the run has brought so far; nothing for a run that never opened."""
    names = [each.name for each in fields(Counts)]
    return Counts(**(RunCounts.objects.filter(run=run_id).values(*names).first() or {}))


def seen_keys(run_id: uuid.UUID) -> list[str]:
    """What the pushes of a run, or the parts of a replacement, have brought."""
    return [key for keys in SeenKeys.objects.filter(run=run_id).values_list("keys", flat=True) for key in keys]


def runs_of(sources: Iterable[str]) -> dict[str, uuid.UUID]:
    """The sync runs that are filling these sources at this moment, by source."""
    return dict(RunCounts.objects.filter(source__in=sources, closed_at=None).values_list("source", "run"))


def attribute_to_runs(sources: Iterable[str], *, run: uuid.UUID | None, now: datetime) -> dict[str, RunAttribution]:
    """Which run a push to these sources belongs to, by source.

    The one that the client names, if it ever filled that source; else the open one; else the last it is late for.
    """
    rows = fetch(ATTRIBUTED, {"sources": list(sources), "run": run, "now": now})
    return {source: RunAttribution(run=own, late=late, tracks=tracks) for source, own, late, tracks in rows}


def note_push(attribution: RunAttribution, counts: Counts, *, keys: Sequence[str]) -> None:
    """Last statements of a push's transaction: what it brought, counted for its run.

    A run may end while a push to it is under way: whoever comes to the row of its counts first is served first, and
    a push that comes second is late. Raises RunOver where the run is one that nothing may come late for.
    """
    with transaction.atomic():
        if attribution.late or not add_counts(attribution.run, counts):
            for rule in LATE_RULES:
                if reason := rule(attribution.run):
                    raise RunOver(reason)
            RunCounts.objects.filter(run=attribution.run).update(late=F("late") + counts.upserted)
        elif attribution.tracks and keys:
            SeenKeys.objects.create(run=attribution.run, keys=list(keys))


def late_arrivals(run_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many documents came after these runs had ended; only those runs that any came for."""
    return dict(RunCounts.objects.filter(run__in=run_ids, late__gt=0).values_list("run", "late"))


def forget_run_counts(run_ids: Iterable[uuid.UUID]) -> None:
    """Of runs that are forgotten, too."""
    RunCounts.objects.filter(run__in=run_ids).delete()


def add_counts(run_id: uuid.UUID, counts: Counts) -> bool:
    """False where they are closed: such a run counts no more.

    Best at the end of a transaction: the row is locked only as long as the commit takes.

    What is held replaces what was held before it, as the judgements themselves do.
    """
    judged = {"held": counts.held} if counts.held else {}
    changed = RunCounts.objects.filter(run=run_id, closed_at=None).update(
        created=F("created") + counts.created,
        updated=F("updated") + counts.updated,
        renewed=F("renewed") + counts.renewed,
        unchanged=F("unchanged") + counts.unchanged,
        stale=F("stale") + counts.stale,
        pending=F("pending") + counts.pending,
        deleted=F("deleted") + counts.deleted,
        **judged,
    )
    return bool(changed)


def note_trouble(reason: str, *, source: str | None, run: uuid.UUID | None) -> None:
    """Larder could not take a push of the running sync: by the key's source, else by the run that the client names."""
    whose = Q(source=source) if source else Q(run=run)
    RunCounts.objects.filter(whose, closed_at=None).update(trouble=reason)


def note_rejected(source: str, count: int) -> None:
    """Documents that a push of the running sync was refused for."""
    RunCounts.objects.filter(source=source, closed_at=None).update(rejected=F("rejected") + count)

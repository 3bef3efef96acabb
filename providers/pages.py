"""Walking through a long history: keyset cursors, the same speed on every page."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from knowledge.cursors import read_cursor, read_number, write_cursor
from knowledge.models import Change
from providers.models import SyncRun
from providers.querysets import SyncRunQuerySet


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """`next` is the cursor of the following page, None on the last; `before`: when the page before it ended."""

    runs: list[SyncRun]
    next: str | None
    before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ChangePage:
    changes: list[Change]
    next: str | None


def read_runs(runs: SyncRunQuerySet, *, cursor: str, limit: int) -> RunPage:
    """Newest first. Raises CursorInvalid for a cursor that no page handed out."""
    ordered, before = runs.newest_first(), None
    if cursor:
        before, run_id = read_cursor(cursor, row=UUID)
        ordered = ordered.after(before, run_id)
    rows = list(ordered[: limit + 1])
    following = write_cursor(rows[limit - 1].queued_at, rows[limit - 1].pk) if len(rows) > limit else None
    return RunPage(runs=rows[:limit], next=following, before=before)


def read_changes(run_id: UUID, *, cursor: str, limit: int) -> ChangePage:
    """What a run did, in its order. Raises CursorInvalid for a cursor that is no number."""
    rows = list(Change.objects.of_run(run_id).filter(id__gt=read_number(cursor))[: limit + 1])
    return ChangePage(changes=rows[:limit], next=str(rows[limit - 1].pk) if len(rows) > limit else None)

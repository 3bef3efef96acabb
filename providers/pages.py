"""Walking through a long history: keyset cursors, the same speed on every page."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from knowledge.errors import CursorInvalid
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
        before, run_id = _decode_run(cursor)
        ordered = ordered.after(before, run_id)
    rows = list(ordered[: limit + 1])
    following = _encode_run(rows[limit - 1]) if len(rows) > limit else None
    return RunPage(runs=rows[:limit], next=following, before=before)


def read_changes(run_id: UUID, *, cursor: str, limit: int) -> ChangePage:
    """What a run did, in its order. Raises CursorInvalid for a cursor that is no number."""
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise CursorInvalid("This cursor was not handed out by a page of this list; start again without it.")
    rows = list(Change.objects.of_run(run_id).filter(id__gt=int(cursor or 0))[: limit + 1])
    return ChangePage(changes=rows[:limit], next=str(rows[limit - 1].pk) if len(rows) > limit else None)


def _encode_run(last: SyncRun) -> str:
    return (
        base64.urlsafe_b64encode(json.dumps([last.queued_at.isoformat(), str(last.pk)]).encode()).decode().rstrip("=")
    )


def _decode_run(cursor: str) -> tuple[datetime, UUID]:
    try:
        queued_at, run_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        instant = datetime.fromisoformat(queued_at)
        if instant.tzinfo is None:
            raise ValueError
        return instant, UUID(run_id)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise CursorInvalid("This cursor was not handed out by a page of this list; start again without it.") from None

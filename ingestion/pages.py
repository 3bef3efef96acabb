"""Walking through many files: keyset cursors, newest first, the same speed on every page."""

import uuid
from dataclasses import dataclass

from django.db.models import Q

from ingestion.models import File
from ingestion.querysets import FileQuerySet
from knowledge.cursors import read_cursor, write_cursor


@dataclass(frozen=True, kw_only=True)
class FilePage:
    """Without texts. `next` is the cursor of the following page, None on the last."""

    files: list[File]
    next: str | None


def read_files(files: FileQuerySet, *, cursor: str, limit: int) -> FilePage:
    """Newest first. Raises CursorInvalid for a cursor that no page handed out."""
    ordered = files.newest_first().without_text()
    if cursor:
        at, last = read_cursor(cursor, row=uuid.UUID)
        ordered = ordered.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    rows = list(ordered[: limit + 1])
    following = write_cursor(rows[limit - 1].created_at, rows[limit - 1].pk) if len(rows) > limit else None
    return FilePage(files=rows[:limit], next=following)

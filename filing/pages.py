"""Walking through many filings: keyset cursors, newest first, the same speed on every page."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from filing.models import Filing
from filing.querysets import FilingQuerySet
from knowledge.errors import CursorInvalid


@dataclass(frozen=True, kw_only=True)
class FilingPage:
    """Without texts. `next` is the cursor of the following page, None on the last."""

    filings: list[Filing]
    next: str | None


def read_filings(filings: FilingQuerySet, *, cursor: str, limit: int) -> FilingPage:
    """Newest first. Raises CursorInvalid for a cursor that no page handed out."""
    ordered = filings.newest_first().without_text()
    if cursor:
        at, last = _decode(cursor)
        ordered = ordered.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    rows = list(ordered[: limit + 1])
    return FilingPage(filings=rows[:limit], next=_encode(rows[limit - 1]) if len(rows) > limit else None)


def _encode(last: Filing) -> str:
    return f"{last.created_at.isoformat()}~{last.pk}"


def _decode(cursor: str) -> tuple[datetime, uuid.UUID]:
    at, _, last = cursor.partition("~")
    try:
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError
        return instant, uuid.UUID(last)
    except ValueError:
        raise CursorInvalid("This cursor was not handed out by a page of this list; start again without it.") from None

"""Walking through many documents: keyset cursors, newest first, the same speed on every page."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from knowledge.errors import CursorInvalid
from knowledge.models import Document
from knowledge.querysets import DocumentQuerySet


@dataclass(frozen=True, kw_only=True)
class DocumentPage:
    """`next` is the cursor of the following page, None on the last."""

    documents: list[Document]
    next: str | None


def read_page(documents: DocumentQuerySet, *, cursor: str | None, limit: int) -> DocumentPage:
    """One page of at most `limit` documents. Raises CursorInvalid for a cursor that no page handed out."""
    ordered = documents.newest_first()
    if cursor:
        ordered = ordered.after(*_decode(cursor))
    rows = list(ordered[: limit + 1])
    return DocumentPage(documents=rows[:limit], next=_encode(rows[limit - 1]) if len(rows) > limit else None)


def _encode(last: Document) -> str:
    return base64.urlsafe_b64encode(json.dumps([last.stored_at.isoformat(), last.pk]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[datetime, int]:
    try:
        stored_at, row = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        instant = datetime.fromisoformat(stored_at)
        if instant.tzinfo is None or not isinstance(row, int) or not 0 <= row < 2**63:
            raise ValueError
    except (ValueError, TypeError, binascii.Error, UnicodeError, RecursionError):
        raise CursorInvalid("This cursor was not handed out by a page of this list; start again without it.") from None
    return instant, row

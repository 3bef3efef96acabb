"""Walking through many documents: keyset cursors, newest first, the same speed on every page."""

from dataclasses import dataclass

from knowledge.cursors import read_cursor, row_number, write_cursor
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
        ordered = ordered.after(*read_cursor(cursor, row=row_number))
    rows = list(ordered[: limit + 1])
    following = write_cursor(rows[limit - 1].stored_at, rows[limit - 1].pk) if len(rows) > limit else None
    return DocumentPage(documents=rows[:limit], next=following)

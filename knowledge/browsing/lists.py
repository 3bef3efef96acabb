"""Pages of documents, in one of several orders, forwards and back.

Each order has an index that yields it. What no index can tell is checked document by document along that walk, as far
as it gets in `WALK_MS`; a page that is not full by then says how far it looked, and the next one looks on from there.

See docs/decisions/0062 and docs/decisions/0086.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Case, F, Func, Q, Value, When, Window
from django.db.models.functions import RowNumber

from core.paging import CursorPosition, Keyset, Page
from knowledge.browsing.filters import Narrowed
from knowledge.models import Document
from knowledge.querysets import EXPIRES, UPDATED, DocumentQuerySet

WALK_MS = 40
MOST_WALKED = 50_000

# The limit of the walk keeps what is inside apart, so that each document is checked once; none after the time is up.
# Expects: the order's index, read row by row as the outer limit asks for more.
WALK = "SELECT * FROM ({walk}) AS walked WHERE passes IS NOT FALSE OR nth = %s LIMIT %s"


class Order(StrEnum):
    """`id` is by source, then by id."""

    STORED = "stored"
    UPDATED = "updated"
    EXPIRES = "expires"
    ID = "id"
    DELETED = "deleted"


KEYSETS = {
    Order.STORED: Keyset(name="documents by storing", by=("-stored_at", "-id")),
    Order.UPDATED: Keyset(name="documents by update", by=(UPDATED.desc(), "-id")),
    Order.EXPIRES: Keyset(name="documents by expiry", by=(EXPIRES.asc(), "id")),
    Order.ID: Keyset(name="documents by id", by=("source", "key")),
    Order.DELETED: Keyset(name="documents by deletion", by=(F("deleted_at").desc(), "-id")),
}
OF_SOURCE = (Order.STORED, Order.EXPIRES, Order.ID)
"""Those that an index has by source."""


@dataclass(frozen=True, kw_only=True)
class DocumentPage(Page[Document]):
    """`looked`: the number of documents that were looked at, where time was up before the page was full.

    `reached` is then the one that comes next, and one of the cursors leads to it.
    """

    looked: int | None = None
    reached: Document | None = None


def read_documents(found: Narrowed, *, order: Order, cursor: str = "", limit: int) -> DocumentPage:
    """The page that the cursor leads to, the first without one.

    Raises CursorInvalid for a cursor that no page of this order handed out.
    """
    keyset = KEYSETS[order]
    position = keyset.read(cursor)
    rows = _read(found, order=order, position=position, limit=limit)
    stop = next((row for row in rows if _is_stop(row)), None)
    rows = rows[: rows.index(stop)] if stop else rows
    page = DocumentPage(**vars(keyset.cut(rows, limit=limit, position=position)))
    if stop is None or len(rows) > limit:
        return page
    back = position is not None and position.back
    onward = keyset.write(stop, back=back, at=True)
    page = replace(page, looked=getattr(stop, "nth", 0) - 1, reached=stop)
    return replace(page, previous=onward) if back else replace(page, next=onward)


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(found: Narrowed, *, order: Order, position: CursorPosition | None, limit: int) -> list[Document]:
    """From the position on, one row more than the limit, if there are so many; a walk may end with where it stopped."""
    documents, check = found.pool, found.check
    if order in OF_SOURCE:
        documents = documents.of_source(found.source)
    elif found.source is not None:
        check = Q(check or Q(), source=found.source)
    ordered = KEYSETS[order].follow(documents, position)
    if check is None:
        return list(ordered[: limit + 1])
    keys = KEYSETS[order].order(back=position is not None and position.back)
    return _walk(ordered, check, keys=keys, limit=limit)


def _walk(ordered: DocumentQuerySet, check: Q, *, keys: Sequence[Any], limit: int) -> list[Document]:
    """Those that pass, and where time or the most was up first, one that was not looked at; maybe more behind it."""
    passes = Case(When(_late(), then=None), When(check, then=True), default=False, output_field=models.BooleanField())
    numbered = ordered.annotate(passes=passes, nth=Window(RowNumber(), order_by=keys))[:MOST_WALKED]
    walk, parameters = numbered.query.sql_with_params()
    return list(Document.objects.raw(WALK.format(walk=walk), [*parameters, MOST_WALKED, limit + 1]))


def _is_stop(row: Document) -> bool:
    """Whether the walk had not looked at it."""
    return getattr(row, "nth", None) == MOST_WALKED or getattr(row, "passes", True) is None


def _late() -> Func:
    """The second instant is read once, after the first document's own: that one is always looked at."""
    late = "clock_timestamp() - (SELECT clock_timestamp()) > %(expressions)s * interval '1 ms'"
    return Func(Value(WALK_MS), template=late, output_field=models.BooleanField())

"""Pages of documents, in one of several orders, forwards and back.

Each order has an index that yields it, and a page begins where its neighbour ended: page 30,000 costs what page 1 does.
What no index can tell is checked document by document along that walk, as far as it gets in `WALK_MS`; a page that is
not full by then says how far it looked, and the next one looks on from there.

See docs/decisions/0062 and docs/decisions/0086.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Case, Expression, F, Func, Q, Value, When, Window
from django.db.models.functions import RowNumber

from knowledge.browsing.filters import Narrowed
from knowledge.cursors import not_ours, pack_cursor, row_number, unpack_cursor
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


@dataclass(frozen=True, kw_only=True)
class Sorting:
    """`by` two expressions, of which the second tells equal ones apart. `of_source`: an index has them by source."""

    by: tuple[Expression | F, Expression | F]
    descending: bool
    of_source: bool = False


SORTINGS = {
    Order.STORED: Sorting(by=(F("stored_at"), F("id")), descending=True, of_source=True),
    Order.UPDATED: Sorting(by=(UPDATED, F("id")), descending=True),
    Order.EXPIRES: Sorting(by=(EXPIRES, F("id")), descending=False, of_source=True),
    Order.ID: Sorting(by=(F("source"), F("key")), descending=False, of_source=True),
    Order.DELETED: Sorting(by=(F("deleted_at"), F("id")), descending=True),
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page begins: behind a document, or at it; the values are those that the order compares."""

    first: str
    second: str | int
    at: bool = False


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One page. `next` and `previous` are the cursors of the pages beside it, None where there is none.

    `looked`: the number of documents that were looked at, where time was up before the page was full; `reached` is then
    the one that comes next, and one of the cursors leads to it.
    """

    documents: list[Document]
    next: str | None
    previous: str | None
    looked: int | None = None
    reached: Document | None = None


def read_leaf(found: Narrowed, *, order: Order, after: str = "", before: str = "", limit: int) -> Leaf:
    """The page that follows `after` or precedes `before`; the first without either.

    Raises CursorInvalid for a cursor that no page of this order handed out.
    """
    back = bool(before) and not after
    cursor = before if back else after
    rows = _read(found, order=order, place=_place(cursor, order=order) if cursor else None, back=back, limit=limit)
    stop = next((row for row in rows if _is_stop(row)), None)
    rows = rows[: rows.index(stop)] if stop else rows
    more, rows = len(rows) > limit, rows[:limit]
    stop = None if more else stop
    onward = _cursor(rows[-1], order=order) if more else _cursor(stop, order=order, at=True) if stop else None
    backward = _cursor(rows[0], order=order) if cursor and rows else None
    if back:
        rows.reverse()
    return Leaf(
        documents=rows,
        next=backward if back else onward,
        previous=onward if back else backward,
        looked=getattr(stop, "nth", 0) - 1 if stop else None,
        reached=stop,
    )


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(found: Narrowed, *, order: Order, place: Place | None, back: bool, limit: int) -> list[Document]:
    """From the place on, one row more than the limit, if there are so many; a walk may end with where it stopped."""
    sorting = SORTINGS[order]
    documents, check = found.pool, found.check
    if sorting.of_source:
        documents = documents.of_source(found.source)
    elif found.source is not None:
        check = Q(check or Q(), source=found.source)
    falling = sorting.descending != back
    if place is not None:
        sign = ("<" if falling else ">") + ("=" if place.at else "")
        documents = documents.filter(_compare(_row(*sorting.by), _row(Value(place.first), Value(place.second)), sign))
    keys = [each.desc() if falling else each.asc() for each in sorting.by]
    ordered = documents.annotate(place=_text(sorting.by[0])).order_by(*keys)
    return list(ordered[: limit + 1]) if check is None else _walk(ordered, check, keys=keys, limit=limit)


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


def _row(*expressions: Expression | F) -> Func:
    return Func(*expressions, function="ROW", output_field=models.TextField())


def _compare(left: Func, right: Func, sign: str) -> Func:
    """Row values compare as one, which an index over both finds at once."""
    return Func(left, right, template="%(expressions)s", arg_joiner=f" {sign} ", output_field=models.BooleanField())


def _text(expression: Expression | F) -> Func:
    """What a cursor keeps of the place: exact, and also for a time that is never."""
    return Func(expression, template="(%(expressions)s)::text", output_field=models.TextField())


# --- cursors ----------------------------------------------------------------------------------------------------------


def _cursor(document: Document, *, order: Order, at: bool = False) -> str:
    second = document.key if order is Order.ID else document.pk
    place = (order.value, document.place, second)  # type: ignore[attr-defined]  # annotated above
    return pack_cursor(*place, "at") if at else pack_cursor(*place)


def _place(cursor: str, *, order: Order) -> Place:
    """Raises CursorInvalid for what no page of this order handed out."""
    try:
        named, first, second, *at = unpack_cursor(cursor)
        if named != order.value or at not in ([], ["at"]):
            raise ValueError
        if order is Order.ID:
            return Place(first=_plain_text(first), second=_plain_text(second), at=bool(at))
        if first != "infinity":
            datetime.fromisoformat(first)
        return Place(first=first, second=row_number(second), at=bool(at))
    except (ValueError, TypeError):
        raise not_ours() from None


def _plain_text(packed: Any) -> str:
    if not isinstance(packed, str) or "\0" in packed:
        raise ValueError
    return packed

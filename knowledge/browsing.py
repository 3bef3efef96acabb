"""Walking through many documents: narrowed by what they carry, in one of several orders, forwards and back.

Two plans, as in search. Where a filter leaves few documents, those are found first and then put in order; elsewhere the
order's own index is walked and the filter checked on the way. Either way a page costs the same wherever it lies.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Expression, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL

from knowledge.cursors import not_ours, pack_cursor, row_number, unpack_cursor
from knowledge.models import Document, Wording
from knowledge.querysets import EXPIRES, KEY_WORDS, UPDATED, DocumentQuerySet, key_query
from knowledge.stems import count_stems
from knowledge.tagexpr import TagExpression

FEW = 5_000
"""So many matches are put in order in some 50 ms; of more, a walk through a million documents meets 25 sooner."""


class Order(StrEnum):
    """`id` is by source, then by id."""

    STORED = "stored"
    UPDATED = "updated"
    EXPIRES = "expires"
    ID = "id"
    DELETED = "deleted"


@dataclass(frozen=True, kw_only=True)
class Sorting:
    """`by` two expressions, of which the second tells equal ones apart; the fields of `read` are their values."""

    by: tuple[Expression | F, Expression | F]
    descending: bool


SORTINGS = {
    Order.STORED: Sorting(by=(F("stored_at"), F("id")), descending=True),
    Order.UPDATED: Sorting(by=(UPDATED, F("id")), descending=True),
    Order.EXPIRES: Sorting(by=(EXPIRES, F("id")), descending=False),
    Order.ID: Sorting(by=(F("source"), F("key")), descending=False),
    Order.DELETED: Sorting(by=(F("deleted_at"), F("id")), descending=True),
}


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What is wanted: documents of the trash or live ones, all conditions at once. `words`: of the id or the text."""

    tags: TagExpression | None = None
    source: str | None = None
    words: str = ""
    trashed: bool = False

    def __bool__(self) -> bool:
        return bool(self.tags or self.source or self.words)


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """The documents of a filter. `matches` is their number; None where it is more than `FEW`."""

    documents: DocumentQuerySet
    matches: int | None


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One page. `next` and `previous` are the cursors of the pages beside it, None where there is none."""

    documents: list[Document]
    next: str | None
    previous: str | None


def narrow(wanted: Filter, *, now: datetime) -> Narrowed:
    """The documents that the filter leaves, by the plan that fits their number."""
    everything = Document.objects.in_trash() if wanted.trashed else Document.objects.live(now)
    found = everything.of_source(wanted.source).tagged(wanted.tags)
    if not wanted and not wanted.trashed:
        return Narrowed(documents=found, matches=None)
    rows = _few(found, wanted.words)
    if len(rows) > FEW:
        return Narrowed(documents=_worded(found, wanted.words) if wanted.words else found, matches=None)
    few = everything.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [rows]))
    return Narrowed(documents=few, matches=len(rows))


def read_leaf(documents: DocumentQuerySet, *, order: Order, after: str = "", before: str = "", limit: int) -> Leaf:
    """The page that follows `after` or precedes `before`; the first without either.

    Raises CursorInvalid for a cursor that no page of this order handed out.
    """
    sorting = SORTINGS[order]
    back = bool(before) and not after
    cursor = before if back else after
    if cursor:
        place = [Value(value) for value in _place(cursor, order=order)]
        sign = "<" if sorting.descending != back else ">"
        documents = documents.filter(_compare(_row(*sorting.by), _row(*place), sign))
    falling = sorting.descending != back
    keys = [each.desc() if falling else each.asc() for each in sorting.by]
    rows = list(documents.annotate(place=_text(sorting.by[0])).order_by(*keys)[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    if back:
        rows.reverse()
    follows, precedes = (bool(cursor), more) if back else (more, bool(cursor))
    return Leaf(
        documents=rows,
        next=_cursor(rows[-1], order=order) if rows and follows else None,
        previous=_cursor(rows[0], order=order) if rows and precedes else None,
    )


def estimate(documents: DocumentQuerySet) -> int:
    """About how many these are, as the planner reckons it; nothing is counted."""
    [plan] = json.loads(documents.order_by().explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])


# --- narrowing --------------------------------------------------------------------------------------------------------


def _few(found: DocumentQuerySet, words: str) -> list[int]:
    """The rows that match, in no order, no further than one beyond `FEW`."""
    if not words:
        return list(found.values_list("pk", flat=True)[: FEW + 1])
    by_id, by_text = found.named(words), found.filter(pk__in=_wordings(words).values("document"))
    arms = [arm.values_list("pk", flat=True)[: FEW + 1] for arm in (by_id, by_text)]
    return list(arms[0].union(arms[1])[: FEW + 1])


def _worded(found: DocumentQuerySet, words: str) -> DocumentQuerySet:
    """For a walk: each document is asked by itself. A limited subquery is probed row by row; EXISTS may be hashed."""
    said = Subquery(_wordings(words).filter(document=OuterRef("pk")).values("ordinal")[:1])
    matches = Q(said__isnull=False) | Q(key_words=key_query(words))
    return found.alias(said=said, key_words=KEY_WORDS).filter(matches)


def _wordings(words: str) -> models.QuerySet[Wording]:
    """Passages that have all of the words, in whatever form."""
    stems = count_stems([words])[0]
    query = SearchQuery(" & ".join(f"'{stem}'" for stem in stems), search_type="raw", config="simple")
    return Wording.objects.filter(lexemes=query) if stems else Wording.objects.none()


# --- paging -----------------------------------------------------------------------------------------------------------


def _row(*expressions: Expression | F) -> Func:
    return Func(*expressions, function="ROW", output_field=models.TextField())


def _compare(left: Func, right: Func, sign: str) -> Func:
    """Row values compare as one, which an index over both finds at once."""
    return Func(left, right, template="%(expressions)s", arg_joiner=f" {sign} ", output_field=models.BooleanField())


def _text(expression: Expression | F) -> Func:
    """What a cursor keeps of the place: exact, and also for a time that is never."""
    return Func(expression, template="(%(expressions)s)::text", output_field=models.TextField())


def _cursor(document: Document, *, order: Order) -> str:
    second = document.key if order is Order.ID else document.pk
    return pack_cursor(order.value, document.place, second)  # type: ignore[attr-defined]  # annotated above


def _place(cursor: str, *, order: Order) -> tuple[str, str | int]:
    """The values that `order` compares. Raises CursorInvalid for what no page of this order handed out."""
    try:
        named, first, second = unpack_cursor(cursor)
        if named != order.value:
            raise ValueError
        if order is Order.ID:
            return _plain_text(first), _plain_text(second)
        if first != "infinity":
            datetime.fromisoformat(first)
        return first, row_number(second)
    except (ValueError, TypeError):
        raise not_ours() from None


def _plain_text(packed: Any) -> str:
    if not isinstance(packed, str) or "\0" in packed:
        raise ValueError
    return packed

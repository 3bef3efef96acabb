"""Keyset pagination: a page begins where its neighbour ended, so page 30,000 costs what page 1 does.

A list has one `Keyset`, the columns that order it. A cursor is the position of a row in that order and the direction to
go from there; it is signed under the list's name, so that only what a page of this very list handed out is read again.
Clients see an opaque word.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import F, Func, Model, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast

from core.errors import CursorInvalid

T = TypeVar("T")
Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet[Any])


@dataclass(frozen=True, kw_only=True)
class CursorPosition:
    """Where a page begins: behind the row with these `values` of the order, or `at` it; `back`: going backwards.

    Values are as PostgreSQL reads them, None for NULL.
    """

    values: tuple[str | None, ...]
    back: bool = False
    at: bool = False


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """`next` and `previous` are the cursors of the pages beside it, None where there is none.

    `position` is where it begins, None for the first page.
    """

    rows: list[T]
    next: str | None = None
    previous: str | None = None
    position: CursorPosition | None = None


@dataclass(frozen=True, kw_only=True)
class _Key:
    """`column` is "" for an expression."""

    expression: Any
    falling: bool
    column: str = ""


@dataclass(frozen=True, kw_only=True)
class Keyset:
    """What orders a list: `by` columns as in `order_by`, "-at", or expressions, `UPDATED.desc()`.

    The last one tells rows apart that are equal in the others. `name` is the list's own: cursors of other names are
    refused. Columns may hold NULL, which comes last going up, as in PostgreSQL; expressions must not. A column that is
    never NULL in this list, but might be elsewhere, is best given as `F("deleted_at").desc()`: then an index serves.
    """

    name: str
    by: tuple[str | OrderBy, ...]

    @property
    def descending(self) -> bool:
        """Whether the list begins with the greatest."""
        return self._keys[0].falling

    def order(self, *, back: bool = False) -> list[OrderBy]:
        """For `order_by`."""
        return [OrderBy(key.expression, descending=key.falling != back) for key in self._keys]

    def follow(self, rows: Rows, position: CursorPosition | None = None) -> Rows:
        """In order, from the position on.

        Expects: an index over all keys is walked from the position, where all go one way and none may be NULL.
        """
        labels = {f"position_{n}": Cast(key.expression, models.TextField()) for n, key in self._expressions}
        if position is not None:
            rows = rows.filter(self._beyond(position, model=rows.model))
        return rows.annotate(**labels).order_by(*self.order(back=position is not None and position.back))

    def cut(self, rows: Sequence[T], *, limit: int, position: CursorPosition | None = None) -> Page[T]:
        """The page of `rows`, which are read from the position on: one more than `limit`, if there are so many."""
        back, shown = position is not None and position.back, list(rows[:limit])
        onward = self.write(shown[-1], back=back) if len(rows) > limit else None
        backward = self.write(shown[0], back=not back) if position is not None and shown else None
        if back:
            return Page(rows=shown[::-1], next=backward, previous=onward, position=position)
        return Page(rows=shown, next=onward, previous=backward, position=position)

    def write(self, row: Any, *, back: bool = False, at: bool = False) -> str:
        """The cursor of the page that follows the row, of this order's `follow`; see `CursorPosition`."""
        values = [_text(row, key.column or f"position_{n}") for n, key in enumerate(self._keys)]
        return self._signer().sign_object([values, back, at])

    def read(self, cursor: str | None) -> CursorPosition | None:
        """None for no cursor. Raises CursorInvalid for what no page of this list handed out."""
        if not cursor:
            return None
        try:
            values, back, at = self._signer().unsign_object(cursor)
        except (BadSignature, ValueError):
            raise _not_ours() from None
        if len(values) != len(self.by):
            raise _not_ours()
        return CursorPosition(values=tuple(values), back=back, at=at)

    def _signer(self) -> Signer:
        return Signer(salt=f"{__name__}.{self.name}", sep=".")

    @cached_property
    def _keys(self) -> list[_Key]:
        return [_key(each) for each in self.by]

    @property
    def _expressions(self) -> Iterator[tuple[int, _Key]]:
        return ((n, key) for n, key in enumerate(self._keys) if not key.column)

    def _beyond(self, position: CursorPosition, *, model: type[Model]) -> Q | Func:
        falling = [key.falling != position.back for key in self._keys]
        if len({*falling}) == 1 and not any(_nullable(model, key) for key in self._keys):
            sign = ("<" if falling[0] else ">") + ("=" if position.at else "")
            return _compare([key.expression for key in self._keys], sign, position.values)
        return self._spelled_out(position, falling, model=model)

    def _spelled_out(self, position: CursorPosition, falling: Sequence[bool], *, model: type[Model]) -> Q:
        """For keys that go different ways, or may be NULL: no comparison of rows says it."""
        found, alike = Q(pk__in=[]), Q()
        for key, value, falls in zip(self._keys, position.values, falling, strict=True):
            found |= alike & _past(key, value, falls=falls, nullable=_nullable(model, key))
            alike &= Q(_is_null(key)) if value is None else Q(_compare([key.expression], "=", [value]))
        return found | alike if position.at else found


def paginate(rows: QuerySet[Row], *, by: Keyset, cursor: str | None = None, limit: int) -> Page[Row]:
    """The page that the cursor leads to, the first without one. One statement.

    Raises CursorInvalid for what no page of this list handed out.
    """
    position = by.read(cursor)
    return by.cut(list(by.follow(rows, position)[: limit + 1]), limit=limit, position=position)


def walk(read: Callable[[str], Page[T]]) -> Iterator[T]:
    """All rows of a list, page after page: for what is sent while it is read. `read` is given each page's cursor."""
    cursor: str | None = ""
    while cursor is not None:
        page = read(cursor)
        yield from page.rows
        cursor = page.next


def _not_ours() -> CursorInvalid:
    return CursorInvalid("This cursor was not handed out by a page of this list; start again without it.")


def _key(by: str | OrderBy) -> _Key:
    if isinstance(by, str):
        return _Key(expression=F(by.removeprefix("-")), falling=by.startswith("-"), column=by.removeprefix("-"))
    return _Key(expression=by.expression, falling=by.descending)


def _nullable(model: type[Model], key: _Key) -> bool:
    return bool(key.column) and model._meta.get_field(key.column).null


def _text(row: Any, name: str) -> str | None:
    """Exact, and also for a time that is never: an expression is text already."""
    value = getattr(row, name)
    if value is None or isinstance(value, str):
        return value
    text: str = row._meta.get_field(name).value_to_string(row)
    return text


def _past(key: _Key, value: str | None, *, falls: bool, nullable: bool) -> Q:
    """NULL is greater than everything else."""
    if value is None:
        return ~Q(_is_null(key)) if falls else Q(pk__in=[])
    found = Q(_compare([key.expression], "<" if falls else ">", [value]))
    return found | Q(_is_null(key)) if nullable and not falls else found


def _compare(expressions: Sequence[Any], sign: str, values: Sequence[str | None]) -> Func:
    """Rows of values compare as one, which an index over all of them finds at once."""
    rows = [Func(*each, function="ROW", output_field=models.TextField()) for each in (expressions, map(Value, values))]
    return Func(*rows, template="%(expressions)s", arg_joiner=f" {sign} ", output_field=models.BooleanField())


def _is_null(key: _Key) -> Func:
    return Func(key.expression, template="(%(expressions)s) IS NULL", output_field=models.BooleanField())

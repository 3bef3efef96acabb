"""Asking PostgreSQL in one round trip: prepared, on Django's connection or on one that is lent for that long."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn, Protocol, TypeVar, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from pgvector.psycopg import register_vector
from psycopg.errors import QueryCanceled

from core.sql.prepared import Parameters, PreparedStatements, Rows, Statement
from core.stopping import DeadlinePassed, check_deadline

T = TypeVar("T")


class Elsewhere(Protocol):
    """Where a request reads instead of at the primary; see `core.replicas`."""

    def read(self, ask: Callable[[BaseDatabaseWrapper], T]) -> T: ...


read_elsewhere: ContextVar[Elsewhere | None] = ContextVar("elsewhere", default=None)


def raw_cursor() -> psycopg.Cursor[Any]:
    """A server-side-binding cursor on Django's connection, with the vector types registered."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.ensure_connection()
    _prepared(wrapper.connection)
    return psycopg.Cursor(cast("psycopg.Connection[Any]", wrapper.connection))


def fetch(
    statement: str, parameters: Parameters, *, tuned: Mapping[str, object] | None = None, prepare: bool = True
) -> Rows:
    """The statement's rows, in one round trip."""
    return fetch_all([Statement(text=statement, parameters=parameters, tuned=tuned or {}, prepare=prepare)])[0]


def fetch_all(statements: Sequence[Statement]) -> list[Rows]:
    """The rows of each, all in one round trip on Django's connection.

    Several statements, or one with its settings, travel in one pipeline, whose implicit transaction the settings end
    with. Each still sees what is committed when its turn comes. Raises DeadlinePassed (`core.stopping`).
    """
    if (elsewhere := read_elsewhere.get()) is not None:
        return elsewhere.read(lambda wrapper: fetch_from(wrapper, statements))
    return fetch_from(connections[DEFAULT_DB_ALIAS], statements)  # `connection` would look it up at each use


def fetch_at_primary(statements: Sequence[Statement]) -> list[Rows]:
    """The same, never of a replica: for snapshots, of which a replica does not tell who is in progress."""
    return fetch_from(connections[DEFAULT_DB_ALIAS], statements)


def fetch_from(wrapper: BaseDatabaseWrapper, statements: Sequence[Statement]) -> list[Rows]:
    """The same of one server."""
    is_bounded = check_deadline()
    try:
        wrapper.ensure_connection()
        return _fetch_all(wrapper, wrapper.connection, statements)
    except psycopg.Error as error:
        _raise_as_django(wrapper, error, is_bounded=is_bounded)


def fetch_lent(statements: Sequence[Statement]) -> list[Rows]:
    """The same for who asks nothing else: where this thread has no connection, the pool lends one for that long.

    What Django sets up for its own use of a connection takes longer than most statements.
    """
    if read_elsewhere.get() is not None:
        return fetch_all(statements)
    return lend_and_fetch(connections[DEFAULT_DB_ALIAS], statements)


def lend_and_fetch(wrapper: BaseDatabaseWrapper, statements: Sequence[Statement]) -> list[Rows]:
    """The same of one server."""
    pool = None if wrapper.connection is not None or wrapper.in_atomic_block else getattr(wrapper, "pool", None)
    if pool is None:
        return fetch_from(wrapper, statements)
    is_bounded = check_deadline()
    try:
        lent = wrapper.get_new_connection({})
        try:
            if not lent.autocommit:
                lent.autocommit = True
            return _fetch_all(wrapper, lent, statements)
        finally:
            pool.putconn(lent)
    except psycopg.Error as error:
        _raise_as_django(wrapper, error, is_bounded=is_bounded)


def _fetch_all(wrapper: BaseDatabaseWrapper, raw: Any, statements: Sequence[Statement]) -> list[Rows]:
    asked = [part for each in statements for part in ((_tuning(each.tuned), each) if each.tuned else (each,))]
    if wrapper.in_atomic_block and (names := [name for each in statements for name in each.tuned]):
        asked.append(_tuning(dict.fromkeys(names)))  # the transaction outlives the round trip
    rows = _prepared(raw).fetch(asked)
    if len(rows) == len(statements):
        return rows
    return [found for part, found in zip(asked, rows, strict=True) if any(part is each for each in statements)]


def _tuning(settings: Mapping[str, object]) -> Statement:
    """Sets each for the transaction; None is its default."""
    values = [None if value is None else str(value) for value in settings.values()]
    return Statement(
        text=f"SELECT {', '.join(['set_config(%s, %s, true)'] * len(values))}",
        parameters=[part for setting in zip(settings, values, strict=True) for part in setting],
    )


def _prepared(raw: Any) -> PreparedStatements:
    """Of a connection; the first time it gets to know the vector types."""
    if not hasattr(raw, "prepared"):
        register_vector(raw)
        raw.prepared = PreparedStatements(raw)
    prepared: PreparedStatements = raw.prepared
    return prepared


def _raise_as_django(wrapper: BaseDatabaseWrapper, error: psycopg.Error, *, is_bounded: bool) -> NoReturn:
    try:
        with wrapper.wrap_database_errors:
            raise error
    except OperationalError:
        if is_bounded and isinstance(error, QueryCanceled):
            raise DeadlinePassed from error
        raise


@contextmanager
def breaking_off() -> Iterator[None]:
    """For the query builder: raises DeadlinePassed before or instead of a statement that the deadline ended."""
    check_deadline()
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise DeadlinePassed from error
        raise

"""Running the statements of hot paths: prepared, in one round trip, without the query builder."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from pgvector.psycopg import register_vector
from psycopg.errors import QueryCanceled

from core.stopping import DeadlinePassed, check_deadline

NEVER_BY_ITSELF = 1_000_000_000
"""Uses until psycopg prepares a statement that did not ask for it."""

Rows = list[tuple[Any, ...]]

LIMITS = ("statement_timeout", "lock_timeout")

is_unlimited: ContextVar[bool] = ContextVar("unlimited", default=False)
"""Whether this thread waits for a statement as long as it takes; see `config/postgresql/limits.py`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What to run, and how.

    `tuned` are settings for this statement and those that follow it in the same round trip. `prepare`: keep the parsed
    statement with the connection; not for one whose text hardly ever comes again.
    """

    text: str
    parameters: Mapping[str, Any] | Sequence[Any] = field(default_factory=dict)
    tuned: Mapping[str, object] = field(default_factory=dict)
    prepare: bool = True


def raw_cursor() -> psycopg.Cursor[Any]:
    """A server-side-binding cursor on Django's connection, with the vector types registered."""
    return psycopg.Cursor(_connect(connections[DEFAULT_DB_ALIAS]))


def _connect(wrapper: BaseDatabaseWrapper) -> psycopg.Connection[Any]:
    wrapper.ensure_connection()
    raw = wrapper.connection
    if not getattr(raw, "knows_vectors", False):
        register_vector(raw)
        raw.knows_vectors = True
    return cast("psycopg.Connection[Any]", raw)


def fetch(
    statement: str,
    parameters: Mapping[str, Any] | Sequence[Any],
    *,
    tuned: Mapping[str, object] | None = None,
    prepare: bool = True,
) -> Rows:
    """The statement's rows, in one round trip."""
    return fetch_all([Statement(text=statement, parameters=parameters, tuned=tuned or {}, prepare=prepare)])[0]


def fetch_all(statements: Sequence[Statement]) -> list[Rows]:
    """The rows of each, all in one round trip.

    Several statements, or one with its settings, travel in one pipeline, whose implicit transaction the settings end
    with. Each still sees what is committed when its turn comes. Raises DeadlinePassed (`core.stopping`).
    """
    with breaking_off() if check_deadline() else nullcontext():
        return _fetch_all(statements)


def _fetch_all(statements: Sequence[Statement]) -> list[Rows]:
    wrapper = connections[DEFAULT_DB_ALIAS]  # which `django.db.connection` would look up at each use
    with wrapper.wrap_database_errors:
        raw = _connect(wrapper)
        raw.prepare_threshold = NEVER_BY_ITSELF  # Django forbids preparing altogether; a statement may ask for it
        if len(statements) == 1 and not statements[0].tuned:
            return [_execute(raw, statements[0]).fetchall()]
        with raw.pipeline():
            cursors = [_send(raw, each) for each in statements]
            if wrapper.in_atomic_block:  # which outlives the round trip
                _untune(raw, (name for each in statements for name in each.tuned))
        return [each.fetchall() for each in cursors]


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


def _send(raw: psycopg.Connection[Any], statement: Statement) -> psycopg.Cursor[Any]:
    if statement.tuned:
        settings = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in statement.tuned.items())
        psycopg.Cursor(raw).execute(f"SELECT {settings}", prepare=True)
    return _execute(raw, statement)


def _execute(raw: psycopg.Connection[Any], statement: Statement) -> psycopg.Cursor[Any]:
    return psycopg.Cursor(raw).execute(statement.text, statement.parameters, prepare=statement.prepare, binary=True)


def _untune(raw: psycopg.Connection[Any], names: Iterable[str]) -> None:
    if defaults := ", ".join(f"set_config('{name}', NULL, true)" for name in dict.fromkeys(names)):
        psycopg.Cursor(raw).execute(f"SELECT {defaults}", prepare=True)


@contextmanager
def without_limits() -> Iterator[None]:
    """What nobody waits for, such as building an index of a million vectors, takes as long as it takes.

    Outside a transaction. A server that is silent is given up all the same.
    """
    token, before = is_unlimited.set(True), _set(dict.fromkeys(LIMITS, "0"))
    try:
        yield
    finally:
        is_unlimited.reset(token)
        _set(before)


def _set(wanted: dict[str, str]) -> dict[str, str]:
    """What was set before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [list(wanted)])
        before = dict(cursor.fetchall())
        cursor.execute(
            "SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[]) AS own (name, value)",
            [list(wanted), list(wanted.values())],
        )
    return before

"""A database that lacks what this version's migrations make: an empty one, or one of an older version.

To each caller that is no fault of ours, but a server that cannot serve yet.
"""

from functools import cache
from types import TracebackType
from typing import Any

import psycopg
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.utils import DatabaseErrorWrapper
from psycopg.rows import tuple_row

from core.waiting.recent import RecentAnswers

UNDEFINED = ("42P01", "42703", "42704", "42883", "3F000")
"""SQLSTATEs of tables, columns, types, functions and schemas that are not there."""

MISSING = "migrations are missing"
APPLIED = "SELECT app, name FROM django_migrations"

_asked: RecentAnswers[bool] = RecentAnswers(live_s=1.0)


class SchemaBehind(psycopg.OperationalError):
    """Something is not there since migrations are missing."""


class ErrorWrapper(DatabaseErrorWrapper):
    """Django's, which tells a programming error from a database that is not migrated."""

    wrapper: BaseDatabaseWrapper

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        undefined = isinstance(exc_value, psycopg.ProgrammingError) and exc_value.sqlstate in UNDEFINED
        if undefined and _asked.get("behind", lambda: is_behind(self.wrapper)):
            self.wrapper.errors_occurred = True
            said = f"{MISSING}: {exc_value}"
            raise OperationalError(said) from SchemaBehind(said)
        super().__exit__(exc_type, exc_value, traceback)


@cache
def needed_migrations() -> frozenset[tuple[str, str]]:
    """App and name of all that this version brings."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def is_behind(wrapper: BaseDatabaseWrapper) -> bool:
    """Whether migrations are missing; asked by a connection of its own, as the caller's has just failed."""
    try:
        with psycopg.connect(**wrapper.get_connection_params()) as connection:
            return not needed_migrations() <= _applied(connection)
    except psycopg.OperationalError:
        return False


def _applied(connection: psycopg.Connection[Any]) -> set[tuple[str, str]]:
    try:
        return {(str(app), str(name)) for app, name in connection.cursor(row_factory=tuple_row).execute(APPLIED)}
    except psycopg.errors.UndefinedTable:
        return set()

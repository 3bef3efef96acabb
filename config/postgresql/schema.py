"""A database that lacks what this version's migrations make, or has what a newer version's made.

That an empty one has no tables, or one of a newer version wants a column that this process does not know, is no fault
of who asks, but of a server that cannot serve yet, or of a process that is to be replaced.

See docs/decisions/0211.
"""

from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg.rows import tuple_row

from core.waiting.recent import RecentAnswers

UNDEFINED = ("42P01", "42703", "42704", "42883", "3F000")
"""SQLSTATEs of tables, columns, types, functions and schemas that are not there."""

NOT_GIVEN = "23502"
"""That of a column that must have a value and was given none."""

MISSING, NEWER = "migrations are missing", "the database is of a newer version than this process"
APPLIED = "SELECT app, name FROM django_migrations"


class Fit(Enum):
    """How a database fits this version."""

    RIGHT = "right"
    BEHIND = "behind"
    AHEAD = "ahead"


class SchemaBehind(psycopg.OperationalError):
    """Something is not there since migrations are missing."""


class SchemaAhead(psycopg.OperationalError):
    """Something is not as this process expects, since a newer version has migrated the database."""


_asked: RecentAnswers[Fit] = RecentAnswers(live_s=1.0)


def judge(error: psycopg.Error) -> psycopg.Error:
    """The same, or what it means where the database is of another version."""
    if error.sqlstate not in (*UNDEFINED, NOT_GIVEN):
        return error
    fit = _asked.get("fit", fit_of_database)
    if fit == Fit.BEHIND and error.sqlstate in UNDEFINED:
        return SchemaBehind(f"{MISSING}: {error}")
    return SchemaAhead(f"{NEWER}: {error}") if fit == Fit.AHEAD else error


@cache
def needed_migrations() -> frozenset[tuple[str, str]]:
    """App and name of all that this version brings."""
    return frozenset(_loader().disk_migrations)


def unknown_migrations(applied: Iterable[tuple[str, str]]) -> list[str]:
    """What was applied for an app of Larder, be it a former or a future one, and does not exist in this version."""
    libraries = {app.label for app in apps.get_app_configs() if app.name.startswith("django")}
    replaced = {each for migration in _loader().disk_migrations.values() for each in migration.replaces}
    unknown = set(applied) - needed_migrations() - replaced
    return sorted(f"{app}.{name}" for app, name in unknown if app not in libraries)


def fit_of_database() -> Fit:
    """Asked by a session of its own, as the caller's has just failed."""
    try:
        with psycopg.connect(**connection.get_connection_params()) as session:
            applied = _applied(session)
    except psycopg.OperationalError:
        return Fit.RIGHT
    if not needed_migrations() <= applied:
        return Fit.BEHIND
    return Fit.AHEAD if unknown_migrations(applied) else Fit.RIGHT


@cache
def _loader() -> MigrationLoader:
    """Of what is on the disk alone."""
    return MigrationLoader(None, ignore_no_migrations=True)


def _applied(session: psycopg.Connection[Any]) -> set[tuple[str, str]]:
    try:
        return {(str(app), str(name)) for app, name in session.cursor(row_factory=tuple_row).execute(APPLIED)}
    except psycopg.errors.UndefinedTable:
        return set()

"""Running the statements of hot paths: prepared, in one round trip, without the query builder."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from knowledge.staging import raw_cursor

NEVER_BY_ITSELF = 1_000_000_000
"""Uses until psycopg prepares a statement that did not ask for it."""


def fetch(
    statement: str, parameters: Mapping[str, Any], *, tuned: Mapping[str, object] | None = None, prepare: bool = True
) -> list[tuple[Any, ...]]:
    """The statement's rows, in one round trip.

    `tuned` are settings for this statement alone: both travel in one pipeline, whose implicit transaction they end
    with. `prepare`: keep the parsed statement with the connection; not for one whose text hardly ever comes again.
    """
    with connection.wrap_database_errors, raw_cursor() as cursor:
        raw = connection.connection
        raw.prepare_threshold = NEVER_BY_ITSELF  # Django forbids preparing altogether; a statement may ask for it
        if not tuned:
            return cursor.execute(statement, parameters, prepare=prepare, binary=True).fetchall()
        settings = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in tuned.items())
        with raw.pipeline():
            cursor.execute(f"SELECT {settings}", prepare=True)
            return cursor.execute(statement, parameters, prepare=prepare, binary=True).fetchall()

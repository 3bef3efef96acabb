"""The one clock. Several machines plan together, so the database's time decides and theirs does not matter."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The database's wall-clock time at this moment, aware."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]

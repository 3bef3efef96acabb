"""The one clock. Several machines plan together, so the database's time decides and theirs does not matter."""

from datetime import datetime

from django.db import InterfaceError, OperationalError, connection

DATABASE_AWAY = (OperationalError, InterfaceError)


def database_now() -> datetime:
    """The database's wall-clock time at this moment, aware."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def first_line(error: Exception) -> str:
    """What is worth a line in the log: database errors go on about hints and positions."""
    return str(error).partition("\n")[0] or type(error).__name__

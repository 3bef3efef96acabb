"""What it means when PostgreSQL does not serve: a sentence for people, and whether it is there at all."""

import psycopg
from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

DATABASE_DOWN = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError)
AWAY = "The database cannot be reached at the moment"

# By SQLSTATE: what a server that is there says of its own limits.
LIMITS = {
    "57014": "The database broke off a statement that took longer than its statement_timeout",
    "55P03": "The database waited too long for a lock that somebody else holds",
    "40P01": "The database broke off one of two transactions that waited for each other",
    "53100": "The database's disk is full",
    "53200": "The database is out of memory",
    "53300": "The database has no connection to spare",
    "53400": "The database has reached a configured limit",
}


def limit_reached(error: Exception) -> str | None:
    """Which of its limits a server has met; None where it does not answer at all."""
    said = error if isinstance(error, psycopg.Error) else error.__cause__
    return LIMITS.get(getattr(said, "sqlstate", None) or "")

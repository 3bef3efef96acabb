"""What it means when PostgreSQL does not serve: a sentence for people, and whether it is there at all."""

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from config.postgresql.connection import DatabaseSilent
from config.postgresql.schema import SchemaAhead, SchemaBehind

DATABASE_DOWN = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError)
AWAY = "The database cannot be reached at the moment"
BEHIND = (
    "The database lacks tables of this version of Larder; `manage.py migrate` makes them, or a start of `manage.py up`"
)
AHEAD = "The database is of a newer version of Larder than this process; start that version in its place"
OTHER_VERSIONS: dict[type[BaseException], str] = {SchemaBehind: BEHIND, SchemaAhead: AHEAD}
SILENT = "The database has stopped answering"
NOTHING_STORED = "nothing was stored"
UNKNOWN = "what was sent may be stored when it goes on; to send it again does no harm"

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


def tell_outage(error: Exception) -> str:
    """The beginning of a sentence: what is the matter with the server."""
    said = error if isinstance(error, psycopg.Error) else error.__cause__
    if said is not None and type(said) in OTHER_VERSIONS:
        return OTHER_VERSIONS[type(said)]
    return limit_reached(error) or (SILENT if is_silent(error) else AWAY)


def tell_consequence(error: Exception) -> str:
    """Its end: what became of what the client has sent."""
    return UNKNOWN if is_silent(error) else NOTHING_STORED


def tell_command(error: Exception) -> str:
    """What a command in a terminal says: what is the matter, and where its database would be."""
    return (
        f"{tell_outage(error)} ({' '.join(str(error).split())}). Look whether it runs: the server that DATABASE_URL "
        f"names, or without that `manage.py up` with the data directory {settings.DATA_DIR} (LARDER_DATA_DIR)."
    )


def is_silent(error: Exception) -> bool:
    return isinstance(error if isinstance(error, psycopg.Error) else error.__cause__, DatabaseSilent)


def limit_reached(error: Exception) -> str | None:
    """Which of its limits a server has met; None where it does not answer at all."""
    said = error if isinstance(error, psycopg.Error) else error.__cause__
    return LIMITS.get(getattr(said, "sqlstate", None) or "")

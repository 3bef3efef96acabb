"""The wall clock of a whole stack, set by hand: that of its Python processes, and that of its database.

The machine's own clock stays as it is. What PostgreSQL's functions say is played by functions of the same names that
are found before them. Redis cannot be told another time: what depends on its clock is tried where its keys are made.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg

from tests import ROOT

FUNCTIONS = {
    "clock_timestamp": "VOLATILE",
    "statement_timestamp": "STABLE",
    "transaction_timestamp": "STABLE",
    "now": "STABLE",
}
RENEW = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND datname = current_database()
"""


class PlayedClock:
    def __init__(self, path: Path, database_url: str) -> None:
        self.path, self.database_url = path, database_url
        path.write_bytes(struct.pack("d", 0.0))

    @property
    def variables(self) -> dict[str, str]:
        """For the stack's processes."""
        found = (str(ROOT / "tests/e2e/clock"), os.environ.get("PYTHONPATH"))
        return {"PYTHONPATH": os.pathsep.join(filter(None, found)), "PLAYED_CLOCK": str(self.path)}

    @contextmanager
    def played(self) -> Iterator[None]:
        """The database's, too, for the length of the block; then both go right again."""
        with psycopg.connect(self.database_url, autocommit=True) as database:
            database.execute("CREATE SCHEMA played")
            database.execute("CREATE TABLE played.clock AS SELECT interval '0' AS ahead")
            for name, volatility in FUNCTIONS.items():
                database.execute(
                    f"CREATE FUNCTION played.{name}() RETURNS timestamptz LANGUAGE sql {volatility} "
                    f"AS 'SELECT pg_catalog.{name}() + (SELECT ahead FROM played.clock)'"
                )
            self._search(database, "played, pg_catalog, public")
            try:
                yield
            finally:
                self.set(timedelta())
                self._search(database, "DEFAULT")
                database.execute("DROP SCHEMA played CASCADE")

    def set(self, ahead: timedelta) -> None:
        with psycopg.connect(self.database_url, autocommit=True) as database:
            database.execute("UPDATE played.clock SET ahead = %s", [ahead])
        with self.path.open("r+b") as file:
            file.write(struct.pack("d", ahead.total_seconds()))

    def _search(self, database: psycopg.Connection, path: str) -> None:
        """Of every session, from now on."""
        database.execute(f"ALTER DATABASE {database.info.dbname} SET search_path TO {path}")
        database.execute(RENEW)

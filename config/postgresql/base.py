"""Django's backend for PostgreSQL, but nobody is handed a connection that ended while it idled, and nobody waits long.

A server that was restarted, or ended a session, has said so on the connection's socket. A look there takes some
microseconds, where the pool's own check would ask the server at each request.

See docs/decisions/0100 and 0180.
"""

import select
import time
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from django.utils.asyncio import async_unsafe
from psycopg_pool import PoolTimeout

from config.postgresql.connection import DatabaseUnreachable
from config.postgresql.limits import limits_at, session_limits
from config.postgresql.watch import watch_of
from core.replicas.reads import read_or_fall_back

NARROWER = """
SELECT set_config(name, wanted, false)
FROM pg_settings JOIN unnest(%s::text[], %s::text[]) AS own (name, wanted) USING (name)
WHERE setting = '0' OR setting::bigint > wanted::bigint
"""
"""Sets limits in milliseconds, where the server, the role or DATABASE_URL did not set narrower ones."""

LOOKS = 4
"""How often who waits for a connection looks up, before the server is doubted."""

LEFT_BEHIND_MS = 1_000
"""So soon a server notices in the middle of a statement that its client has gone."""


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_replica = self.alias not in (DEFAULT_DB_ALIAS, NO_DB_ALIAS)
        self.watch = watch_of(self.alias, is_replica=self.is_replica)
        if self.is_replica:
            self.execute_wrappers.append(read_or_fall_back)

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        """Raises DatabaseUnreachable or PoolTimeout."""
        if not self.pool:
            return self._connect(conn_params)
        limits, began = limits_at(replica=self.is_replica), time.monotonic()
        patience_s = min(limits.connection_s, self.settings_dict["OPTIONS"]["pool"]["timeout"])
        self.pool.timeout = min(patience_s, limits.silence_s / LOOKS)  # Django asks the pool without one of its own
        while not self.watch.is_away:
            try:
                return self._take(conn_params)
            except PoolTimeout as error:
                if (waited_s := time.monotonic() - began) >= patience_s:
                    raise PoolTimeout(f"no connection was free or could be made within {waited_s:.1f} s") from error
                self.watch.doubt_after(waited_s, patience_s=limits.silence_s)
        raise DatabaseUnreachable("PostgreSQL does not answer")

    def _take(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        while True:
            connection = self._connect(conn_params)
            if not has_ended(connection):
                return connection
            connection.close()
            self.pool.putconn(connection)  # which makes another in its place

    def _connect(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        connection: psycopg.Connection[Any] = super().get_new_connection(conn_params)
        return connection

    def _configure_connection(self, connection: psycopg.Connection[Any]) -> bool:
        """Asked for each new connection of the pool; True where there is something to commit."""
        self.watch.note_connection(connection.fileno())
        connection.watch = self.watch  # type: ignore[attr-defined]
        changed = set_limits(connection)
        return bool(super()._configure_connection(connection)) or changed  # type: ignore[misc]


def set_limits(connection: psycopg.Connection[Any]) -> bool:
    """The server's own limits, for what this side no longer waits for."""
    limits = session_limits()
    wanted = {"lock_timeout": limits.lock_s, "client_connection_check_interval": LEFT_BEHIND_MS / 1_000}
    if limits.statement_s is not None:
        wanted["statement_timeout"] = limits.statement_s
    milliseconds = [str(int(seconds * 1_000)) for seconds in wanted.values()]
    with connection.cursor() as cursor:
        cursor.execute(NARROWER, [list(wanted), milliseconds])
    return True


def has_ended(connection: psycopg.Connection[Any]) -> bool:
    """Whether an idle connection is closed, or has something to say that nobody asked for, such as its end."""
    if connection.closed:
        return True
    ready = select.poll()
    ready.register(connection.fileno(), select.POLLIN)
    return bool(ready.poll(0))

"""Django's backend for PostgreSQL, but for connections that ended while they idled in the pool: nobody is handed one.

A server that was restarted, or ended a session, has said so on the connection's socket. A look there takes some
microseconds, where the pool's own check would ask the server at each request.

See docs/decisions/0100.
"""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.utils.asyncio import async_unsafe


class DatabaseWrapper(base.DatabaseWrapper):
    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        while True:
            connection: psycopg.Connection[Any] = super().get_new_connection(conn_params)
            if not (self.pool and has_ended(connection)):
                return connection
            connection.close()
            self.pool.putconn(connection)  # which makes another in its place


def has_ended(connection: psycopg.Connection[Any]) -> bool:
    """Whether an idle connection is closed, or has something to say that nobody asked for, such as its end."""
    if connection.closed:
        return True
    ready = select.poll()
    ready.register(connection.fileno(), select.POLLIN)
    return bool(ready.poll(0))

"""Connections that wait only so long: the one place where this side gives up on the server.

`statement_timeout`, keepalives and `tcp_user_timeout` all need somebody at the other end: the server's own timers stand
still with it, and a stopped machine's kernel still acknowledges what comes. So whoever waits looks up now and then.

See docs/decisions/0180.
"""

import time
from math import inf
from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import RV, PQGen

from config.postgresql.limits import WaitLimits, limits_at
from config.postgresql.schema import judge
from config.postgresql.watch import ServerWatch, server_watch
from core.stopping import left_s

LOOK_UP_S = 0.1
"""How often who waits looks up: a statement ends with its work's deadline (`core.stopping`) or so much later."""

CANCEL_S = 1.0
"""How long the server may take to end a statement that has had its time."""


class DatabaseUnreachable(psycopg.OperationalError):
    """The server does not answer; nothing was sent to it."""


class DatabaseSilent(psycopg.OperationalError):
    """The server has not answered, and the connection was cut. What was sent may be done when it goes on."""


class BoundedConnection(psycopg.Connection[Any]):
    """Raises DatabaseUnreachable, DatabaseSilent, or QueryCanceled where only the statement took too long."""

    watch: ServerWatch = server_watch
    """Of the server at its other end."""

    def wait(self, gen: PQGen[RV], interval: float = LOOK_UP_S, timeout: float | None = None) -> RV:
        if timeout is not None:  # psycopg's own
            return super().wait(gen, interval, timeout)
        if self.watch.is_away:
            raise self._cut(DatabaseUnreachable("PostgreSQL does not answer"))
        began, cancelled = time.monotonic(), False
        while True:
            try:
                return super().wait(gen, interval, LOOK_UP_S)
            except errors._WaitTimeout:
                waited_s, limits = time.monotonic() - began, limits_at(replica=self.watch is not server_watch)
                self._judge_silence(waited_s, limits)
                cancelled = self._judge_length(waited_s, limits, cancelled=cancelled)
            except psycopg.Error as error:
                if (meant := judge(error)) is error:
                    raise
                raise meant from None

    def _judge_silence(self, waited_s: float, limits: WaitLimits) -> None:
        self.watch.doubt_after(waited_s, patience_s=limits.silence_s)
        if self.watch.is_away:
            raise self._cut(DatabaseSilent(f"PostgreSQL has not answered for {waited_s:.1f} s"))

    def _judge_length(self, waited_s: float, limits: WaitLimits, *, cancelled: bool) -> bool:
        """Whether the server was asked to end the statement, which it then tells as QueryCanceled."""
        over_s = max(waited_s - (limits.statement_s or inf), min(waited_s, -(left_s() or inf)))
        if over_s < 0:
            return False
        if over_s > 2 * CANCEL_S:
            raise self._cut(DatabaseSilent(f"PostgreSQL has not ended a statement within {waited_s:.1f} s"))
        if not cancelled:
            self._try_cancel(timeout=CANCEL_S)
        return True

    def _cut(self, error: psycopg.OperationalError) -> psycopg.OperationalError:
        """Close the socket at once, without a word that nobody would read."""
        self.close()
        return error

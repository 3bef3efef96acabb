"""Work that nobody waits for, such as building an index of a million vectors: it takes as long as it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

LIMITS = ("statement_timeout", "lock_timeout")

is_unlimited: ContextVar[bool] = ContextVar("unlimited", default=False)
"""Whether this thread waits for a statement as long as it takes; see `config/postgresql/limits.py`."""


@contextmanager
def without_limits() -> Iterator[None]:
    """Outside a transaction. A server that is silent is given up all the same."""
    token, before = is_unlimited.set(True), _set(dict.fromkeys(LIMITS, "0"))
    try:
        yield
    finally:
        is_unlimited.reset(token)
        _set(before)


def _set(wanted: dict[str, str]) -> dict[str, str]:
    """What was set before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [list(wanted)])
        before = dict(cursor.fetchall())
        cursor.execute(
            "SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[]) AS own (name, value)",
            [list(wanted), list(wanted.values())],
        )
    return before

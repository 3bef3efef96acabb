"""Advisory locks: who writes to a source, one at a time. See docs/decisions/0004."""

from collections.abc import Iterable

from core.sql import raw_cursor

LOCK_SOURCE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1279345234))"


def lock_sources(sources: Iterable[str]) -> None:
    """One push at a time writes to a source; others wait here, before they hold anything."""
    with raw_cursor() as cursor:
        for source in sorted(sources):
            cursor.execute(LOCK_SOURCE, [source], prepare=True)

"""The indexes of declared keys: built, and removed when nobody needs them, beside those who read and write.

Each key has three, of those documents only that have such a value there: numbers in order, the beginnings of texts in
order, and lists, whose elements are looked at one by one. Spelled as `knowledge.filters.conditions` spells ranges.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection
from psycopg import sql

from core.sql import fetch, raw_cursor, without_limits
from knowledge.filters.conditions import BEGINNING, IS_LIST, IS_NUMBER, IS_TEXT, NUMBER, metadata_value
from knowledge.models import FilterKey

PREFIX = "document_filter_"
# Expression, and whose rows.
INDEXES = {"number": (f"({NUMBER})", IS_NUMBER), "text": (f"({BEGINNING})", IS_TEXT), "list": ("id", IS_LIST)}

BUILT = """
SELECT c.relname, i.indisvalid, coalesce(p.blocks_done::float8 / nullif(p.blocks_total, 0), 0)
FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_stat_progress_create_index p ON p.index_relid = c.oid
WHERE i.indrelid = 'knowledge_document'::regclass AND starts_with(c.relname, %(prefix)s)
"""
TRY_LOCK = "SELECT pg_try_advisory_lock(1279345237)"
UNLOCK = "SELECT pg_advisory_unlock(1279345237)"


class KeyState(StrEnum):
    BUILDING = "building"
    READY = "ready"


@dataclass(frozen=True, kw_only=True)
class KeyProgress:
    """A declared key; `share`, from 0 to 1, of its indexes that is there."""

    key: FilterKey
    state: KeyState
    share: float


def read_keys() -> list[KeyProgress]:
    """Every declared key, the oldest first."""
    shares = {name: 1.0 if valid else share for name, valid, share in fetch(BUILT, {"prefix": PREFIX})}
    return [_progress(key, shares) for key in FilterKey.objects.order_by("id")]


def ready_paths() -> set[tuple[str, ...]]:
    """Of the keys that ranges find by an index."""
    return {tuple(each.key.path) for each in read_keys() if each.state is KeyState.READY}


def _progress(key: FilterKey, shares: dict[str, float]) -> KeyProgress:
    share = sum(shares.get(name, 0.0) for name in names_of(key)) / len(INDEXES)
    return KeyProgress(key=key, state=KeyState.READY if share == 1 else KeyState.BUILDING, share=share)


def names_of(key: FilterKey) -> list[str]:
    return [f"{PREFIX}{key.pk}_{kind}" for kind in INDEXES]


def build_filter_keys() -> int:
    """Make what is missing and remove what is left over; how many indexes. Nothing where somebody else is at it.

    Call outside a transaction.
    """
    with _alone() as alone:
        if not alone:
            return 0
        keys = list(FilterKey.objects.order_by("id"))
        wanted = {name for key in keys for name in names_of(key)}
        found = {name: valid for name, valid, _ in fetch(BUILT, {"prefix": PREFIX})}
        built = {name for name, valid in found.items() if valid}
        removed = _remove(found.keys() - (wanted & built))
        made = sum(_build(key, missing=set(names_of(key)) - built) for key in keys)
        return removed + made


def _remove(names: Iterable[str]) -> int:
    """Also what a build that was broken off has left."""
    found = sorted(names)
    for name in found:
        _run(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
    return len(found)


def _build(key: FilterKey, *, missing: set[str]) -> int:
    for name in sorted(missing):
        _run(_statement(key, name))
    if missing:
        _run("ANALYZE knowledge_document")  # which tells how many rows a range leaves
    return len(missing)


def _statement(key: FilterKey, name: str) -> str:
    """With the names of the key quoted: no parameter may stand in an index."""
    with raw_cursor() as cursor:
        names = [f"{sql.Literal(each).as_string(cursor)}::text" for each in key.path]
    value = metadata_value("metadata", names)
    expression, whose = (each.format(**vars(value)) for each in INDEXES[name.rpartition("_")[2]])
    return f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON knowledge_document ({expression}) WHERE {whose}"


def _run(statement: str) -> None:
    with without_limits(), connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _alone() -> Iterator[bool]:
    """Nothing waits here: a concurrent build would wait for that."""
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK)
        alone = bool(cursor.fetchone()[0])
        try:
            yield alone
        finally:
            if alone:
                cursor.execute(UNLOCK)

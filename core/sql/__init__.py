"""Statements of hot paths, without the query builder: `statements` asks and lends connections, `prepared` speaks libpq,
`unlimited` is for what may take as long as it takes.
"""

from core.sql.prepared import Rows, Statement, array_of
from core.sql.statements import (
    breaking_off,
    fetch,
    fetch_all,
    fetch_at_primary,
    fetch_from,
    fetch_lent,
    lend_and_fetch,
    raw_cursor,
    read_elsewhere,
)
from core.sql.unlimited import LIMITS, is_unlimited, without_limits

__all__ = [
    "LIMITS",
    "Rows",
    "Statement",
    "array_of",
    "breaking_off",
    "fetch",
    "fetch_all",
    "fetch_at_primary",
    "fetch_from",
    "fetch_lent",
    "is_unlimited",
    "lend_and_fetch",
    "raw_cursor",
    "read_elsewhere",
    "without_limits",
]

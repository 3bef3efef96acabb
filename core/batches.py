"""Housekeeping over millions of rows: many short transactions, so that nobody waits for more than one of them."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection

BATCH = 2_000
"""Rows of a transaction: a fraction of a second, also where a dozen others hang on each."""

WITHIN_S = 600.0
"""So long one call goes on; what is left is for the next tick."""


def in_batches(do: Callable[[int], int]) -> int:
    """Call `do` with the size of a batch, a transaction each, until it says that it found fewer rows; how many."""
    total, ends_at = 0, time.monotonic() + WITHIN_S
    while (done := do(BATCH)) == BATCH and time.monotonic() < ends_at:
        total += done
    return total + done


def run_in_batches(statement: str, **named: Any) -> int:
    """The statement again and again, with its `%(batch)s`; how many rows it touched in all."""

    def do(batch: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**named, "batch": batch})
            return int(cursor.rowcount)

    return in_batches(do)

"""Cursors of keyset pages: opaque to clients, and a place to go on from for us."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from core.errors import CursorInvalid

Row = TypeVar("Row")


def pack_cursor(*place: Any) -> str:
    """What JSON can hold, as one word for an address."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def unpack_cursor(cursor: str) -> list[Any]:
    """Raises CursorInvalid for what is no list in that word."""
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeError, RecursionError):
        raise not_ours() from None
    if not isinstance(place, list):
        raise not_ours()
    return place


def write_cursor(at: datetime, row: object) -> str:
    """The place behind a row in a list by time."""
    return pack_cursor(at.isoformat(), row if isinstance(row, int) else str(row))


def read_cursor(cursor: str, *, row: Callable[[Any], Row]) -> tuple[datetime, Row]:
    """`row` makes the row's identity of what was packed, or raises ValueError. Raises CursorInvalid."""
    try:
        packed_at, packed_row = unpack_cursor(cursor)
        at = datetime.fromisoformat(packed_at)
        if at.tzinfo is None:
            raise ValueError
        return at, row(packed_row)
    except (ValueError, TypeError, AttributeError):
        raise not_ours() from None


def row_number(packed: Any) -> int:
    """Raises ValueError for what no row can be numbered."""
    if not isinstance(packed, int) or not 0 <= packed < 2**63:
        raise ValueError
    return packed


def read_number(cursor: str) -> int:
    """The row behind the cursor of a list by number; 0 for none. Raises CursorInvalid."""
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise not_ours()
    return int(cursor)


def not_ours() -> CursorInvalid:
    return CursorInvalid("This cursor was not handed out by a page of this list; start again without it.")

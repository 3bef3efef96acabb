"""Durations as people write them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_duration(value: Any) -> timedelta:
    """`90s`, `15m`, `12h`, `30d`, `2w`. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d{1,9}) ?([smhdw])", value.strip()) if isinstance(value, str) else None
    if not found or not int(found[1]):
        raise ValueError(f"{value!r} is no duration; write 90s, 15m, 12h, 30d or 2w")
    try:
        return timedelta(**{UNITS[found[2]]: int(found[1])})
    except OverflowError as error:
        raise ValueError(f"{value} is longer than any time that can be told") from error

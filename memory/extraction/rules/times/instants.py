"""Instants with the grain they were told in, and their arithmetic: by the calendar, and all half-open."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Leaning(StrEnum):
    """Which January is meant."""

    PAST = "past"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Instant:
    """`grain`: day, week, month, quarter, year, or "" of a point. `is_last`: "the end of …". `at` None: unknown."""

    at: datetime | None
    grain: str
    is_last: bool = False


def shift(at: datetime, count: int, unit: str) -> datetime | None:
    """None where the calendar ends."""
    try:
        if unit in ("day", "week"):
            return at + timedelta(days=count * (7 if unit == "week" else 1))
        if unit in ("hour", "minute"):
            return at + timedelta(**{unit + "s": count})
        return _shift_months(at, count * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit])
    except (OverflowError, ValueError):
        return None


def _shift_months(at: datetime, months: int) -> datetime:
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def first_of(at: datetime, grain: str) -> datetime:
    """The first instant of the day, week (Monday), month, quarter or year that `at` lies in."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1) if grain == "year" else day


def end_of(instant: Instant) -> datetime | None:
    """The first instant after it."""
    if instant.at is None or not instant.grain:
        return instant.at
    return shift(first_of(instant.at, instant.grain), 1, instant.grain)


def this_instant(instant: Instant, spoken: datetime) -> datetime | None:
    """From when "this week" is known to be so: the moment of speaking where that lies within it."""
    end = end_of(instant)
    inside = instant.at is not None and end is not None and first_of(instant.at, instant.grain) <= spoken < end
    return None if inside else instant.at


def make_day(year: int, month: int = 1, day: int = 1) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None

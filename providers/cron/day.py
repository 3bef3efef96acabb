"""Many schedules over one stretch of time, cheaply: a picture of a thousand providers asks for all of them at once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from providers.cron.fires import LONGEST_FOLD, MINUTE, next_fire
from providers.cron.parse import Schedule

DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def minutes_within(schedule: Schedule, *, zone: ZoneInfo, since: datetime, minutes: int) -> tuple[int, ...]:
    """The fires from `since`, a whole minute, on, as minutes after it, ascending; fewer than `minutes` of them.

    Where the clocks stand still, the wall clock's matching times are the fires; where they change, each is walked to.
    """
    until = since + minutes * MINUTE
    if _clocks_change(zone, since - LONGEST_FOLD, until + LONGEST_FOLD):
        return tuple((fire - since) // MINUTE for fire in _walk(schedule, zone=zone, since=since, until=until))
    start = since.astimezone(zone).replace(tzinfo=None)
    return tuple(_matching_minutes(schedule, start=start, minutes=minutes))


def _clocks_change(zone: ZoneInfo, since: datetime, until: datetime) -> bool:
    """At most one change lies within a day or two, so that its two ends tell it."""
    return since.astimezone(zone).utcoffset() != until.astimezone(zone).utcoffset()


def _walk(schedule: Schedule, *, zone: ZoneInfo, since: datetime, until: datetime) -> Iterable[datetime]:
    fire = since - MINUTE
    while (fire := next_fire(schedule, zone=zone, after=fire)) < until:
        yield fire


def _matching_minutes(schedule: Schedule, *, start: datetime, minutes: int) -> Iterable[int]:
    """By the fields alone, on a clock that never changes."""
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while (before := (day - start) // MINUTE) < minutes:
        if _is_on(schedule, day):
            for hour in schedule.hours:
                for minute in schedule.minutes:
                    if 0 <= (offset := before + 60 * hour + minute) < minutes:
                        yield offset
        day += DAY


def _is_on(schedule: Schedule, day: datetime) -> bool:
    if day.month not in schedule.months:
        return False
    if schedule.any_day:
        return True
    of_month, of_week = day.day in schedule.days, day.isoweekday() % 7 in schedule.weekdays
    return of_month or of_week if schedule.either_day else of_month and of_week

"""From a schedule to instants. croniter walks naive wall-clock time; this module turns that into UTC.

A change of the clocks is treated as in Debian cron: what has fixed times runs at the first instant after a gap and
once in a fold; what follows the clock runs whenever the clock really shows a matching time.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from croniter import croniter

from providers.cron.parse import Schedule

MINUTE = timedelta(minutes=1)
FULL = (60, 24, 31, 12, 7)
ANY_WALL = datetime.fromisoformat("1970-01-01T00:00")
LONGEST_FOLD = timedelta(hours=3)
LOOK_BACK = (timedelta(minutes=2), timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=366))


@dataclass(frozen=True)
class Fire:
    """One planned start. `at` in UTC, `local` the same instant in the zone, `note` on a change of the clocks."""

    at: datetime
    local: datetime
    note: str = ""


def next_fire(schedule: Schedule, *, zone: ZoneInfo, after: datetime) -> datetime:
    """The first planned instant later than `after`, in UTC."""
    best: datetime | None = None
    for wall in _matching_walls(schedule, start=_start_wall(schedule, zone=zone, after=after)):
        instants = _instants(schedule, wall, zone=zone)
        if best is not None and (not instants or instants[0] >= best):
            return best
        later = [instant for instant in instants if instant > after and (best is None or instant < best)]
        if later:
            best = later[0]
            if len(instants) == 1:
                return best
    raise AssertionError("croniter ended, though the schedule is known to come again")


def fires(schedule: Schedule, *, zone: ZoneInfo, after: datetime, count: int) -> list[datetime]:
    """The next `count` planned instants, in UTC, ascending."""
    return list(islice(_following(schedule, zone=zone, after=after), count))


def latest_fire(schedule: Schedule, *, zone: ZoneInfo, since: datetime, until: datetime) -> datetime:
    """The last planned instant in (`since`, `until`]; `since` itself where there is none."""
    for span in LOOK_BACK:
        start = max(since, until - span)
        planned = None
        for instant in _following(schedule, zone=zone, after=start):
            if instant > until:
                break
            planned = instant
        if planned or start == since:
            return planned or since
    return _last_of(schedule, zone=zone, since=since, until=until)


def preview(schedule: Schedule, *, zone: ZoneInfo, after: datetime, count: int) -> list[Fire]:
    """The next fires as a person would check them: local time, and where the clocks change in between."""
    shown: list[Fire] = []
    before = after.astimezone(zone)
    for at in _following(schedule, zone=zone, after=after):
        if len(shown) == count:
            break
        local = at.astimezone(zone)
        shown.append(Fire(at=at, local=local, note=_note(schedule, before=before, local=local)))
        before = local
    return shown


def _following(schedule: Schedule, *, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    while True:
        after = next_fire(schedule, zone=zone, after=after)
        yield after


def _last_of(schedule: Schedule, *, zone: ZoneInfo, since: datetime, until: datetime) -> datetime:
    for instant in _following(schedule, zone=zone, after=since):
        if instant > until:
            break
        since = instant
    return since


def _matching_walls(schedule: Schedule, *, start: datetime) -> Iterator[datetime]:
    """Naive wall-clock times after `start`, ascending."""
    walker = copy(_walker(schedule))
    walker.set_current(start)
    while True:
        yield walker.get_next(datetime)


@lru_cache(maxsize=4096)
def _walker(schedule: Schedule) -> croniter:
    """Making one costs more than walking it; each walk takes its own copy.

    The fields go in as plain lists, so that no reading of them is left to croniter, and its own rule for the two day
    fields is told which way this schedule means it.
    """
    values = (schedule.minutes, schedule.hours, schedule.days, schedule.months, schedule.weekdays)
    fields = ["*" if len(v) == full else ",".join(map(str, v)) for v, full in zip(values, FULL, strict=True)]
    if schedule.any_day:
        fields[2] = fields[4] = "*"
    return croniter(" ".join(fields), ANY_WALL, day_or=schedule.either_day)


def _start_wall(schedule: Schedule, *, zone: ZoneInfo, after: datetime) -> datetime:
    """Where to begin looking. Shortly before and in a fold the wall clock goes back to times it has shown already."""
    local = after.astimezone(zone)
    if schedule.follows_clock:
        later = (after + LONGEST_FOLD).astimezone(zone)
        drop = (local.utcoffset() or timedelta()) - (later.utcoffset() or timedelta())
        local -= max(drop, timedelta())
    return local.replace(tzinfo=None)


def _instants(schedule: Schedule, wall: datetime, *, zone: ZoneInfo) -> list[datetime]:
    """The instants at which this wall-clock time is due: none, one, or both of a fold."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first > second:
        return [] if schedule.follows_clock else [_after_gap(wall, zone=zone)]
    if first < second and schedule.follows_clock:
        return [first, second]
    return [first]


def _after_gap(wall: datetime, *, zone: ZoneInfo) -> datetime:
    """The first whole minute that exists after a wall-clock time that does not."""
    while _in_gap(wall, zone=zone):
        wall += MINUTE
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _in_gap(wall: datetime, *, zone: ZoneInfo) -> bool:
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first < second


def _note(schedule: Schedule, *, before: datetime, local: datetime) -> str:
    if local.fold:
        return "second time this hour: the clocks go back"
    shift = (local.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
    if not shift:
        return ""
    if not schedule.follows_clock and (local.minute not in schedule.minutes or local.hour not in schedule.hours):
        return "moved: the clocks skip the planned time"
    return f"clocks have gone {'forward' if shift > timedelta() else 'back'} since"

"""Debian's cron, minute by minute: an oracle that shares nothing with the brain but its reading."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from providers.cron import parse_schedule


@dataclass(frozen=True)
class Wake:
    """One turn of Debian's loop: it wakes each real minute and lets its virtual clock catch up with the wall."""

    now: datetime
    wall: datetime
    caught_up: list[datetime]


def debian_wakes(zone: ZoneInfo, start: datetime, end: datetime) -> list[Wake]:
    wakes, now, virtual = [], start, start.astimezone(zone).replace(tzinfo=None)
    while (now := now + timedelta(minutes=1)) <= end:
        wall, caught_up = now.astimezone(zone).replace(tzinfo=None), []
        while virtual < wall:
            virtual += timedelta(minutes=1)
            caught_up.append(virtual)
        wakes.append(Wake(now, wall, caught_up))
    return wakes


def debian_runs(expression: str, wakes: list[Wake]) -> list[datetime]:
    schedule = parse_schedule(expression)
    stars = [field.startswith("*") for field in expression.split()]

    def due(wall: datetime) -> bool:
        if wall.minute not in schedule.minutes or wall.hour not in schedule.hours or wall.month not in schedule.months:
            return False
        dom, dow = wall.day in schedule.days, wall.isoweekday() % 7 in schedule.weekdays
        return (dom and dow) if stars[2] or stars[4] else (dom or dow)

    if stars[0] or stars[1]:
        return [wake.now for wake in wakes if due(wake.wall)]
    return [wake.now for wake in wakes if any(map(due, wake.caught_up))]

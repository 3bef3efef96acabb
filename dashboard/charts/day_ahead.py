"""The day ahead of all providers: how many syncs begin when, by the same cron functions that plan them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain

from providers.cron import minutes_within, parse_schedule, parse_zone
from providers.errors import ScheduleInvalid
from providers.models import Provider
from providers.runs.next_start import shift_of

MINUTE = timedelta(minutes=1)
DAY_MINUTES = 24 * 60
CELL_MINUTES = 15
CELLS = DAY_MINUTES // CELL_MINUTES + 1
"""A quarter of an hour that has begun, and what is left of it a day later."""
MINUTES = CELLS * CELL_MINUTES
LANES = 12
PROVIDERS_READ = 5_000
"""Of more providers than this, the first ones are drawn."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One provider, or many of one schedule: starts in each quarter of an hour, or a note why there are none."""

    name: str
    cells: Sequence[int] = ()
    first_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Day:
    """24 hours and the rest of the quarter of an hour that `start` begins, in UTC.

    `per_minute`: so many begin in it, jitter counted.
    """

    start: datetime
    per_minute: Sequence[int]
    lanes: Sequence[Lane]

    @property
    def total(self) -> int:
        return sum(self.per_minute)

    @property
    def most(self) -> int:
        """Starts in the busiest minute."""
        return max(self.per_minute)

    @property
    def busiest_at(self) -> datetime:
        return self.start + MINUTE * self.per_minute.index(self.most)

    def cell(self, place: int) -> Sequence[int]:
        """The minutes of one quarter of an hour."""
        return self.per_minute[place * CELL_MINUTES : (place + 1) * CELL_MINUTES]


@dataclass(frozen=True)
class Planned:
    """What the day ahead needs of a provider."""

    id: str
    schedule: str
    zone: str
    jitter_s: int
    enabled: bool
    paused_at: datetime | None

    def minutes(self, start: datetime) -> Sequence[int]:
        """Its starts as minutes from `start`. Raises ScheduleInvalid."""
        if self.paused_at or not self.enabled:
            return ()
        shift = shift_of(self.id, self.jitter_s) // MINUTE * MINUTE
        schedule, zone = parse_schedule(self.schedule), parse_zone(self.zone)
        return minutes_within(schedule, zone=zone, since=start - shift, minutes=MINUTES)


def quarter_of(at: datetime) -> datetime:
    """When the quarter of an hour began, in UTC."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute // CELL_MINUTES * CELL_MINUTES, second=0, microsecond=0)


def day_ahead(*, now: datetime, stamp: object) -> Day | None:
    """None where nothing is planned. Remembered for the minute, as long as the registry's `stamp` stays the same."""
    return _day_ahead(now.astimezone(UTC).replace(second=0, microsecond=0), stamp)


@lru_cache(maxsize=4)
def _day_ahead(minute: datetime, stamp: object) -> Day | None:
    names = ("pk", "sync_schedule", "timezone", "jitter_s", "enabled", "paused_at")
    found = Provider.objects.exclude(sync_schedule="").values_list(*names)[:PROVIDERS_READ]
    return plan_day([Planned(*each) for each in found], now=minute)


def plan_day(providers: Sequence[Planned], *, now: datetime) -> Day | None:
    """The starts of the 24 hours after the minute `now`.

    By provider where they are few, else by schedule, the most shared first.
    """
    start = quarter_of(now)
    passed = (now - start) // MINUTE
    last = passed + DAY_MINUTES
    starts = {each: [minute for minute in _minutes(each, start) if passed < minute <= last] for each in providers}
    every = Counter(minute for minutes in starts.values() for minute in minutes)
    lanes = _by_provider(starts, start) if len(providers) <= LANES else _by_schedule(starts, start)
    return Day(start=start, per_minute=[every[minute] for minute in range(MINUTES)], lanes=lanes) if providers else None


def _minutes(planned: Planned, start: datetime) -> Iterable[int]:
    try:
        return planned.minutes(start)
    except ScheduleInvalid:
        return ()


def _by_provider(starts: dict[Planned, list[int]], start: datetime) -> list[Lane]:
    return [_lane(each.id, minutes, start, note=_note(each)) for each, minutes in starts.items()]


def _note(planned: Planned) -> str:
    return "paused" if planned.paused_at or not planned.enabled else ""


def _by_schedule(starts: dict[Planned, list[int]], start: datetime) -> list[Lane]:
    sharing: dict[tuple[str, str], list[list[int]]] = defaultdict(list)
    for each, minutes in starts.items():
        if minutes:
            sharing[each.schedule, each.zone].append(minutes)
    most = sorted(sharing.items(), key=lambda shared: -len(shared[1]))[:LANES]
    return [_lane(f"{len(many):,} × {schedule}", list(chain(*many)), start) for (schedule, _), many in most]


def _lane(name: str, minutes: Sequence[int], start: datetime, *, note: str = "") -> Lane:
    if not minutes:
        return Lane(name=name, note=note or "none in this day")
    counts = Counter(minute // CELL_MINUTES for minute in minutes)
    cells = [counts[cell] for cell in range(CELLS)]
    return Lane(name=name, cells=cells, first_at=start + MINUTE * min(minutes))

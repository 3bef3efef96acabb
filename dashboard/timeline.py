"""The day ahead of some providers, by the cron brain that plans it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from dashboard.charts import CELL, DAY, Lane, quarter_of
from providers.errors import ScheduleInvalid
from providers.models import Provider
from providers.plan import next_start

LANES = 12


def lanes(providers: Sequence[Provider], *, now: datetime) -> list[Lane]:
    """One lane for each of the first providers that have a schedule."""
    return [_lane(provider, now=now) for provider in providers if provider.sync_schedule][:LANES]


def _lane(provider: Provider, *, now: datetime) -> Lane:
    if not provider.enabled or provider.paused_at:
        return Lane(name=provider.pk, note="paused")
    try:
        return Lane(name=provider.pk, fires=list(_one_a_cell(provider, now=now)))
    except ScheduleInvalid:
        return Lane(name=provider.pk, note="its schedule cannot be read")


def _one_a_cell(provider: Provider, *, now: datetime) -> Iterator[datetime]:
    """At most one fire for each quarter of an hour: the picture shows no more, and a busy schedule has 1,440."""
    origin = quarter_of(now)
    fire = next_start(provider, after=now)
    while fire < origin + DAY:
        yield fire
        cell_end = origin + CELL * ((fire - origin) // CELL + 1)
        fire = next_start(provider, after=cell_end - timedelta(seconds=1))

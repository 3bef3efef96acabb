"""When a provider starts next: the cron schedule's slots, shifted by the provider's own jitter. Pure.

The shift is the same for every slot of a provider, so what is planned, previewed and recorded is the true instant.
"""

import hashlib
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from providers.cron import latest_fire, next_fire, parse_schedule, parse_zone
from providers.models import Provider


class Scheduled(Protocol):
    """What of a provider its plan depends on."""

    @property
    def pk(self) -> str: ...
    @property
    def sync_schedule(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def jitter_s(self) -> int: ...


def shift_of(provider_id: str, jitter_s: int) -> timedelta:
    """Between 0 and `jitter_s` whole seconds, by a hash of the id: the same on every machine, at any time."""
    if not jitter_s:
        return timedelta()
    digest = hashlib.sha256(provider_id.encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8], "big") % (jitter_s + 1))


def planned_start(provider: Provider, *, after: datetime) -> datetime | None:
    """When it is due next, or None where it runs only when asked. Raises ScheduleInvalid."""
    if not provider.enabled or provider.paused_at or not provider.sync_schedule:
        return None
    return next_start(provider, after=after)


def next_start(provider: Scheduled, *, after: datetime) -> datetime:
    shift = shift_of(provider.pk, provider.jitter_s)
    return _next_fire(provider.sync_schedule, provider.timezone, after - shift) + shift


def latest_start(provider: Scheduled, *, since: datetime, until: datetime) -> datetime:
    """The last planned instant in [since, until]; `since` where the schedule names none."""
    shift = shift_of(provider.pk, provider.jitter_s)
    return _latest_fire(provider.sync_schedule, provider.timezone, since - shift, until - shift) + shift


# Thousands of providers share a schedule and fall due together; `providers.cron` is asked once for all of them.


@lru_cache(maxsize=8192)
def _next_fire(schedule: str, timezone: str, after: datetime) -> datetime:
    return next_fire(parse_schedule(schedule), zone=parse_zone(timezone), after=after)


@lru_cache(maxsize=8192)
def _latest_fire(schedule: str, timezone: str, since: datetime, until: datetime) -> datetime:
    return latest_fire(parse_schedule(schedule), zone=parse_zone(timezone), since=since, until=until)

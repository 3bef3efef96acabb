"""When a provider starts next: the cron brain's slots, shifted by the provider's own jitter. Pure.

The shift is the same for every slot of a provider, so what is planned, previewed and recorded is the true instant.
"""

import hashlib
from datetime import datetime, timedelta

from providers.cron import latest_fire, next_fire, parse_schedule, parse_zone
from providers.models import Provider


def shift_of(provider_id: str, jitter_s: int) -> timedelta:
    """Between 0 and `jitter_s` whole seconds, by a hash of the id: the same on every machine, at any time."""
    digest = hashlib.sha256(provider_id.encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8], "big") % (jitter_s + 1))


def planned_start(provider: Provider, *, after: datetime) -> datetime | None:
    """When it is due next, or None where it runs only when asked. Raises ScheduleInvalid."""
    if not provider.enabled or provider.paused_at or not provider.sync_schedule:
        return None
    return next_start(provider, after=after)


def next_start(provider: Provider, *, after: datetime) -> datetime:
    shift = shift_of(provider.pk, provider.jitter_s)
    schedule, zone = parse_schedule(provider.sync_schedule), parse_zone(provider.timezone)
    return next_fire(schedule, zone=zone, after=after - shift) + shift


def latest_start(provider: Provider, *, since: datetime, until: datetime) -> datetime:
    """The last planned instant in [since, until]; `since` where the schedule names none."""
    shift = shift_of(provider.pk, provider.jitter_s)
    schedule, zone = parse_schedule(provider.sync_schedule), parse_zone(provider.timezone)
    return latest_fire(schedule, zone=zone, since=since - shift, until=until - shift) + shift

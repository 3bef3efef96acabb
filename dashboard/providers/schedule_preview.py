"""A schedule as typed, in plain words and with its next starts: by the same functions that plan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from providers.cron import Fire, describe, parse_schedule, parse_zone, preview
from providers.errors import ScheduleInvalid

FIRES_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class SchedulePreview:
    """Either words and fires, or a problem; `good` and `wrong` are the expression before and from its position."""

    words: str = ""
    fires: Sequence[Fire] = ()
    problem: str = ""
    good: str = ""
    wrong: str = ""


def preview_schedule(
    text: str,
    zone_name: str,
    *,
    now: datetime,
    shift: timedelta = timedelta(),
) -> SchedulePreview:
    """What saving this would mean. An empty text is no schedule: words only. `shift`: the provider's own jitter."""
    if not text.strip():
        return SchedulePreview(words="only when asked")
    try:
        schedule, zone = parse_schedule(text), parse_zone(zone_name)
    except ScheduleInvalid as error:
        at = error.position if error.position is not None and error.position < len(text) else None
        return SchedulePreview(
            problem=error.detail, good=text[:at] if at is not None else "", wrong=text[at:] if at is not None else ""
        )
    fires = preview(schedule, zone=zone, after=now - shift, count=FIRES_SHOWN)
    return SchedulePreview(words=describe(schedule, zone.key), fires=[_shifted(fire, shift) for fire in fires])


def _shifted(fire: Fire, shift: timedelta) -> Fire:
    at = fire.at + shift
    return replace(fire, at=at, local=at.astimezone(fire.local.tzinfo))

"""The only place that reads cron. Pure: no clock, no database, no settings.

Five fields in the provider's wall-clock time, day fields and daylight saving as Debian cron treats them.
"""

from providers.cron.day import minutes_within
from providers.cron.fires import Fire, fires, latest_fire, next_fire, preview
from providers.cron.parse import Schedule, parse_schedule, parse_zone
from providers.cron.words import describe

__all__ = [
    "Fire",
    "Schedule",
    "describe",
    "fires",
    "latest_fire",
    "minutes_within",
    "next_fire",
    "parse_schedule",
    "parse_zone",
    "preview",
]

"""Zones whose clocks change, and the days on which they do; times as tests write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from providers.cron import next_fire, parse_schedule, parse_zone

RIGA = ZoneInfo("Europe/Riga")
CHANGES = {
    "Europe/Riga": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Pacific/Chatham": ["2026-04-05", "2026-09-27"],
    "America/Santiago": ["2026-04-05", "2026-09-06"],
    "Europe/Dublin": ["2026-03-29", "2026-10-25"],
    "Africa/Casablanca": ["2026-02-15", "2026-03-22"],
    "Asia/Kathmandu": ["2026-06-01"],
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def next_of(expression: str, after: str, zone: str = "UTC") -> datetime:
    return next_fire(parse_schedule(expression), zone=parse_zone(zone), after=utc(after))

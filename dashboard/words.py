"""Numbers and times as people say them. Pure."""

from datetime import UTC, datetime, timedelta

SMALL_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def plural(count: int, noun: str, many: str = "") -> str:
    """ "1 run", "1,204 documents"."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def up_to(count: int, most: int) -> str:
    """ "1,234", or "300+" of what was counted no further."""
    return f"{most:,}+" if count > most else f"{count:,}"


def count_words(count: int) -> str:
    """A count that begins a sentence."""
    return SMALL_NUMBERS[count] if 0 <= count < len(SMALL_NUMBERS) else f"{count:,}"


def span_words(span: timedelta) -> str:
    """How long, in the one or two units that matter: "0.4 s", "41 s", "2 min 5 s", "5 h 48 min", "9 days"."""
    seconds = max(0.0, span.total_seconds())
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return _two_units(seconds, MINUTE, "min", 1, "s")
    if seconds < DAY:
        return _two_units(seconds, HOUR, "h", MINUTE, "min")
    return plural(int(seconds // DAY), "day")


def relative_words(at: datetime, *, now: datetime) -> str:
    """ "12 min ago", "in 5 h", "just now"; the largest unit only."""
    seconds = (at - now).total_seconds()
    if abs(seconds) < 5:
        return "just now" if seconds <= 0 else "in a moment"
    size = _largest_unit(abs(seconds))
    return f"{size} ago" if seconds < 0 else f"in {size}"


def exact_words(at: datetime) -> str:
    """ "Fri 20 Nov 2026, 21:50:55 UTC"."""
    return f"{at.astimezone(UTC):%a %d %b %Y, %H:%M:%S} UTC"


def moment_words(at: datetime, *, now: datetime) -> str:
    """ "today 14:20", "19 Nov 14:20", "19 Nov 2025 14:20"; in UTC."""
    at, now = at.astimezone(UTC), now.astimezone(UTC)
    if at.date() == now.date():
        return f"today {at:%H:%M}"
    return f"{at:%-d %b %H:%M}" if at.year == now.year else f"{at:%-d %b %Y %H:%M}"


def _largest_unit(seconds: float) -> str:
    if round(seconds) < MINUTE:
        return f"{seconds:.0f} s"
    if round(seconds / MINUTE) < HOUR // MINUTE:
        return f"{seconds / MINUTE:.0f} min"
    if round(seconds / HOUR) < DAY // HOUR:
        return f"{seconds / HOUR:.0f} h"
    return plural(round(seconds / DAY), "day")


def _two_units(seconds: float, large: int, large_name: str, small: int, small_name: str) -> str:
    whole, rest = divmod(int(seconds), large)
    return f"{whole} {large_name}" + (f" {rest // small} {small_name}" if rest // small else "")

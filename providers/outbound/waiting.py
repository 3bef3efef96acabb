"""How long a server asks to be left alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The seconds to wait that a `Retry-After` asks for, given as such or as a date; None where it cannot be read."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
        answered = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
    except ValueError:
        return None
    return max(0.0, (_aware(until) - _aware(answered)).total_seconds())


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)

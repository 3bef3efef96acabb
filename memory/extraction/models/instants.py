"""When a model says that something was so."""

import re
from datetime import UTC, datetime

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?")


def read_instant(text: str) -> datetime | None:
    """In UTC; without a zone it is UTC already. A year or month means its beginning. None for what is no such time, or
    lies beyond the years 1 to 9999."""
    text = text.strip()
    if partial := _PARTIAL.fullmatch(text):
        text = f"{partial[1]}-{partial[2] or '01'}-01"
    try:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None

"""How what clients read is written: times, and names of both generations of clients."""

from datetime import UTC, datetime


def wire_time(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z") if instant else None


def both(older: str, newer: str, value: str) -> dict[str, str]:
    return {older: value, newer: value}


def category_of(category: str) -> dict[str, str]:
    return both("memory_category", "memoryCategory", category)

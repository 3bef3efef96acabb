"""What a model is told while a server that Larder needs does not serve."""

from config.database import DATABASE_DOWN, tell_consequence, tell_outage
from config.observability.outage_filter import is_disk_full
from core.errors import LarderError


class DatabaseAway(LarderError):
    code = "database_unavailable"


class DiskFull(LarderError):
    code = "disk_full"


def outage(error: Exception) -> LarderError | None:
    """None for what is no outage."""
    if isinstance(error, DATABASE_DOWN):
        return DatabaseAway(f"{tell_outage(error)}; {tell_consequence(error)}.")
    return DiskFull("The disk of the web process is full.") if is_disk_full(error) else None

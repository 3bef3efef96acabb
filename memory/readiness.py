"""What the memory has to say about whether all is well: its models' server, where one is set."""

from django.conf import settings

from memory.extraction.models.configured import configured_readers, configured_server
from memory.extraction.models.probing import server_trouble
from providers.system.readiness import ReadinessRow

NAME = "model server"


def readiness_rows() -> list[ReadinessRow]:
    """A warning, and no more: turns are kept without it, and rules read what they can."""
    if not settings.MEMORY_MODEL_URL:
        return []
    server, models = configured_server(), [reader.model for _, reader in configured_readers()]
    where = f"{', '.join(models)} at {server.url}"
    if trouble := server_trouble(server, models):
        detail = f"{where}: {trouble.detail} What rules cannot read waits."
        return [ReadinessRow(name=NAME, state="warn", detail=detail, fix=trouble.fix)]
    if (wait_s := server.breaker.pause_s()) > 0:
        detail = f"{where}: it failed several times in a row; nobody asks it for {wait_s:.0f} s."
        return [
            ReadinessRow(name=NAME, state="warn", detail=detail, fix="Look at its log; it is tried again by itself.")
        ]
    return [ReadinessRow(name=NAME, state="ok", detail=where)]

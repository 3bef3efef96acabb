"""Deleting collections that nobody used for a while, for backends whose store does not do so itself."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from larder_sdk.errors import LarderError

if TYPE_CHECKING:
    from larder_sdk.knowledge_layer.contract import BaseIngestor as Cleaned
else:
    Cleaned = object

log = logging.getLogger(__name__)

TTL_HOURS = 24.0
INTERVAL_S = 3600.0


class TTLCleanupMixin(Cleaned):
    """Stands before `BaseIngestor` among the bases: `class Mine(TTLCleanupMixin, BaseIngestor)`.

    Nothing is deleted until `delete_stale_collections` is called or `start_ttl_cleanup` lets a thread call it.
    """

    _ttl_cleanup: Event | None = None

    def delete_stale_collections(self, *, ttl_hours: float = TTL_HOURS, now: datetime | None = None) -> list[str]:
        """Delete those that were not changed for so long; their names. One that tells no `updated_at` stays."""
        oldest = (now or datetime.now(UTC)) - timedelta(hours=ttl_hours)
        stale = [each.name for each in self.list_collections() if _is_before(each.updated_at, oldest)]
        return [name for name in stale if self.delete_collection(name)]

    def start_ttl_cleanup(self, ttl_hours: float = TTL_HOURS, interval_s: float = INTERVAL_S) -> None:
        """Let a thread delete stale collections from time to time, until `stop_ttl_cleanup`; a second call is one."""
        if self._ttl_cleanup is None:
            self._ttl_cleanup = Event()
            told = (self._ttl_cleanup, ttl_hours, interval_s)
            Thread(target=self._clean_up, args=told, name="ttl-cleanup", daemon=True).start()

    def stop_ttl_cleanup(self) -> None:
        if self._ttl_cleanup is not None:
            self._ttl_cleanup.set()
            self._ttl_cleanup = None

    def _start_ttl_cleanup_task(self, ttl_hours: float = TTL_HOURS, interval_seconds: float = INTERVAL_S) -> None:
        """`start_ttl_cleanup`, by the name that published adapters call."""
        self.start_ttl_cleanup(ttl_hours, interval_seconds)

    def _clean_up(self, stopped: Event, ttl_hours: float, interval_s: float) -> None:
        while not stopped.wait(interval_s):
            try:
                self.delete_stale_collections(ttl_hours=ttl_hours)
            except (LarderError, OSError) as error:
                log.warning("stale collections stay until the next round: %s", error)


def _is_before(time: datetime | None, oldest: datetime) -> bool:
    if time is None:
        return False
    return (time if time.tzinfo else time.replace(tzinfo=UTC)) < oldest

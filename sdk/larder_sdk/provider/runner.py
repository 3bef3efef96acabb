"""One sync at a time, in the background, and what is known of the last one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from larder_sdk.errors import LarderError

logger = logging.getLogger("larder_sdk.provider")

LONGEST_ERROR = 500


@dataclass(frozen=True, kw_only=True)
class SyncState:
    """What `/internal/sync` and `/internal/state` answer.

    `last_sync_at` is the start of the last sync and so tells syncs apart; `last_sync_count` counts the
    documents of the last one that succeeded; `last_error` is one sentence, None unless the last one failed.
    """

    in_progress: bool = False
    last_sync_at: datetime | None = None
    last_finished_at: datetime | None = None
    last_sync_count: int = 0
    last_error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Times as ISO 8601 in UTC."""
        return {name: _iso(value) for name, value in vars(self).items()}


class SyncRunner:
    """Runs `work(correlation_id)`, which gives the number of documents pushed."""

    def __init__(self, work: Callable[[str | None], Awaitable[int]]) -> None:
        self.state = SyncState()
        self._work = work
        self._task: asyncio.Task[None] | None = None

    def start(self, correlation_id: str | None) -> SyncState:
        """Start a sync unless one runs; the state of the one that runs now."""
        if not self.state.in_progress:
            self.state = replace(self.state, in_progress=True, last_sync_at=datetime.now(UTC), last_error=None)
            self._task = asyncio.create_task(self._run(correlation_id), name="larder-sync")
        return self.state

    async def stop(self) -> None:
        """Cancel the sync that runs, and wait until it has ended."""
        if self._task and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self, correlation_id: str | None) -> None:
        logger.info("sync started (%s)", correlation_id)
        try:
            count = await self._work(correlation_id)
        except asyncio.CancelledError:
            self._finish(last_error="The sync was cut off: the provider is shutting down.")
            raise
        except Exception as error:  # whatever a sync does, the provider goes on and says so
            logger.warning("sync failed (%s)", correlation_id, exc_info=error)
            self._finish(last_error=readable(error))
        else:
            logger.info("sync done (%s): %d documents", correlation_id, count)
            self._finish(last_sync_count=count)

    def _finish(self, **outcome: Any) -> None:
        self.state = replace(self.state, in_progress=False, last_finished_at=datetime.now(UTC), **outcome)


def readable(error: Exception) -> str:
    """An exception as one line: Larder's own sentences as they are, others with the name of their class."""
    text = " ".join(str(error).split())
    if not isinstance(error, LarderError):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text if len(text) <= LONGEST_ERROR else text[: LONGEST_ERROR - 1] + "…"


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

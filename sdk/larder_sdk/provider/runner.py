"""One sync at a time, in the background, and what is known of the last one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from larder_sdk.errors import LarderError
from larder_sdk.provider.syncs import SyncCall, SyncMode

logger = logging.getLogger("larder_sdk.provider")

LONGEST_ERROR = 500


@dataclass(frozen=True, kw_only=True)
class SyncState:
    """What `/internal/sync` and `/internal/state` answer.

    `last_sync_at` is the start of the last sync and so tells syncs apart; `last_sync_count` counts the
    documents of the last one that succeeded; `last_error` is one sentence, None unless the last one failed. `run_id` is
    the run that the last sync was started for; `sync_state` and `sync_mode` are what it gave, None until it succeeds.
    """

    in_progress: bool = False
    last_sync_at: datetime | None = None
    last_finished_at: datetime | None = None
    last_sync_count: int = 0
    last_error: str | None = None
    run_id: str | None = None
    sync_mode: SyncMode | None = None
    sync_state: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Times as ISO 8601 in UTC."""
        return {name: _iso(value) for name, value in vars(self).items()}


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a sync came to: how many documents it pushed, of which kind it was, and what the next one goes on from."""

    count: int
    mode: SyncMode
    state: dict[str, Any]


class SyncRunner:
    """Runs `work(call)`, one at a time."""

    def __init__(self, work: Callable[[SyncCall], Awaitable[Done]]) -> None:
        self.state = SyncState()
        self._work = work
        self._task: asyncio.Task[None] | None = None

    def start(self, call: SyncCall) -> SyncState:
        """Start a sync unless one runs; the state of the one that runs now."""
        if not self.state.in_progress:
            anew = SyncState(in_progress=True, last_sync_at=datetime.now(UTC), run_id=call.run_id)
            last = self.state
            self.state = replace(anew, last_finished_at=last.last_finished_at, last_sync_count=last.last_sync_count)
            self._task = asyncio.create_task(self._run(call), name="larder-sync")
        return self.state

    async def stop(self) -> None:
        """Cancel the sync that runs, and wait until it has ended."""
        if self._task and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self, call: SyncCall) -> None:
        logger.info("sync started (%s)", call.run_id)
        try:
            done = await self._work(call)
        except asyncio.CancelledError:
            self._finish(last_error="The sync was cut off: the provider is shutting down.")
            raise
        except Exception as error:  # whatever a sync does, the provider goes on and says so
            logger.warning("sync failed (%s)", call.run_id, exc_info=error)
            self._finish(last_error=readable(error))
        else:
            logger.info("sync done (%s): %d documents", call.run_id, done.count)
            self._finish(last_sync_count=done.count, sync_mode=done.mode, sync_state=done.state)

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

"""One sync as its function sees it: which run it is for, and what it goes on from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

MOST_STATE_BYTES = 64 * 1024

SyncMode = Literal["full_refresh", "incremental"]


@dataclass(kw_only=True)
class SyncRun:
    """What `sync(client, run)` is given.

    `id` is Larder's id of the run. `since` is when the last success began, by Larder's clock, and None where everything
    has to come: at first, and after an admin has reset the state. `state` is what the last success left in it, a JSON
    object of up to 64 KiB; change it freely, it is kept only if this sync succeeds. `mode` says what this sync brings;
    set it to "full_refresh" where it brings everything though it was to bring changes only.
    """

    id: str | None = None
    since: datetime | None = None
    state: dict[str, Any] = field(default_factory=dict)
    mode: SyncMode = "full_refresh"


@dataclass(frozen=True, kw_only=True)
class SyncCall:
    """What the platform's call said: the run, the last success, its state, and the trace that the call is a part of."""

    run_id: str | None = None
    since: datetime | None = None
    state: dict[str, Any] = field(default_factory=dict)
    trace: Mapping[str, str] = field(default_factory=dict)

    def begin(self, *, incremental: bool) -> SyncRun:
        """The run as a sync begins it, with a state of its own."""
        mode: SyncMode = "incremental" if incremental and self.since else "full_refresh"
        return SyncRun(id=self.run_id, since=self.since, state=json.loads(json.dumps(self.state)), mode=mode)


def read_call(run_id: str | None, *, since: str, body: bytes) -> SyncCall:
    """Of the header and the body; what cannot be read was not sent by Larder, and everything comes again."""
    try:
        instant = datetime.fromisoformat(since) if since else None
        told = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        return SyncCall(run_id=run_id)
    state = told.get("sync_state") if isinstance(told, dict) else None
    if instant is not None and instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return SyncCall(run_id=run_id, since=instant, state=state if isinstance(state, dict) else {})


def check_state(run: SyncRun) -> dict[str, Any]:
    """The state as it may be kept. Raises TypeError or ValueError with a sentence."""
    if not isinstance(run.state, dict):
        raise TypeError(f"run.state is a {type(run.state).__name__}; it has to stay a dict")
    if run.mode not in ("full_refresh", "incremental"):
        raise ValueError(f"run.mode is {run.mode!r}; it has to be 'full_refresh' or 'incremental'")
    try:
        text = json.dumps(run.state, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"run.state cannot be kept as JSON: {error}") from error
    if len(text) > MOST_STATE_BYTES:
        raise ValueError(f"run.state takes {len(text):,} bytes as JSON; at most {MOST_STATE_BYTES:,} are kept")
    kept: dict[str, Any] = json.loads(text)
    if other := [key for key in _keys(run.state) if not isinstance(key, str)]:
        raise TypeError(f"run.state has the key {other[0]!r}, which would come back as a text; make it one")
    return kept


def _keys(value: Any) -> Iterator[Any]:
    """Those of all objects in it."""
    if isinstance(value, dict):
        yield from value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from _keys(each)

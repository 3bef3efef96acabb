"""What a provider is told of its last success, and what its answer says of this sync. Pure.

Sent with `POST /internal/sync`: the header `X-Larder-Since`, and as JSON body `{"sync_state": …}` where there is one;
providers that know nothing of it ignore both. Read of an answer that reports a success: `sync_state`, and the mode in
`sync_mode` or the header `X-Larder-Sync-Mode`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from providers.errors import CallRefused
from providers.outbound.shown import shown

MOST_STATE_BYTES = 64 * 1024
SINCE_HEADER = "X-Larder-Since"
MODE_HEADER = "X-Larder-Sync-Mode"
OLD_STAYS = "The one of the last success stays."


class SyncMode(StrEnum):
    """What a sync brings: all that there is, or what has changed since the last success."""

    FULL_REFRESH = "full_refresh"
    INCREMENTAL = "incremental"


@dataclass(frozen=True, kw_only=True)
class StartingPoint:
    """Where a sync goes on from. `since`: the start of the last success, None where everything has to come.

    `state`: what that gave, as the text of a JSON object in ASCII; "" where it gave nothing.
    """

    since: datetime | None = None
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What a success says of itself: its mode, "" where it says none, and the state to keep, None: the one that is."""

    mode: str = ""
    state: str | None = None


BEGINNING = StartingPoint()
NO_PROGRESS = Progress()


def opening(start: StartingPoint) -> tuple[dict[str, str], bytes]:
    """Headers and body of the call that starts a sync."""
    headers = {SINCE_HEADER: start.since.astimezone(UTC).isoformat()} if start.since else {}
    if not start.state:
        return headers, b""
    return headers | {"Content-Type": "application/json"}, f'{{"sync_state": {start.state}}}'.encode()


def read_progress(fields: Mapping[str, Any], headers: Mapping[str, str]) -> Progress:
    """Of the JSON object and the headers of an answer. Raises CallRefused where either cannot be kept."""
    return Progress(mode=_read_mode(fields, headers), state=_read_state(fields))


def _read_mode(fields: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    told = fields.get("sync_mode") or headers.get(MODE_HEADER) or ""
    try:
        return SyncMode(str(told).strip().lower()) if told else ""
    except ValueError as error:
        known = " and ".join(f"`{mode}`" for mode in SyncMode)
        raise _refused(f"The provider names the sync mode {shown(str(told))}; there are {known}.") from error


def _read_state(fields: Mapping[str, Any]) -> str | None:
    state = fields.get("sync_state")
    if state is None:
        return None
    if not isinstance(state, dict):
        raise _refused(f"The provider's `sync_state` is no JSON object: {shown(json.dumps(state))}. {OLD_STAYS}")
    try:
        text = json.dumps(state, allow_nan=False, separators=(",", ":"))
    except (ValueError, RecursionError) as error:
        raise _refused(f"The provider's `sync_state` holds what is no JSON. {OLD_STAYS}") from error
    if len(text) > MOST_STATE_BYTES:
        told = f"The provider's `sync_state` takes {len(text):,} bytes as JSON; {MOST_STATE_BYTES:,} are kept at most."
        raise _refused(f"{told} {OLD_STAYS}")
    return text if state else ""


def _refused(sentence: str) -> CallRefused:
    return CallRefused(sentence, code="sync_state_refused")

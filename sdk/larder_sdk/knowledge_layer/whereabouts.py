"""Where a Larder is and with which key it is asked: from a `config`, or from arguments of their own, which go first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from larder_sdk.base import sendable_key

ENDPOINT = "http://127.0.0.1:8000"
TIMEOUT_S = 15.0


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    url: str
    api_key: str | None
    timeout_s: float

    def headers(self) -> dict[str, str]:
        """Raises ValueError for a key that no header can carry."""
        return {"Authorization": f"Bearer {key}"} if (key := sendable_key(self.api_key)) else {}


def whereabouts(
    config: Mapping[str, Any] | str | None,
    *,
    url: str | None = None,
    api_key: str | None = None,
    timeout_s: float | None = None,
) -> Whereabouts:
    """`config`: an address, or a mapping with `endpoint` or `url`, `api_key` and `timeout` in seconds."""
    told: Mapping[str, Any] = {"endpoint": config} if isinstance(config, str) else config or {}
    named = (url, told.get("endpoint"), told.get("url"), ENDPOINT)
    return Whereabouts(
        url=next(str(each) for each in named if each is not None),
        api_key=api_key if api_key is not None else told.get("api_key"),
        timeout_s=timeout_s if timeout_s is not None else float(told.get("timeout") or TIMEOUT_S),
    )

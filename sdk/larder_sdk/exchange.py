"""One call to Larder, insisted on: what is sent, what came of it, and which error that means. Without a network.

A *plan* is a generator that yields what should happen next, a `Call` to send or a `Pause` to wait, and is
sent what came of it: the response, or the transport's error. What it returns is its result.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from larder_sdk.errors import REFUSALS, UNAVAILABLE, LarderError, Refused, Unavailable, Unexpected

API = "/api/v1/knowledge"

RETRIED = frozenset({429, 502, 503})
RETRIED_ERRORS = (httpx.ConnectError, httpx.ConnectTimeout, httpx.NetworkError, httpx.RemoteProtocolError)

T = TypeVar("T")
Outcome = httpx.Response | httpx.RequestError


@dataclass(frozen=True, kw_only=True)
class Call:
    """One HTTP request. `path` is below the `root`, percent-encoded.

    With a `form` it is sent as multipart/form-data, with the `files` as (name, content, media type).
    """

    method: str
    path: str
    root: str = API
    body: bytes | None = None
    params: Mapping[str, str] | None = None
    wait_s: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    files: Mapping[str, tuple[str, bytes, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Pause:
    """Seconds to let pass before the next call."""

    seconds: float


Plan = Generator[Call | Pause, Outcome | None, T]


@dataclass(frozen=True, kw_only=True)
class Retry:
    """How long to insist on what is unavailable.

    At most `attempts` calls, with pauses that double from `first_pause_s`, give or take half. A server's
    Retry-After goes first. A pause beyond `longest_pause_s` is not waited for: the error is raised
    and says when to come back.
    """

    attempts: int = 4
    first_pause_s: float = 0.5
    longest_pause_s: float = 15.0

    def pause(self, attempt: int, retry_after: float | None) -> Pause | None:
        """The pause after the `attempt`th call (from 1), or None to give up."""
        if attempt >= self.attempts:
            return None
        seconds = retry_after
        if seconds is None:
            seconds = self.first_pause_s * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311
        return Pause(seconds) if seconds <= self.longest_pause_s else None


def ask(call: Call, retry: Retry) -> Plan[dict[str, Any]]:
    """The JSON object that answers a call."""
    response = yield from exchange(call, retry)
    answer = _object(response)
    if answer is None:
        raise Unexpected(f"{told(call)} was answered with something else than JSON", status=response.status_code)
    return answer


def exchange(call: Call, retry: Retry) -> Plan[httpx.Response]:
    """The successful response to a call, after as many attempts as the policy grants."""
    attempt = 1
    while True:
        outcome = yield call
        assert outcome is not None  # noqa: S101 - a shell answers every call
        error = trouble(call, outcome)
        if error is None:
            return outcome  # type: ignore[return-value]
        pause = retry.pause(attempt, getattr(error, "retry_after", None)) if _passing(outcome) else None
        if pause is None:
            raise error
        yield pause
        attempt += 1


def _passing(outcome: Outcome) -> bool:
    """Whether another attempt may succeed. An answer that took too long is not asked for again."""
    if isinstance(outcome, httpx.Response):
        return outcome.status_code in RETRIED
    return isinstance(outcome, RETRIED_ERRORS)


def trouble(call: Call, outcome: Outcome) -> LarderError | None:
    """The error that an outcome means, None for success."""
    if isinstance(outcome, httpx.RequestError):
        what = "took too long" if isinstance(outcome, httpx.TimeoutException) else "could not be reached"
        reason = str(outcome) or type(outcome).__name__
        error = Unavailable(f"Larder {what}: {told(call)} ({reason})", code="unreachable")
        error.__cause__ = outcome
        return error
    if outcome.is_success:
        return None
    answer = _object(outcome) or {}
    status, detail = outcome.status_code, _detail(answer) or f"{told(call)} was answered HTTP {outcome.status_code}"
    extra = {name: value for name, value in answer.items() if name not in ("code", "detail")}
    rest: dict[str, Any] = {"status": status, "code": str(answer.get("code") or ""), "extra": extra}
    if status in UNAVAILABLE:
        return Unavailable(detail, retry_after=_retry_after(outcome), **rest)
    if 400 <= status < 500:
        return REFUSALS.get(status, Refused)(detail, **rest)
    return Unexpected(detail, **rest)


def told(call: Call) -> str:
    """A call as people know it: its method and its whole path."""
    return f"{call.method} {call.root}{call.path}"


def _detail(answer: Mapping[str, Any]) -> str:
    detail = answer.get("detail")
    return detail if isinstance(detail, str) else ""


def _object(response: httpx.Response) -> dict[str, Any] | None:
    try:
        answer = response.json()
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _retry_after(response: httpx.Response) -> float | None:
    """Retry-After in seconds from now, given in seconds or as a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())

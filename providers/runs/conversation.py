"""Talking to one provider, in either contract. Knows HTTP answers and their meaning, no database.

Contract 1: `POST /internal/sync` answers 200 `{"upserted": n}` when all is done. Contract 2: it answers 202 with the
provider's state at once, and `GET /internal/state` tells when the work has ended.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any, NoReturn
from uuid import UUID

import httpx

from providers.errors import CallRefused, CallUnavailable, OutboundTimeout
from providers.incremental.wire import BEGINNING, Progress, StartingPoint, opening, read_progress
from providers.outbound.http import OutboundResponse, call
from providers.outbound.shown import shown
from providers.outbound.signatures import signature_headers
from providers.outbound.waiting import retry_after_s
from providers.runs.admissions import admitted_failure

POLL_FIRST_S, POLL_GROWTH, POLL_LAST_S = 0.2, 1.5, 2.0
POLL_FAILURES = 3
CLOCK_GRAIN = timedelta(seconds=2)

# What a status means for a person: the code, and the sentence before the provider's own words.
REFUSALS = {
    401: ("unauthorized", "The provider does not accept its secret (401)."),
    403: ("forbidden", "The provider knows the secret but forbids the call (403)."),
    404: ("not_found", "There is no {path} at this URL (404)."),
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """Whom to call, for which run, how long all of it may take, and what the sync goes on from."""

    url: str
    secret: str
    run_id: UUID
    timeout_ms: int
    max_body_bytes: int
    starts_from: StartingPoint = BEGINNING


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The provider says that the sync succeeded. `reported` is its own count, None where it gave none."""

    contract: int
    http_status: int
    reported: int | None
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class ProviderState:
    """Contract 2's account of the sync that runs, or ran last."""

    in_progress: bool
    last_sync_at: datetime | None
    last_sync_count: int | None
    failure: str
    """What it says went wrong, quoted; "" where nothing did."""
    run_id: str | None = None
    """Which run the sync was started for, where it tells."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


async def converse(target: Target, *, client: httpx.AsyncClient) -> Outcome:
    """Have the provider sync, and wait until it has. Raises CallRefused or CallUnavailable with a readable sentence."""
    state, ours = await _start(target, client=client)
    if isinstance(state, Outcome):
        return state
    ended = await _wait_until_done(target, state, client=client)
    if not ours:
        # Somebody else's sync was under way and ours started nothing: what changed since is not in it. Ask again.
        state, _ = await _start(target, client=client)
        if isinstance(state, Outcome):
            return state
        ended = await _wait_until_done(target, state, client=client)
    if ended.failure:
        raise _failed(ended.failure)
    progress = read_progress(ended.fields, ended.headers)
    if ended.run_id not in (None, str(target.run_id)):
        progress = replace(progress, state=None)  # of another run, which went on from something else
    return Outcome(contract=2, http_status=202, reported=ended.last_sync_count, progress=progress)


def signed_headers(target: Target, *, sent_at: int, body: bytes = b"") -> dict[str, str]:
    """Credential, correlation and the Standard Webhooks signature. `sent_at` in Unix seconds."""
    signature = signature_headers(str(target.run_id), secret=target.secret, sent_at=sent_at, body=body)
    headers = {"X-Correlation-ID": str(target.run_id), **signature}
    if not target.secret:
        return headers
    return headers | {"Authorization": f"Bearer {target.secret}", "X-Internal-API-Key": target.secret}


async def _start(target: Target, *, client: httpx.AsyncClient) -> tuple[ProviderState | Outcome, bool]:
    """Contract 1's outcome, or contract 2's state and whether the sync in it is the one that this call began."""
    headers, body = opening(target.starts_from)
    answer = await _ask(target, "POST", "/internal/sync", client=client, headers=headers, body=body)
    if answer.status == 202:
        state = read_state(answer)
        return state, _is_ours(state, target)
    fields = _read_success(answer)
    reported, progress = _whole_number(fields, "upserted", answer), read_progress(fields, answer.headers)
    return Outcome(contract=1, http_status=answer.status, reported=reported, progress=progress), True


async def _wait_until_done(target: Target, state: ProviderState, *, client: httpx.AsyncClient) -> ProviderState:
    """Ask again at growing distances. A sync that began after ours covers it, so its end counts as well."""
    began, pause_s, failures = state.last_sync_at, POLL_FIRST_S, 0
    while state.in_progress:
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * POLL_GROWTH, POLL_LAST_S)
        try:
            state = read_state(await _ask(target, "GET", "/internal/state", client=client))
            failures = 0
        except OutboundTimeout:
            raise
        except CallUnavailable:
            failures += 1
            if failures == POLL_FAILURES:
                raise
    if began and (state.last_sync_at is None or state.last_sync_at < began):
        raise CallUnavailable("The provider has forgotten the sync; it was probably restarted.", code="sync_lost")
    return state


def _is_ours(state: ProviderState, target: Target) -> bool:
    """By the run that it names; else by the provider's own clock on both sides, so that it may be as wrong as it is."""
    if state.run_id is not None:
        return state.run_id == str(target.run_id)
    if state.last_sync_at is None:
        return True
    try:
        answered = parsedate_to_datetime(state.headers["Date"])
    except (KeyError, ValueError):
        return True
    return state.last_sync_at >= _aware(answered) - CLOCK_GRAIN


async def _ask(
    target: Target,
    method: str,
    path: str,
    *,
    client: httpx.AsyncClient,
    headers: Mapping[str, str] = MappingProxyType({}),
    body: bytes = b"",
) -> OutboundResponse:
    """A successful answer, or the exception that its status means."""
    answer = await call(
        client,
        method,
        target.url + path,
        headers={**headers, **signed_headers(target, sent_at=int(time.time()), body=body)},
        max_body_bytes=target.max_body_bytes,
        content=body or None,
    )
    if not 200 <= answer.status < 300:
        _explain_status(answer, path)
    return answer


def _explain_status(answer: OutboundResponse, path: str) -> NoReturn:
    status, said = answer.status, f" It said: {shown(answer.body)}" if answer.body.strip() else ""
    if status in REFUSALS:
        code, sentence = REFUSALS[status]
        raise CallRefused(sentence.format(path=path) + said, code=code, http_status=status)
    if status == 429:
        wait = f" and asks to wait {shown(answer.headers['Retry-After'])}" if "Retry-After" in answer.headers else ""
        sentence, code = f"The provider is asked too often (429){wait}.", "rate_limited"
        raise CallUnavailable(sentence, code=code, http_status=status, retry_after_s=retry_after_s(answer.headers))
    if status >= 500:
        sentence, code = f"The provider failed ({status}).{said}", "provider_error"
        raise CallUnavailable(sentence, code=code, http_status=status, retry_after_s=retry_after_s(answer.headers))
    raise CallRefused(f"The provider rejects the call ({status}).{said}", code="rejected", http_status=status)


def _read_success(answer: OutboundResponse) -> dict[str, Any]:
    """Contract 1's answer. One that is empty is a success all the same, unless it admits that it is none."""
    fields = _read_object(answer) if answer.body.strip() else {}
    if admitted := admitted_failure(fields, status=answer.status):
        raise _failed(admitted, http_status=answer.status)
    return fields


def read_state(answer: OutboundResponse) -> ProviderState:
    fields = _read_object(answer)
    if not isinstance(fields.get("in_progress"), bool):
        raise _bad_answer(answer, "tells no `in_progress`")
    error = fields.get("last_error")
    failure = shown(str(error)) if error is not None else admitted_failure(fields, status=answer.status)
    return ProviderState(
        in_progress=fields["in_progress"],
        last_sync_at=_read_instant(fields.get("last_sync_at")),
        last_sync_count=_whole_number(fields, "last_sync_count", answer),
        failure=failure,
        run_id=fields["run_id"] if isinstance(fields.get("run_id"), str) else None,
        fields=fields,
        headers=answer.headers,
    )


def _read_object(answer: OutboundResponse) -> dict[str, Any]:
    try:
        value = json.loads(answer.body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        if answer.body.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
            raise _bad_answer(answer, "is a web page, no JSON. Is the URL right? It says") from error
        raise _bad_answer(answer, "is no JSON") from error
    if not isinstance(value, dict):
        raise _bad_answer(answer, "is no JSON object")
    return value


def _whole_number(fields: Mapping[str, Any], name: str, answer: OutboundResponse) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise _bad_answer(answer, f"has no whole number as `{name}`")
    return value


def _read_instant(value: object) -> datetime | None:
    """Without a zone it is UTC; what cannot be read is not known."""
    try:
        return _aware(datetime.fromisoformat(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _failed(said: str, *, http_status: int | None = None) -> CallUnavailable:
    sentence = f"The provider reports that its sync failed: {said}."
    return CallUnavailable(sentence, code="provider_failed", http_status=http_status)


def _bad_answer(answer: OutboundResponse, fault: str) -> CallRefused:
    return CallRefused(
        f"The provider's answer ({answer.status}) {fault}: {shown(answer.body)}",
        code="bad_answer",
        http_status=answer.status,
    )

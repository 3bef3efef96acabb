"""What a provider answers, asked harmlessly: `GET /health`, `GET /manifest` and `GET /internal/state`.

Where it keeps no state, `OPTIONS /internal/sync` is asked instead. The secret goes to `/internal/` only. A step that
makes the next ones pointless is the last.
"""

import json
import time
from collections.abc import Mapping
from ipaddress import ip_address
from uuid import uuid4

import httpx
from django.conf import settings

from providers.doctor.steps import ASK_ITS_LOG, FIXES, NOT_ALLOWED, Step, bad, failed, ok, warn
from providers.errors import CallFailed, OutboundTimeout
from providers.outbound.addresses import Policy, refusal
from providers.outbound.http import (
    OutboundResponse,
    Resolve,
    allowed,
    call,
    check_url,
    deadline,
    judge,
    open_client,
)
from providers.outbound.shown import shown
from providers.runs.conversation import ProviderState, Target, read_state, signed_headers

PROBE_MS = 4_000
MOST_PROBES = 5
BOTH_SIDES = "Set the same secret on both sides: here under Edit, there in the provider's own settings."
NO_SUCH_PATH = (404, 405, 501)


async def visit(url: str, *, secret: str, resolve: Resolve) -> list[Step]:
    """Every step that could be taken; at most `MOST_PROBES` × `PROBE_MS`. Raises nothing of the network."""
    try:
        addresses = await _resolve(url, resolve)
    except CallFailed as error:
        return [failed("name", error)]
    steps = [ok("name", f"{httpx.URL(url).host} is {', '.join(addresses[:4])}."), tell_policy(url, addresses)]
    if steps[-1].state == "bad":
        return steps
    target = Target(
        url=url, secret=secret, run_id=uuid4(), timeout_ms=PROBE_MS, max_body_bytes=settings.SYNC_BODY_BYTES
    )
    async with open_client(Policy.PROVIDER, resolve=resolve) as client:
        return steps + await _converse(target, client=client)


async def _converse(target: Target, *, client: httpx.AsyncClient) -> list[Step]:
    steps: list[Step] = []
    try:
        answer = await _ask(target, "GET", "/health", client=client)
        steps += [_connection(target.url), _health(answer)]
    except OutboundTimeout as error:
        steps.append(warn("health", error.detail, FIXES["timed_out"]))
    except CallFailed as error:
        return [failed("connection", error)]
    try:
        steps += await _contract(target, client=client)
    except CallFailed as error:
        return [*steps, failed("contract", error)]
    return [*steps, await _manifest(target, client=client)]


async def _contract(target: Target, *, client: httpx.AsyncClient) -> list[Step]:
    """Which contract it follows, and whether it knows our secret: by its state, or else by asking for its methods."""
    answer = await _ask(target, "GET", "/internal/state", client=client, known=True)
    if answer.status in (401, 403):
        return [_rejected(answer)]
    if answer.status in NO_SUCH_PATH:
        return await _first_contract(target, client=client)
    if not 200 <= answer.status < 300:
        said = f"GET /internal/state answers {answer.status}: {shown(answer.body)}"
        return [bad("contract", said, ASK_ITS_LOG)]
    state = read_state(answer)
    steps = [ok("contract", "Contract 2: a sync is started, and GET /internal/state tells when it has ended.")]
    return [*steps, await _anonymous(target, client=client), _last_sync(state)]


async def _first_contract(target: Target, *, client: httpx.AsyncClient) -> list[Step]:
    answer = await _ask(target, "OPTIONS", "/internal/sync", client=client, known=True)
    if answer.status in (401, 403):
        return [_rejected(answer)]
    if answer.status == 404:
        fix = "Correct the URL: it is the address up to, but not with, /internal/sync."
        return [bad("contract", "Nothing is at /internal/sync below this URL (404).", fix)]
    return [
        ok("contract", "Contract 1: it keeps no state, so a sync answers when it is done."),
        warn(
            "credential",
            "Whether it accepts the secret shows only in a sync.",
            "Press Sync now, or run `manage.py doctor <provider> --sync`.",
        ),
    ]


async def _anonymous(target: Target, *, client: httpx.AsyncClient) -> Step:
    """The secret was accepted. That says something only where the same question without one is refused."""
    answer = await _ask(target, "GET", "/internal/state", client=client)
    if 200 <= answer.status < 300:
        detail = "It answers anyone, also without a secret."
        return warn("credential", detail, "Have the provider check its secret, so that only Larder can start syncs.")
    return ok("credential", "It accepts the secret, and refuses those without one.")


async def _manifest(target: Target, *, client: httpx.AsyncClient) -> Step:
    try:
        answer = await _ask(target, "GET", "/manifest", client=client)
    except CallFailed as error:
        return warn("manifest", error.detail, FIXES.get(error.code, ASK_ITS_LOG))
    if answer.status in NO_SUCH_PATH:
        return ok("manifest", "It gives none, and need not.")
    fields = _object(answer)
    if answer.status != 200 or fields is None:
        return warn("manifest", f"GET /manifest answers {answer.status}: {shown(answer.body)}", ASK_ITS_LOG)
    named = [f"{name} {shown(str(fields[name]))}" for name in ("id", "name", "version") if fields.get(name)]
    return ok("manifest", f"{', '.join(named) or 'given'}."[:200])


def tell_policy(url: str, addresses: list[str]) -> Step:
    """Whether Larder may call these addresses, and whether the secret would be safe on the way."""
    for address in addresses:
        if reason := judge(httpx.URL(url).raw_host.decode(), address, Policy.PROVIDER):
            fix = FIXES["address_refused"] if refusal(address, Policy.PROVIDER) else NOT_ALLOWED
            return bad("policy", f"Must not be called: {reason}.", fix)
    abroad = [address for address in addresses if ip_address(address.partition("%")[0]).is_global]
    if abroad and httpx.URL(url).scheme == "http":
        detail = f"{abroad[0]} is a public address, and the secret would travel in the clear."
        return warn("policy", detail, "Have the provider listen on https, and register that address.")
    return ok("policy", "The operator's list allows it." if allowed() else "Its addresses may be called.")


def _connection(url: str) -> Step:
    how = "over TLS, with a trusted certificate" if httpx.URL(url).scheme == "https" else "without encryption"
    return ok("connection", f"It answers {how}.")


def _health(answer: OutboundResponse) -> Step:
    if answer.status in NO_SUCH_PATH:
        return ok("health", "It has no /health, and need not.")
    said = (_object(answer) or {}).get("status")
    if not 200 <= answer.status < 300:
        return warn("health", f"GET /health answers {answer.status}: {shown(answer.body)}", ASK_ITS_LOG)
    if isinstance(said, str) and said.lower() not in ("ok", "healthy", "up", "pass", "ready"):
        return warn("health", f"It says of itself: {shown(said)}.", ASK_ITS_LOG)
    return ok("health", "It says that it is well.")


def _last_sync(state: ProviderState) -> Step:
    if state.in_progress:
        return ok("state", "A sync is under way at the provider.")
    if state.failure:
        return warn("state", f"Its last sync failed: {state.failure}.", ASK_ITS_LOG)
    if state.last_sync_at is None:
        return ok("state", "It has not synced since it was started.")
    count = f", with {state.last_sync_count:,} documents" if state.last_sync_count is not None else ""
    return ok("state", f"Its last sync began {state.last_sync_at:%Y-%m-%d %H:%M:%S} UTC{count}.")


# --- asking -----------------------------------------------------------------------------------------------------------


async def _resolve(url: str, resolve: Resolve) -> list[str]:
    """The addresses of the URL's host, as the guard at the door will see them."""
    check_url(url)
    parts = httpx.URL(url)
    async with deadline(PROBE_MS):
        return await resolve(parts.host, parts.port or (443 if parts.scheme == "https" else 80))


async def _ask(
    target: Target, method: str, path: str, *, client: httpx.AsyncClient, known: bool = False
) -> OutboundResponse:
    """One question in its own time; `known`: with our credential."""
    headers: Mapping[str, str] = signed_headers(target, sent_at=int(time.time())) if known else {}
    async with deadline(PROBE_MS):
        return await call(client, method, target.url + path, headers=headers, max_body_bytes=target.max_body_bytes)


def _object(answer: OutboundResponse) -> dict[str, object] | None:
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _rejected(answer: OutboundResponse) -> Step:
    said = f" It said: {shown(answer.body)}" if answer.body.strip() else ""
    return bad("credential", f"The provider does not accept its secret ({answer.status}).{said}", BOTH_SIDES)

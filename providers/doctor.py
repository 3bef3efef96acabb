"""Looking a provider over, step by step, without starting a sync.

What is asked of it is harmless: `GET /health`, `GET /manifest` and `GET /internal/state`; where it keeps no state,
`OPTIONS /internal/sync`. The secret goes to `/internal/` only. Each question has `PROBE_MS`, so the whole ends in time
even where every one of them hangs. A step that makes the next ones pointless is the last.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Literal
from uuid import uuid4

import httpx
from django.conf import settings

from knowledge.models import AccessKey
from providers.addresses import Policy, refusal
from providers.conversation import ProviderState, Target, read_state, signed_headers
from providers.errors import CallFailed, CallRefused, OutboundTimeout
from providers.models import Provider
from providers.outbound import (
    Answer,
    Resolve,
    allowed,
    call,
    check_url,
    deadline,
    judge,
    open_client,
    resolve_host,
    shown,
)
from providers.readiness import ReadinessRow
from providers.secrets import decrypt_secret

Step = ReadinessRow

PROBE_MS = 4_000
MOST_PROBES = 5
AT_ONCE = 16
BOTH_SIDES = "Set the same secret on both sides: here under Edit, there in the provider's own settings."
START_IT = "Start the provider, or correct host and port of its URL."
NO_SUCH_PATH = (404, 405, 501)

FIXES = {
    "dns_failed": "Correct the host in the URL, or make the name known on the machines that run Larder.",
    "connect_failed": START_IT,
    "connection_lost": "Look at the provider's log; another kind of server may listen on this port.",
    "tls_failed": "Renew its certificate, or add its authority to the trusted ones of the machines that run Larder.",
    "timed_out": "See whether the provider hangs, and whether a firewall lets Larder through.",
    "redirect_refused": "Register the address that it redirects to.",
    "url_refused": "Correct the URL.",
    "address_refused": "Register the provider under another address.",
}
NOT_ALLOWED = "Register it under an allowed address, or add it to PROVIDER_ALLOWED_NETWORKS or PROVIDER_ALLOWED_HOSTS."
ASK_ITS_LOG = "Look at the provider's log."


def examine(provider: Provider, *, now: datetime, resolve: Resolve = resolve_host) -> list[Step]:
    """Every step that could be taken, in order; at most `MOST_PROBES` × `PROBE_MS`. Raises nothing of the network."""
    return examine_all([provider], now=now, resolve=resolve)[0]


def examine_all(providers: Sequence[Provider], *, now: datetime, resolve: Resolve = resolve_host) -> list[list[Step]]:
    """The same for many, in their order; `AT_ONCE` of them are visited at the same time."""
    records = [_on_record(provider, now=now) for provider in providers]
    return asyncio.run(_visit_all(records, resolve=resolve))


def verdict(steps: list[Step]) -> Literal["ok", "warn", "bad"]:
    """The worst of the steps."""
    states = {step.state for step in steps}
    return "bad" if "bad" in states else "warn" if "warn" in states else "ok"


# --- what is on record ------------------------------------------------------------------------------------------------


def _on_record(provider: Provider, *, now: datetime) -> tuple[list[Step], Target | None]:
    """What the registry tells, and whom to visit; None where there is no secret to go with."""
    steps = [_registration(provider), _push_key(provider, now=now)]
    try:
        secret = decrypt_secret(provider.secret_encrypted)
    except CallRefused as error:
        fix = "Enter the secret again under Edit, or bring the lost key back into SECRETS_KEYS."
        return [*steps, _bad("secret", error.detail, fix)], None
    target = Target(
        url=provider.url, secret=secret, run_id=uuid4(), timeout_ms=PROBE_MS, max_body_bytes=settings.SYNC_BODY_BYTES
    )
    return [*steps, _secret(secret)], target


def _registration(provider: Provider) -> Step:
    if not provider.enabled:
        return _warn("registration", "It is paused, so it is not synced.", "Resume it.")
    if provider.schedule_error:
        return _bad("registration", provider.schedule_error, "Save its schedule again.")
    if not provider.sync_schedule:
        return _ok("registration", "Enabled; synced only when asked.")
    return _ok("registration", f"Enabled, on the schedule {provider.sync_schedule} ({provider.timezone}).")


def _push_key(provider: Provider, *, now: datetime) -> Step:
    """Called, it pushes back: that takes a key which may write this source."""
    roles = (AccessKey.Role.PROVIDER, AccessKey.Role.ADMIN)
    keys = AccessKey.objects.usable(now).filter(role__in=roles)
    own = keys.filter(source=provider.pk).order_by("-last_used_at").first()
    if own:
        return _ok("access key", f"The key {own.prefix}… writes this source.")
    if keys.filter(source=None).exists():
        return _ok("access key", "A key that is bound to no source can write this one.")
    fix = f"Make one: `manage.py create_key {provider.pk} --role provider --source {provider.pk}`, and give it to it."
    return _bad("access key", f"No usable access key may push to the source {provider.pk}.", fix)


def _secret(secret: str) -> Step:
    if secret:
        return _ok("secret", "Set, and readable with the configured keys.")
    return _warn("secret", "None is set: the provider cannot know that Larder calls.", "Set one on both sides.")


# --- what it answers --------------------------------------------------------------------------------------------------


async def _visit_all(records: list[tuple[list[Step], Target | None]], *, resolve: Resolve) -> list[list[Step]]:
    places = asyncio.Semaphore(AT_ONCE)

    async def visit(steps: list[Step], target: Target | None) -> list[Step]:
        async with places:
            return steps + await _visit(target, resolve=resolve) if target else steps

    return await asyncio.gather(*(visit(*record) for record in records))


async def _visit(target: Target, *, resolve: Resolve) -> list[Step]:
    steps: list[Step] = []
    try:
        addresses = await _resolve(target.url, resolve)
    except CallFailed as error:
        return [_failed("name", error)]
    steps.append(_ok("name", f"{httpx.URL(target.url).host} is {', '.join(addresses[:4])}."))
    steps.append(_policy(target.url, addresses))
    if steps[-1].state == "bad":
        return steps
    async with open_client(Policy.PROVIDER, resolve=resolve) as client:
        return steps + await _converse(target, client=client)


async def _converse(target: Target, *, client: httpx.AsyncClient) -> list[Step]:
    steps: list[Step] = []
    try:
        answer = await _ask(target, "GET", "/health", client=client)
        steps += [_connection(target.url), _health(answer)]
    except OutboundTimeout as error:
        steps.append(_warn("health", error.detail, FIXES["timed_out"]))
    except CallFailed as error:
        return [_failed("connection", error)]
    try:
        steps += await _contract(target, client=client)
    except CallFailed as error:
        return [*steps, _failed("contract", error)]
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
        return [_bad("contract", said, ASK_ITS_LOG)]
    state = read_state(answer)
    steps = [_ok("contract", "Contract 2: a sync is started, and GET /internal/state tells when it has ended.")]
    return [*steps, await _stranger(target, client=client), _last_sync(state)]


async def _first_contract(target: Target, *, client: httpx.AsyncClient) -> list[Step]:
    answer = await _ask(target, "OPTIONS", "/internal/sync", client=client, known=True)
    if answer.status in (401, 403):
        return [_rejected(answer)]
    if answer.status == 404:
        fix = "Correct the URL: it is the address up to, but not with, /internal/sync."
        return [_bad("contract", "Nothing is at /internal/sync below this URL (404).", fix)]
    return [
        _ok("contract", "Contract 1: it keeps no state, so a sync answers when it is done."),
        _warn(
            "credential",
            "Whether it accepts the secret shows only in a sync.",
            "Press Sync now, or run `manage.py doctor <provider> --sync`.",
        ),
    ]


async def _stranger(target: Target, *, client: httpx.AsyncClient) -> Step:
    """The secret was accepted. That says something only where the same question without one is refused."""
    answer = await _ask(target, "GET", "/internal/state", client=client)
    if 200 <= answer.status < 300:
        detail = "It answers anyone, also without a secret."
        return _warn("credential", detail, "Have the provider check its secret, so that only Larder can start syncs.")
    return _ok("credential", "It accepts the secret, and refuses those without one.")


async def _manifest(target: Target, *, client: httpx.AsyncClient) -> Step:
    try:
        answer = await _ask(target, "GET", "/manifest", client=client)
    except CallFailed as error:
        return _warn("manifest", error.detail, FIXES.get(error.code, ASK_ITS_LOG))
    if answer.status in NO_SUCH_PATH:
        return _ok("manifest", "It gives none, and need not.")
    fields = _object(answer)
    if answer.status != 200 or fields is None:
        return _warn("manifest", f"GET /manifest answers {answer.status}: {shown(answer.body)}", ASK_ITS_LOG)
    named = [f"{name} {shown(str(fields[name]))}" for name in ("id", "name", "version") if fields.get(name)]
    return _ok("manifest", f"{', '.join(named) or 'given'}."[:200])


def _policy(url: str, addresses: list[str]) -> Step:
    for address in addresses:
        if reason := judge(httpx.URL(url).raw_host.decode(), address, Policy.PROVIDER):
            fix = FIXES["address_refused"] if refusal(address, Policy.PROVIDER) else NOT_ALLOWED
            return _bad("policy", f"Must not be called: {reason}.", fix)
    abroad = [address for address in addresses if ip_address(address.partition("%")[0]).is_global]
    if abroad and httpx.URL(url).scheme == "http":
        detail = f"{abroad[0]} is a public address, and the secret would travel in the clear."
        return _warn("policy", detail, "Have the provider listen on https, and register that address.")
    return _ok("policy", "The operator's list allows it." if allowed() else "Its addresses may be called.")


def _connection(url: str) -> Step:
    how = "over TLS, with a trusted certificate" if httpx.URL(url).scheme == "https" else "without encryption"
    return _ok("connection", f"It answers {how}.")


def _health(answer: Answer) -> Step:
    if answer.status in NO_SUCH_PATH:
        return _ok("health", "It has no /health, and need not.")
    said = (_object(answer) or {}).get("status")
    if not 200 <= answer.status < 300:
        return _warn("health", f"GET /health answers {answer.status}: {shown(answer.body)}", ASK_ITS_LOG)
    if isinstance(said, str) and said.lower() not in ("ok", "healthy", "up", "pass", "ready"):
        return _warn("health", f"It says of itself: {shown(said)}.", ASK_ITS_LOG)
    return _ok("health", "It says that it is well.")


def _last_sync(state: ProviderState) -> Step:
    if state.in_progress:
        return _ok("state", "A sync is under way at the provider.")
    if state.last_error is not None:
        return _warn("state", f"Its last sync failed: {shown(state.last_error)}.", ASK_ITS_LOG)
    if state.last_sync_at is None:
        return _ok("state", "It has not synced since it was started.")
    count = f", with {state.last_sync_count:,} documents" if state.last_sync_count is not None else ""
    return _ok("state", f"Its last sync began {state.last_sync_at:%Y-%m-%d %H:%M:%S} UTC{count}.")


# --- asking -----------------------------------------------------------------------------------------------------------


async def _resolve(url: str, resolve: Resolve) -> list[str]:
    """The addresses of the URL's host, as the guard at the door will see them."""
    check_url(url)
    parts = httpx.URL(url)
    async with deadline(PROBE_MS):
        return await resolve(parts.host, parts.port or (443 if parts.scheme == "https" else 80))


async def _ask(target: Target, method: str, path: str, *, client: httpx.AsyncClient, known: bool = False) -> Answer:
    """One question in its own time; `known`: with our credential."""
    headers: Mapping[str, str] = signed_headers(target, sent_at=int(time.time())) if known else {}
    async with deadline(PROBE_MS):
        return await call(client, method, target.url + path, headers=headers, max_body_bytes=target.max_body_bytes)


def _object(answer: Answer) -> dict[str, object] | None:
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _rejected(answer: Answer) -> Step:
    said = f" It said: {shown(answer.body)}" if answer.body.strip() else ""
    return _bad("credential", f"The provider does not accept its secret ({answer.status}).{said}", BOTH_SIDES)


def _failed(name: str, error: CallFailed) -> Step:
    return _bad(name, error.detail, FIXES.get(error.code, ASK_ITS_LOG))


def _ok(name: str, detail: str) -> Step:
    return Step(name=name, state="ok", detail=detail)


def _warn(name: str, detail: str, fix: str) -> Step:
    return Step(name=name, state="warn", detail=detail, fix=fix)


def _bad(name: str, detail: str, fix: str) -> Step:
    return Step(name=name, state="bad", detail=detail, fix=fix)

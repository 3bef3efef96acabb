"""The provider as an ASGI application: four routes, no framework."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from larder_sdk.client import KnowledgeClient
from larder_sdk.provider.runner import SyncRunner
from larder_sdk.provider.signatures import is_signed, verify_signature
from larder_sdk.provider.syncs import read_call
from larder_sdk.tracing import trace_of

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_SIGNED_BYTES = 1024 * 1024
"""A signed body is read up to here; any other body is not read at all, as nobody can vouch for it."""
CORRELATION_ID = re.compile(r"[A-Za-z0-9._:\-]{1,128}")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One JSON response."""

    status: int
    body: Mapping[str, Any]
    headers: tuple[tuple[str, str], ...] = ()


UNAUTHORIZED = Answer(
    status=401,
    body={"code": "unauthorized", "detail": "The provider's secret is missing or wrong."},
    headers=(("WWW-Authenticate", "Bearer"),),
)
NOT_FOUND = Answer(status=404, body={"code": "not_found", "detail": "There is no such path here."})


class ProviderApp:
    """Serves one SyncRunner. `/internal/*` asks for the secret; `/health` and `/manifest` are open."""

    def __init__(
        self,
        *,
        runner: SyncRunner,
        manifest: Mapping[str, Any],
        secret: str,
        client: KnowledgeClient,
        owns_client: bool,
    ) -> None:
        self.runner = runner
        self._manifest = manifest
        self._secret = secret
        self._client = client
        self._owns_client = owns_client
        self._routes = {
            "/health": ("GET", self._health),
            "/manifest": ("GET", self._show_manifest),
            "/internal/state": ("GET", self._state),
            "/internal/sync": ("POST", self._sync),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await _reply(send, await self._answer(scope, receive), head=scope["method"] == "HEAD")
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        """Until shutdown; then a sync that runs is cut off and an own client closed."""
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await self.runner.stop()
        if self._owns_client:
            await self._client.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        method, handle = self._routes.get(scope["path"], ("", None))
        if handle is None:
            return NOT_FOUND
        if scope["method"] not in (method, "HEAD" if method == "GET" else method):
            detail = f"{scope['path']} answers {method} only."
            return Answer(
                status=405, body={"code": "method_not_allowed", "detail": detail}, headers=(("Allow", method),)
            )
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        body: bytes | None = b""
        if scope["path"].startswith("/internal/"):
            body = await self._read_from_platform(headers, receive)
        return UNAUTHORIZED if body is None else handle(headers, body)

    def _health(self, _: Mapping[str, str], __: bytes) -> Answer:
        return Answer(status=200, body={"status": "healthy", "version": self._manifest["version"]})

    def _show_manifest(self, _: Mapping[str, str], __: bytes) -> Answer:
        return Answer(status=200, body=self._manifest)

    def _state(self, _: Mapping[str, str], __: bytes) -> Answer:
        return Answer(status=200, body=self.runner.state.as_json())

    def _sync(self, headers: Mapping[str, str], body: bytes) -> Answer:
        correlation_id = headers.get("x-correlation-id", "")
        accepted = correlation_id if CORRELATION_ID.fullmatch(correlation_id) else None
        call = read_call(accepted, since=headers.get("x-larder-since", ""), body=body)
        return Answer(status=202, body=self.runner.start(replace(call, trace=trace_of(headers))).as_json())

    async def _read_from_platform(self, headers: Mapping[str, str], receive: Receive) -> bytes | None:
        """The body, empty where it is not signed; None unless the caller knows the secret and signed with that, if at
        all."""
        if not _knows(self._secret, headers):
            return None
        if not is_signed(headers):
            return b""
        body = await _read(receive, MAX_SIGNED_BYTES)
        if body is None or not verify_signature(headers, body, secret=self._secret, now=datetime.now(UTC)):
            return None
        return body


def _knows(secret: str, headers: Mapping[str, str]) -> bool:
    """Compares in constant time; an empty secret lets nobody in."""
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    offered = [headers.get("x-internal-api-key", ""), bearer.strip() if scheme.lower() == "bearer" else ""]
    fits = [hmac.compare_digest(candidate.encode("latin-1"), secret.encode()) for candidate in offered]
    return bool(secret) and any(fits)


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The request's body, None when it is longer than `limit` bytes or breaks off."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _reply(send: Send, answer: Answer, *, head: bool) -> None:
    body = json.dumps(answer.body).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *answer.headers]
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": b"" if head else body})

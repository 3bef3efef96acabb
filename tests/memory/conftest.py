"""What the tests of memory share: a context, those who may act in it, and clients that speak with its keys."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.audit import LARDER
from accounts.keys import create_key
from accounts.models import AccessKey
from memory.access.caller import MemoryCaller
from memory.access.contexts import create_context
from memory.access.keys import make_key
from memory.models import Context, Principal

Speak = Callable[..., "MemoryApi"]


@pytest.fixture
def context(db: None, now: datetime) -> Context:
    return create_context("acme", now=now, actor=LARDER)


@pytest.fixture
def neighbour(db: None, now: datetime) -> Context:
    return create_context("globex", now=now, actor=LARDER)


@pytest.fixture
def admin_caller(context: Context) -> MemoryCaller:
    """An admin in `context`, for verbs that are called without a request."""
    return MemoryCaller(context=context, name="admin", actor=LARDER, is_admin=True)


@pytest.fixture
def caller_with(context: Context) -> Callable[..., MemoryCaller]:
    """`caller_with({"memory:read": ["org/acme/*"]})` is a caller with those grants."""

    def make(*layers: Mapping[str, Any], **fields: Any) -> MemoryCaller:
        given = tuple({verb: frozenset(patterns) for verb, patterns in layer.items()} for layer in layers)
        return MemoryCaller(context=context, name="agent", actor=LARDER, layers=given, **fields)

    return make


class MemoryApi:
    """Speaks JSON with one key; paths begin behind the context: `memory("post", "facts", {…})`.

    Without a body nothing is sent, as the published clients do.
    """

    def __init__(self, client: Client, key: str, context: str) -> None:
        self.client, self.key, self.base = client, key, f"/api/v1/{context}"
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def __call__(self, method: str, path: str = "", body: Any = None, **headers: str) -> Any:
        sent, kind = (b"", "application/octet-stream") if body is None else (json.dumps(body), "application/json")
        at = f"{self.base}/{path}" if path else self.base
        return self.client.generic(method.upper(), at, sent, content_type=kind, headers=self.headers | headers)

    def at(self, context: str) -> "MemoryApi":
        """The same key at the addresses of another context."""
        return MemoryApi(self.client, self.key, context)


@pytest.fixture
def agent(context: Context, client: Client) -> Speak:
    """`agent()` speaks with a key that may do all in `context`; `agent({"memory:read": ["org/acme"]})` with grants;

    `agent(context=neighbour)` with one of another context.
    """
    client.raise_request_exception = False
    made = iter(range(1_000))

    def speak(
        grants: Mapping[str, Any] | None = None,
        *,
        context: Context = context,
        principal: Principal | None = None,
    ) -> MemoryApi:
        given = {verb: frozenset(patterns) for verb, patterns in grants.items()} if grants is not None else None
        new = make_key(context, name=f"agent {next(made)}", actor=LARDER, principal=principal, grants=given)
        return MemoryApi(client, new.text, context.pk)

    return speak


@pytest.fixture
def memory(agent: Speak) -> MemoryApi:
    """A key that may do all in `context`."""
    return agent()


@pytest.fixture
def admin_key(db: None, client: Client) -> str:
    client.raise_request_exception = False
    return create_key("admin", role=AccessKey.Role.ADMIN)[1]


@pytest.fixture
def admin(context: Context, client: Client, admin_key: str) -> MemoryApi:
    """An admin's key, at the addresses of `context`."""
    return MemoryApi(client, admin_key, context.pk)

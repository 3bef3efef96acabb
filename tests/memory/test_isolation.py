"""Every address of a memory, with a neighbour's key, one without grants and none; routes to come are tried, too."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from django.test import Client

from config.api import api as store_api
from config.documents_api import documents_api
from config.memory_api import memory_api
from memory.models import Context
from tests.memory.conftest import MemoryApi, Speak

OPEN = {"/api/v1/health", "/v1/knowledge/health"}
IN_CONTEXT = "/api/v1/{memory_context:context_id}"
BODIES: tuple[dict[str, Any] | None, ...] = (
    None,
    {},
    {"query": "x", "text": "I work at Acme.", "path": "org/acme", "name": "x", "verbs": ["memory:read"]},
)


def operations(ninja: Any) -> Iterator[tuple[str, str]]:
    """(method, path) of all routes, as they are declared."""
    for prefix, router in ninja._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, re.sub("/+", "/", f"{prefix}/{path}").rstrip("/")


def filled(path: str, context: str) -> str:
    """An address with something in each of its places."""
    return re.sub(r"\{[^}]*\}", "00000000-0000-7000-8000-000000000001", path.replace(IN_CONTEXT, f"/api/v1/{context}"))


OURS = sorted(set(operations(memory_api)))
INSIDE = [(method, path) for method, path in OURS if path.startswith(IN_CONTEXT)]
OF_THE_STORE = sorted(each for each in {*operations(store_api), *operations(documents_api)} if each[1] not in OPEN)


def send(client: Client, method: str, path: str, key: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    sent = b"" if body is None else json.dumps(body).encode()
    return client.generic(method, path, sent, content_type="application/json", headers=headers)


def test_there_are_routes_to_try() -> None:
    assert len(INSIDE) >= 15
    assert ("POST", f"{IN_CONTEXT}/scopes/forget") in INSIDE
    assert len(OF_THE_STORE) > 50


def test_no_address_answers_without_a_credential(context: Context, client: Client) -> None:
    client.raise_request_exception = False
    for method, path in OURS:
        for body in BODIES:
            status = send(client, method, filled(path, "acme"), "", body).status_code
            assert status == (200 if path in OPEN else 401), (method, path, body)


def test_a_neighbours_key_is_told_nothing(context: Context, neighbour: Context, agent: Speak) -> None:
    theirs = agent(context=neighbour)
    for (method, path), named, body in product(INSIDE, ("acme", "nobody"), BODIES):
        answer = send(theirs.client, method, filled(path, named), theirs.key, body)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized"), (method, path, named, body)


def test_a_key_without_grants_is_told_nothing(agent: Speak) -> None:
    """Nothing is not there for it to see either: neither an answer of content, nor whether something exists."""
    nothing = agent({})
    told = [each for each in INSIDE if each[1] != f"{IN_CONTEXT}/me"]
    for (method, path), body in product(told, BODIES):
        answer = send(nothing.client, method, filled(path, "acme"), nothing.key, body)
        assert answer.status_code in (400, 403), (method, path, body)


def test_no_agent_reaches_the_contexts(memory: MemoryApi) -> None:
    contexts = [each for each in OURS if each[1].startswith("/api/v1/contexts")]
    assert len(contexts) > 3
    for (method, path), body in product(contexts, BODIES):
        answer = send(memory.client, method, filled(path, "acme"), memory.key, body)
        assert answer.status_code == 403, (method, path, body)


def test_no_agent_reaches_the_store(memory: MemoryApi, push: Any) -> None:
    """An analyzer's key bound to the memory's source could read all of its scopes there."""
    push({"id": "turn/1", "content": "a secret of another scope", "source": "memory.acme"})
    for method, path in OF_THE_STORE:
        answer = send(memory.client, method, filled(path, "acme"), memory.key, {"text": "secret", "documents": []})
        assert answer.status_code in (401, 403), (method, path)

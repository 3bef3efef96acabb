"""How a memory refuses: a problem of RFC 9457 with `message` beside `detail`, whatever refuses."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from memory.models import Context, MemoryKey
from tests.memory.conftest import MemoryApi

FIELDS = {"type", "title", "status", "detail", "instance", "code", "message"}


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert told.keys() >= FIELDS
    assert told["message"] == told["detail"] != ""
    assert told["type"] == f"urn:larder:error:{code}"
    assert answer["X-Trace-Id"] == answer["X-Correlation-ID"]
    return told


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("get", "nothing-here", None, 404, "not_found"),
        ("get", "principals/nobody", None, 404, "not_found"),
        ("delete", "keys/nobody", None, 404, "not_found"),
        ("put", "me", None, 405, "method_not_allowed"),
        ("post", "scopes", {"path": "a//b"}, 400, "invalid_memory_request"),
        ("post", "scopes", {"path": 3}, 400, "invalid_request"),
        ("post", "scopes", {}, 400, "invalid_request"),
        ("post", "scopes", [], 400, "invalid_request"),
        ("post", "principals", {"name": "a\0"}, 400, "invalid_request"),
        ("post", "keys?ttlSeconds=x", {}, 400, "invalid_request"),
        ("get", "audit?since=yesterday", None, 400, "invalid_request"),
        ("get", "audit?since=1700000000", None, 400, "invalid_request"),
        ("get", "audit?since=2026-02-30T00:00:00Z", None, 400, "invalid_request"),
        ("post", "facts", {"text": "x", "observedAt": 1700000000}, 400, "invalid_request"),
    ],
)
def test_a_refusal_is_a_problem(memory: MemoryApi, method: str, path: str, body: Any, status: int, code: str) -> None:
    told = assert_problem(memory(method, path, body), status, code)
    assert told["instance"] == f"/api/v1/acme/{path.partition('?')[0]}"


@pytest.mark.parametrize("sent", [b"{", b"\xff", b"nope", b"[" * 100_000])
def test_a_body_that_is_no_json_is_a_problem(memory: MemoryApi, sent: bytes) -> None:
    answer = memory.client.post("/api/v1/acme/scopes", sent, content_type="application/json", headers=memory.headers)
    assert_problem(answer, 400, "invalid_json")


def test_a_body_that_is_too_large_is_a_problem(memory: MemoryApi, settings: Any) -> None:
    settings.MAX_BODY_BYTES = 100
    assert_problem(memory("post", "scopes", {"path": "x" * 100}), 413, "body_too_large")


def test_a_context_is_refused_in_the_same_shape(context: Context, client: Client) -> None:
    assert_problem(client.get("/api/v1/acme/me"), 401, "unauthorized")


def test_a_database_that_is_away_says_when_to_come_back(memory: MemoryApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(MemoryKey.objects, "filter", away)
    answer = memory("get", "me")
    told = assert_problem(answer, 503, "database_unavailable")
    assert answer["Retry-After"] == str(told["retry_after"])


def test_a_fault_of_ours_is_told_as_one(memory: MemoryApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(MemoryKey.objects, "filter", broken)
    told = assert_problem(memory("get", "me"), 500, "internal")
    assert "secret" not in told["detail"]


@pytest.mark.parametrize(
    "path", ["/api/v1/knowledge/facts", "/api/v1/providers/x/facts", "/api/v1/nothing", "/api/v2/x/y"]
)
def test_addresses_of_the_store_keep_its_own_shape(db: None, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json() == {"code": "not_found", "detail": "There is nothing at this address."}
    assert "X-Trace-Id" not in answer


def test_a_client_names_its_own_trace(memory: MemoryApi) -> None:
    assert memory("get", "me", **{"X-Correlation-ID": "trace-7"})["X-Trace-Id"] == "trace-7"

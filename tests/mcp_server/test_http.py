"""`/mcp` itself: keys, rates, origins, methods, bodies, and both forms of the protocol."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.access import Caller
from accounts.keys import authenticate, revoke_key
from config.mcp.endpoint import server
from mcp_server.caller import AgentCaller
from tests.mcp_server.conftest import HANDSHAKE, META, MODERN, Mcp

pytestmark = pytest.mark.django_db
Speak = Callable[..., Mcp]


def initialize(agent: Mcp, version: str) -> Any:
    """As a client begins that does not know the server yet: without a header that names a version."""
    params = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    asked = {"jsonrpc": "2.0", "id": "a", "method": "initialize", "params": params}
    accepted = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {agent.key}"}
    return agent.client.post("/mcp", json.dumps(asked), content_type="application/json", headers=accepted)


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", HANDSHAKE])
def test_a_handshake_is_answered_in_the_clients_version(mcp: Speak, version: str) -> None:
    answer = initialize(mcp(), version)
    told = answer.json()["result"]
    assert (answer.status_code, told["protocolVersion"], told["serverInfo"]["name"]) == (200, version, "larder")
    assert "tools" in told["capabilities"]
    assert "Search before you answer" in told["instructions"]
    assert "Mcp-Session-Id" not in answer


def test_an_unknown_version_is_offered_the_newest_that_shakes_hands(mcp: Speak) -> None:
    assert initialize(mcp(), "2099-01-01").json()["result"]["protocolVersion"] == HANDSHAKE


def test_discovery_needs_no_handshake(mcp: Speak) -> None:
    told = mcp().result("server/discover")
    assert told["supportedVersions"] == [MODERN]
    assert told["_meta"][f"{META}serverInfo"]["name"] == "larder"


def test_a_version_nobody_knows_is_told_which_there_are(mcp: Speak) -> None:
    agent = mcp(version="2099-01-01")
    meta = {f"{META}protocolVersion": "2099-01-01", f"{META}clientCapabilities": {}}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}
    answer = agent.post(asked, **{"Mcp-Method": "tools/list"})
    assert (answer.status_code, answer.json()["error"]["data"]["supported"]) == (400, [MODERN])


@pytest.mark.parametrize("version", [HANDSHAKE, MODERN])
def test_notifications_are_taken_without_an_answer(mcp: Speak, version: str) -> None:
    answer = mcp(version=version).post({"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (answer.status_code, answer.content) == (202, b"")


@pytest.mark.parametrize("version", [HANDSHAKE, MODERN])
@pytest.mark.parametrize("body", ["{", "[]", "7", '{"jsonrpc": "2.0"}', "[" * 100_000, '{"id": 1}', "\udcff"])
def test_what_is_no_message_is_refused_in_the_protocols_words(mcp: Speak, version: str, body: str) -> None:
    answer = mcp(version=version).post(body.encode(errors="surrogateescape").decode("latin-1"))
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in (-32700, -32600, -32602)


def test_an_unknown_tool_and_an_unknown_method_are_told(mcp: Speak) -> None:
    error = mcp().ask("tools/call", name="delete_everything", arguments={}).json()["error"]
    assert (error["code"], "'delete_everything'" in error["message"]) == (-32602, True)
    assert mcp().ask("prompts/list").json()["error"]["code"] == -32601


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_there_is_no_stream_to_open_and_no_session_to_end(mcp: Speak, method: str) -> None:
    agent = mcp()
    answer = getattr(agent.client, method)("/mcp", headers={"Authorization": f"Bearer {agent.key}"})
    assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, "POST", "method_not_allowed")


@pytest.mark.parametrize("key", ["", "larder_00000000_nothing", "nonsense"])
def test_who_has_no_usable_key_learns_nothing(mcp: Speak, key: str) -> None:
    answer = Mcp(mcp().client, key).ask("tools/list")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_is_refused_with_the_next_request(mcp: Speak, now: Any) -> None:
    agent = mcp()
    assert agent.tools()
    key = authenticate(agent.key, now=now)
    assert key is not None
    assert revoke_key(key, now=now)
    assert agent.ask("tools/list").status_code == 401


def test_the_internal_header_does_as_well(mcp: Speak) -> None:
    agent = mcp()
    answer = Mcp(agent.client, "").post(
        {"jsonrpc": "2.0", "id": 1, "method": "ping"},
        **{"X-Internal-API-Key": agent.key, "MCP-Protocol-Version": HANDSHAKE},
    )
    assert answer.json()["result"] == {}


def test_being_signed_in_with_a_browser_opens_nothing(mcp: Speak, admin_client: Client) -> None:
    assert Mcp(admin_client, "").ask("tools/list").status_code == 401


def test_a_key_is_counted_against_its_rate(mcp: Speak, settings: Any) -> None:
    settings.THROTTLE_RATE = (2, 3_600)
    agent = mcp()
    assert [agent.ask("tools/list").status_code for _ in range(3)] == [200, 200, 429]
    answer = agent.ask("tools/list")
    assert (answer.json()["code"], int(answer["Retry-After"]) > 0) == ("too_many_requests", True)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://testserver", 200),
        ("https://portal.example.com", 200),
        ("http://evil.example", 403),
        ("null", 403),
        ("http://[", 403),
        ("ftp://testserver", 403),
    ],
)
def test_pages_of_other_sites_may_not_call(mcp: Speak, settings: Any, origin: str, status: int) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://portal.example.com"]
    agent = mcp(version=HANDSHAKE)
    answer = agent.post({"jsonrpc": "2.0", "id": 1, "method": "ping"}, Origin=origin)
    assert answer.status_code == status
    assert status == 200 or origin in answer.json()["detail"]


def test_a_name_that_is_not_ours_is_refused(mcp: Speak) -> None:
    answer = mcp(version=HANDSHAKE).post({"jsonrpc": "2.0", "id": 1, "method": "ping"}, Host="evil.example")
    assert (answer.status_code, "evil.example" in answer.json()["detail"]) == (400, True)


def test_a_body_beyond_the_limit_of_questions_is_not_read(mcp: Speak, settings: Any) -> None:
    agent = mcp(version=HANDSHAKE)
    answer = agent.post("x" * (settings.MAX_QUERY_BYTES + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_header_that_says_something_else_than_the_body_is_refused(mcp: Speak) -> None:
    meta = {f"{META}protocolVersion": MODERN, f"{META}clientCapabilities": {}}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}
    answer = mcp().post(asked, **{"Mcp-Method": "tools/call"})
    assert (answer.status_code, "mcp-method" in answer.json()["error"]["message"]) == (400, True)


def test_many_ask_at_once(mcp: Speak) -> None:
    """The loop is one for all threads of a process, and mixes nobody's answers up."""

    def ask(number: int) -> bool:
        who = AgentCaller(key_id=uuid4(), store=Caller(name="x", role="analyzer"))
        asked = {"jsonrpc": "2.0", "id": number, "method": "tools/list"}
        headers = {"content-type": "application/json", "accept": "application/json", "mcp-protocol-version": HANDSHAKE}
        answer = server().answer(headers.items(), json.dumps(asked).encode(), who=who)
        told = json.loads(answer.body)
        return bool(told["id"] == number and len(told["result"]["tools"]) > 3)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(200)))

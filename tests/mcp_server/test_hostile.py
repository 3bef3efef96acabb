"""Whatever a client sends comes back as an answer of the protocol: no 500, no traceback."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.mcp_server.conftest import HANDSHAKE, META, MODERN, Mcp

pytestmark = pytest.mark.django_db
Speak = Callable[..., Mcp]

DEEP = "[" * 3_000 + "]" * 3_000
ARGUMENTS = [
    '{"text": "\\ud800"}',
    '{"text": "x", "tags": "\\udfff"}',
    '{"text": "\\u0000"}',
    '{"text": 1e400}',
    '{"text": NaN}',
    '{"text": "x", "top_k": 1e400}',
    '{"text": "x", "top_k": -9223372036854775809}',
    '{"text": "x", "top_k": 3.5}',
    '{"text": "x", "top_k": true}',
    '{"text": {"a": 1}}',
    '{"text": "x", "\\ud800": 1}',
    '{"text": "x", "source": "a/b\\n"}',
    '{"text": "x", "filter": {"and": [[]]}}',
    '{"text": "x", "filter": {"\\ud800": "\\ud800"}}',
    f'{{"text": "x", "filter": {{"key": {DEEP}}}}}',
    f'{{"text": {DEEP}}}',
    '{"id": "\\ud800"}',
    '{"id": "x", "offset": 99999999999999999999999999}',
    '{"collection": "\\ud800", "text": "x"}',
    '{"collection": "\\u0000", "text": "x"}',
    '{"source": "\\ud800"}',
    '{"limit": 1e999}',
    '{"": ""}',
    "[]",
    "7",
    "null",
    '"text"',
]
TOOLS = ["search", "search_collection", "read_document", "list_tags", "list_sources", "recall", "remember"]


def message(method: str, params: str, version: str) -> str:
    meta = json.dumps({f"{META}protocolVersion": version, f"{META}clientCapabilities": {}})
    return f'{{"jsonrpc": "2.0", "id": 1, "method": "{method}", "params": {{"_meta": {meta}, {params}}}}}'


def send(agent: Mcp, method: str, params: str, name: str) -> Any:
    headers = {"Mcp-Method": method, "Mcp-Name": name} if agent.version == MODERN else {}
    return agent.post(message(method, params, agent.version), **headers)


def check(answer: Any) -> None:
    assert answer.status_code < 500, answer.content
    told = answer.json()
    assert "result" in told or told["error"]["message"], told
    assert "Traceback" not in answer.content.decode()
    if "result" in told and told["result"].get("isError"):
        assert told["result"]["structuredContent"]["code"] != "internal", told


@pytest.mark.parametrize("version", [HANDSHAKE, MODERN])
@pytest.mark.parametrize("tool", TOOLS)
def test_no_arguments_break_a_tool(mcp: Speak, space: Any, tool: str, version: str) -> None:
    agent = mcp("admin", version=version)
    for arguments in ARGUMENTS:
        check(send(agent, "tools/call", f'"name": "{tool}", "arguments": {arguments}', tool))


@pytest.mark.parametrize("version", [HANDSHAKE, MODERN])
def test_no_parameters_break_a_method(mcp: Speak, space: Any, version: str) -> None:
    agent = mcp(version=version)
    for name in ('"\\ud800"', '"\\u0000"', "7", "{}", f'"{"x" * 5_000}"', "null"):
        check(send(agent, "tools/call", f'"name": {name}', "x"))
    for uri in (
        '"\\ud800"',
        '"larder://documents/%00/%00"',
        '"larder://documents/%ff/%ff"',
        '"larder://documents/a/%ud8"',
        "7",
    ):
        check(send(agent, "resources/read", f'"uri": {uri}', "x"))
        check(send(agent, "resources/read", f'"uri": {uri}', json.loads(uri) if "%" in uri else "x"))
    for cursor in ('"\\ud800"', '"\\u0000"', '"x"', "7", f'"{"x" * 5_000}"'):
        check(send(agent, "resources/list", f'"cursor": {cursor}', ""))
        check(send(agent, "tools/list", f'"cursor": {cursor}', ""))
    assert "search" in agent.tools()


@pytest.mark.parametrize(
    "headers",
    [
        {"MCP-Protocol-Version": "\xff"},
        {"MCP-Protocol-Version": ""},
        {"MCP-Protocol-Version": "2026-07-28, 2026-07-28"},
        {"Mcp-Session-Id": "somebody-elses"},
        {"Last-Event-ID": "7"},
        {"Accept": "text/html"},
        {"Accept": ""},
        {"Mcp-Name": "=?base64?!!!?="},
        {"Origin": "http://[::1"},
        {"Origin": "\xff"},
    ],
    ids=str,
)
@pytest.mark.parametrize("version", [HANDSHAKE, MODERN])
def test_no_header_breaks_the_address(mcp: Speak, version: str, headers: dict[str, str]) -> None:
    agent = mcp(version=version)
    body = message("tools/call", '"name": "list_sources", "arguments": {}', version)
    ours = {"Mcp-Method": "tools/call", "Mcp-Name": "list_sources"} if version == MODERN else {}
    answer = agent.post(body, **ours | headers)
    assert answer.status_code < 500
    assert "search" in mcp(version=version).tools()

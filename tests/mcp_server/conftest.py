"""What the tests of agents' tools share: a client that speaks either form of the protocol, as its real ones do."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.keys import create_key
from accounts.limits import Narrowing

HANDSHAKE, MODERN = "2025-11-25", "2026-07-28"
META = "io.modelcontextprotocol/"


class Mcp:
    """Speaks with one key; `version` says which form of the protocol."""

    def __init__(self, client: Client, key: str, version: str = MODERN) -> None:
        self.client, self.key, self.version = client, key, version

    def post(self, body: Any, **headers: str) -> Any:
        sent = body if isinstance(body, str) else json.dumps(body)
        ours = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": self.version}
        known = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return self.client.post("/mcp", sent, content_type="application/json", headers=ours | known | headers)

    def ask(self, method: str, **params: Any) -> Any:
        """The whole answer to one request."""
        headers = {}
        if self.version == MODERN:
            params["_meta"] = {f"{META}protocolVersion": MODERN, f"{META}clientCapabilities": {}}
            headers = {"Mcp-Method": method}
            if name := params.get("name", params.get("uri")):
                headers["Mcp-Name"] = name
        return self.post({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, **headers)

    def result(self, method: str, **params: Any) -> Any:
        answer = self.ask(method, **params)
        assert answer.status_code == 200, answer.content
        return answer.json()["result"]

    def tools(self) -> list[str]:
        return [each["name"] for each in self.result("tools/list")["tools"]]

    def call(self, tool: str, **arguments: Any) -> Any:
        """What the tool answered, which has to be no fault."""
        told = self.result("tools/call", name=tool, arguments=arguments)
        assert not told["isError"], told
        return told["structuredContent"] | {"text": told["content"][0]["text"]}

    def fault(self, tool: str, **arguments: Any) -> tuple[str, str]:
        """The code and the sentence of what was refused."""
        told = self.result("tools/call", name=tool, arguments=arguments)
        assert told["isError"], told
        assert told["content"][0]["text"] == told["structuredContent"]["detail"]
        return told["structuredContent"]["code"], told["structuredContent"]["detail"]


@pytest.fixture
def mcp(db: None, client: Client) -> Callable[..., Mcp]:
    """`mcp("analyzer", source="wiki", tags="public")` speaks with a fresh key that is bound or narrowed so."""
    client.raise_request_exception = False

    def speak(role: str = "analyzer", *, version: str = MODERN, **made: Any) -> Mcp:
        narrowed = {name: made.pop(name) for name in ("sources", "tags", "verbs") if name in made}
        return Mcp(client, create_key("agent", role=role, narrowing=Narrowing(**narrowed), **made)[1], version)

    return speak

"""The protocol's own Python client, unmodified, against real processes."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.client import ConnectMode
from mcp.client.streamable_http import streamable_http_client

from tests import ROOT
from tests.e2e.conftest import Larder, clean_environment, send_first_messages, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
MODES: list[ConnectMode] = ["auto", "legacy"]
"""Discovery with the handshake to fall back on, and the handshake of before."""

TOOLS = ["search", "search_collection", "read_document", "list_tags", "list_sources"]
OF_MODE = {"auto": "2026-07-28", "legacy": "2025-11-25"}
TEXT = "Parcels leave our building every morning at nine."


@asynccontextmanager
async def connected(larder: Larder, key: str, mode: ConnectMode) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False, timeout=60) as http,
        Client(streamable_http_client(f"{larder.url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def speak(larder: Larder, key: str, mode: ConnectMode, talk: Callable[[Client], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with connected(larder, key, mode) as client:
            return await talk(client)

    return asyncio.run(run())


@pytest.fixture(scope="module")
def key(larder: Larder) -> str:
    provider = larder.client(larder.create_key("mcp provider", role="provider", source="mcp"))
    pushed = {"documents": [{"id": "parcels", "content": TEXT, "tags": ["shipping"]}]}
    assert provider.post("/api/v1/knowledge/bulk-upsert", json=pushed).status_code == 200
    found = larder.create_key("mcp analyzer", role="analyzer", source="mcp")
    analyzer = larder.client(found)
    wait_for(lambda: analyzer.post("/api/v1/knowledge/query", json={"text": "parcels"}).json()["documents"])
    send_first_messages(larder, found)
    return found


@pytest.mark.parametrize("mode", MODES)
def test_the_client_finds_reads_and_lists(larder: Larder, key: str, mode: ConnectMode) -> None:
    async def talk(client: Client) -> Any:
        listed = await client.list_tools()
        found = await client.call_tool("search", {"text": "when do parcels leave?"})
        read = await client.call_tool("read_document", {"id": "parcels"})
        tags = await client.call_tool("list_tags", {})
        wrong = await client.call_tool("search", {"text": "x", "top_k": 1_000})
        [resource] = (await client.list_resources()).resources
        text = await client.read_resource(resource.uri)
        return client.protocol_version, listed, found, read, tags, wrong, text

    version, listed, found, read, tags, wrong, text = speak(larder, key, mode, talk)
    assert text.contents[0].text == TEXT
    assert version == OF_MODE[mode]
    assert [each.name for each in listed.tools] == TOOLS
    assert found.structured_content["documents"][0]["id"] == "parcels"
    assert "cite as: mcp/parcels" in found.content[0].text
    assert read.structured_content["content"] == TEXT
    assert tags.structured_content["tags"] == [{"tag": "shipping", "documents": 1}]
    assert (wrong.is_error, "`top_k`" in wrong.content[0].text) == (True, True)


@pytest.mark.parametrize("mode", MODES)
def test_a_client_with_a_wrong_key_is_told_so(larder: Larder, mode: ConnectMode) -> None:
    async def talk(client: Client) -> Any:
        return await client.list_tools()

    with pytest.raises(BaseExceptionGroup) as raised:
        speak(larder, "larder_00000000_wrong", mode, talk)
    assert raised.group_contains(MCPError, match="This access key is unknown, expired or revoked")


@pytest.mark.parametrize("mode", MODES)
def test_a_memorys_key_remembers_and_recalls(larder: Larder, mode: ConnectMode) -> None:
    admin, name = larder.client(larder.create_key(f"mcp {mode}", role="admin")), f"mcp-{mode}"
    assert admin.post(f"/api/v1/contexts/{name}", json={"useModels": False}).status_code == 201
    memory = admin.post(f"/api/v1/{name}/keys", json={"name": "agent"}).json()["key"]

    async def talk(client: Client) -> Any:
        listed = await client.list_tools()
        told = await client.call_tool("remember", {"text": "I work at Acme."})
        return listed, told, await client.call_tool("recall", {"query": "where do I work?"})

    listed, told, recalled = speak(larder, memory, mode, talk)
    assert [each.name for each in listed.tools] == ["recall", "remember"]
    assert not told.is_error
    assert "Acme" in recalled.content[0].text


def test_many_clients_ask_at_once(larder: Larder, key: str) -> None:
    async def talk(client: Client) -> Any:
        asked = [client.call_tool("search", {"text": f"parcels {number}"}) for number in range(30)]
        return await asyncio.gather(*asked)

    for found in speak(larder, key, "auto", talk):
        assert found.structured_content["documents"][0]["id"] == "parcels"


# --- standard input and output ----------------------------------------------------------------------------------------


def started(larder: Larder, key: str) -> StdioServerParameters:
    """The command as a client's configuration would name it."""
    environment = clean_environment() | {"LARDER_DATA_DIR": str(larder.data_dir), "LARDER_KEY": key}
    return StdioServerParameters(command=sys.executable, args=[str(ROOT / "manage.py"), "mcp"], env=environment)


@pytest.mark.parametrize("mode", MODES)
def test_the_client_starts_the_command_and_finds_the_same(larder: Larder, key: str, mode: ConnectMode) -> None:
    async def run() -> Any:
        async with Client(started(larder, key), mode=mode) as client:
            listed = await client.list_tools()
            asked = [client.call_tool("search", {"text": f"parcels {number}"}) for number in range(5)]
            wrong = await client.call_tool("search", {})
            return client.protocol_version, listed, await asyncio.gather(*asked), wrong

    version, listed, found, wrong = asyncio.run(run())
    assert version == OF_MODE[mode]
    assert [each.name for each in listed.tools] == TOOLS
    assert [each.structured_content["documents"][0]["id"] for each in found] == ["parcels"] * 5
    assert (wrong.is_error, "`text` is needed" in wrong.content[0].text) == (True, True)


def test_a_key_that_is_revoked_meanwhile_opens_nothing_any_more(larder: Larder) -> None:
    admin = larder.client(larder.create_key("mcp admin", role="admin"))
    made = admin.post("/api/v1/keys", json={"name": "soon revoked", "role": "analyzer"}).json()

    async def run() -> Any:
        async with Client(started(larder, made["key"])) as client:
            before = await client.list_tools()
            assert admin.delete(f"/api/v1/keys/{made['id']}").status_code == 200
            with pytest.raises(MCPError, match="unknown, expired or revoked"):
                await client.call_tool("search", {"text": "parcels"})
            return before

    assert asyncio.run(run()).tools

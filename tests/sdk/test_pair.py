"""Both clients of one Larder, each made when it is needed."""

import asyncio

import pytest
from larder_sdk import Clients, FakeKnowledgeClient, SyncFakeKnowledgeClient


async def awaited(clients: Clients) -> object:
    assert clients.awaited is clients.awaited
    return clients.awaited


def test_each_event_loop_has_a_client_of_its_own() -> None:
    clients = Clients("http://larder", "key", source="wiki")
    assert asyncio.run(awaited(clients)) is not asyncio.run(awaited(clients))
    assert clients.blocking is clients.blocking
    assert (clients.blocking.url, clients.blocking.source) == ("http://larder/api/v1/knowledge", "wiki")


def test_what_is_given_is_used_and_needs_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LARDER_URL", raising=False)
    blocking, given = SyncFakeKnowledgeClient(), FakeKnowledgeClient()
    clients = Clients(client=blocking, async_client=given)
    assert clients.blocking is blocking
    assert asyncio.run(awaited(clients)) is given
    with pytest.raises(RuntimeError, match="LARDER_URL"):
        Clients(client=blocking)


def test_the_environment_says_where_larder_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LARDER_URL", "http://elsewhere")
    monkeypatch.setenv("LARDER_KEY", "theirs")
    assert Clients().blocking.url.startswith("http://elsewhere/")
    assert Clients(api_key="mine").blocking._api_key == "mine"

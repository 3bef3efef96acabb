"""Where a client is told to get a key by itself, and that it is told nothing where nobody named a place."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.mcp_server.conftest import Mcp

pytestmark = pytest.mark.django_db
ADDRESSES = ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"]
ISSUER = "https://login.example.com/realms/staff"


@pytest.fixture
def named(settings: Any) -> None:
    settings.MCP_AUTHORIZATION_SERVERS = [ISSUER]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_authorization_server_is_named(named: None, client: Client, settings: Any, address: str) -> None:
    told = client.get(address).json()
    assert told == {
        "resource": "http://testserver/mcp",
        "authorization_servers": [ISSUER],
        "bearer_methods_supported": ["header"],
        "resource_name": "Larder",
    }
    settings.PUBLIC_URL = "https://larder.example.com"
    assert client.get(address).json()["resource"] == "https://larder.example.com/mcp"


@pytest.mark.parametrize("key", ["", "larder_00000000_wrong"])
def test_who_is_refused_is_told_where_to_look(named: None, client: Client, key: str) -> None:
    answer = Mcp(client, key).ask("tools/list")
    place = "http://testserver/.well-known/oauth-protected-resource/mcp"
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, f'Bearer resource_metadata="{place}"')
    assert client.get(place.removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_where_none_is_named_there_is_no_such_address(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Mcp(client, "").ask("tools/list")["WWW-Authenticate"] == "Bearer"


def test_other_methods_are_told_which_there_are(named: None, client: Client) -> None:
    assert client.post(ADDRESSES[0]).json()["code"] == "method_not_allowed"


def test_a_usable_key_needs_none_of_it(named: None, mcp: Callable[..., Mcp]) -> None:
    assert "search" in mcp().tools()

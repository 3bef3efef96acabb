"""Documents as resources, and the search of one collection."""

from collections.abc import Callable
from typing import Any

import pytest

from ingestion.collections.collections import create_collection
from knowledge.models import Document
from knowledge.run_counts import Counts
from mcp_server.addresses import BEGINNING, address_of, read_address
from tests.mcp_server.conftest import HANDSHAKE, MODERN, Mcp

pytestmark = pytest.mark.django_db
Push = Callable[..., Counts]
Speak = Callable[..., Mcp]

IDS = ["plain", "with/slash", "with space", "100%", "ü?x=1#y", "a+b&c"]


@pytest.mark.parametrize("key", IDS)
def test_an_address_leads_back_to_its_document(key: str) -> None:
    assert read_address(address_of(Document(source="hr & co", key=key))) == ("hr & co", key)


@pytest.mark.parametrize(
    "address", ["", "larder://", BEGINNING, f"{BEGINNING}hr", f"{BEGINNING}hr/", "file:///etc/passwd"]
)
def test_what_is_no_address_of_a_document_is_none(address: str) -> None:
    assert read_address(address) is None


@pytest.mark.parametrize("version", [HANDSHAKE, MODERN])
def test_documents_are_listed_and_read_by_their_addresses(push: Push, mcp: Speak, version: str) -> None:
    push(*({"id": each, "content": f"The text of {each}.", "tags": ["policy"]} for each in IDS))
    agent = mcp(version=version)
    listed = agent.result("resources/list")["resources"]
    assert {each["name"] for each in listed} == set(IDS)
    for each in listed:
        assert each["description"] == "source wiki, policy"
        [read] = agent.result("resources/read", uri=each["uri"])["contents"]
        assert (read["text"], read["uri"], read["mimeType"]) == (
            f"The text of {each['name']}.",
            each["uri"],
            "text/plain",
        )
        assert read["_meta"] == {"larder/citation": f"wiki/{each['name']}", "larder/flags": []}


def names_of(page: Any) -> tuple[list[str], str | None]:
    return [each["name"] for each in page["resources"]], page.get("nextCursor")


def test_a_list_goes_on_where_it_ended(push: Push, mcp: Speak) -> None:
    push(*({"id": f"d{n}", "content": f"Text {n}."} for n in range(120)))
    agent = mcp()
    found, cursor = names_of(agent.result("resources/list"))
    while cursor:
        more, cursor = names_of(agent.result("resources/list", cursor=cursor))
        assert len(more) <= 50
        found += more
    assert sorted(found) == sorted(f"d{n}" for n in range(120))
    error = agent.ask("resources/list", cursor="made up").json()["error"]
    assert (error["code"], error["data"]["code"]) == (-32602, "invalid_cursor")


def test_a_template_says_how_addresses_are_made(mcp: Speak) -> None:
    [template] = mcp().result("resources/templates/list")["resourceTemplates"]
    assert template["uriTemplate"] == "larder://documents/{source}/{id}"


@pytest.mark.parametrize("uri", ["larder://documents/wiki/nope", "file:///etc/passwd", "larder://documents/wiki"])
def test_an_address_without_a_document_is_told(push: Push, mcp: Speak, uri: str) -> None:
    push("here")
    error = mcp().ask("resources/read", uri=uri).json()["error"]
    assert (error["code"], error["data"]["code"]) == (-32602, "not_found")


def test_resources_obey_what_a_key_is_narrowed_to(push: Push, mcp: Speak) -> None:
    push(
        {"id": "open", "content": "At noon.", "source": "hr", "tags": ["public"]},
        {"id": "safe", "content": "4711", "source": "vault"},
    )
    for made in ({"source": "hr"}, {"sources": ("hr",)}, {"tags": "public"}):
        agent = mcp(**made)
        assert [each["name"] for each in agent.result("resources/list")["resources"]] == ["open"]
        told = agent.ask("resources/read", uri="larder://documents/vault/safe")
        assert "error" in told.json()
        assert "4711" not in told.content.decode()


def test_who_may_only_ask_sees_no_resources(push: Push, mcp: Speak) -> None:
    push("here")
    agent = mcp(verbs=("query",))
    assert agent.result("resources/list")["resources"] == []
    error = agent.ask("resources/read", uri="larder://documents/wiki/here").json()["error"]
    assert error["data"]["code"] == "forbidden"


def test_one_collection_is_searched(push: Push, mcp: Speak, now: Any) -> None:
    create_collection("handbook", now=now)
    push(
        {
            "id": "a",
            "content": "Doors open at nine.",
            "source": "handbook",
            "metadata": {"citation": "house.pdf, p. 2"},
        },
        {"id": "b", "content": "Doors open at ten.", "source": "wiki"},
    )
    told = mcp().call("search_collection", collection="handbook", text="doors")
    assert [each["citation"] for each in told["documents"]] == ["house.pdf, p. 2"]
    bound = mcp(source="wiki")
    for agent, name in ((mcp(), "nope"), (bound, "handbook"), (mcp(), "memory.acme"), (mcp(), "x")):
        code, detail = agent.fault("search_collection", collection=name, text="doors")
        assert (code, detail) == ("not_found", f"Collection '{name}' not found")


@pytest.mark.parametrize("made", [{"tags": "public"}, {"verbs": ("query",)}], ids=str)
def test_who_may_list_no_collections_learns_of_none_by_searching(
    push: Push, mcp: Speak, now: Any, made: dict[str, Any]
) -> None:
    """That a collection exists is told where the key sees something in it, and nowhere else."""
    create_collection("layoffs", now=now)
    agent = mcp(**made)
    code, detail = agent.fault("search_collection", collection="layoffs", text="doors")
    assert (code, detail) == ("not_found", "Collection 'layoffs' not found")
    push({"id": "a", "content": "Doors open at nine.", "source": "layoffs", "tags": ["public"]})
    assert len(agent.call("search_collection", collection="layoffs", text="doors")["documents"]) == 1
    assert mcp().call("search_collection", collection="layoffs", text="doors")["documents"]

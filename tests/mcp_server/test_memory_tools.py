"""`remember` and `recall`, with the keys of a memory."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client

from accounts.audit import LARDER
from knowledge.run_counts import Counts
from memory.access.contexts import create_context
from memory.access.keys import make_key
from memory.models import Context, Turn
from tests.mcp_server.conftest import HANDSHAKE, MODERN, Mcp

pytestmark = pytest.mark.django_db
Speak = Callable[..., Mcp]


@pytest.fixture
def context(db: None, now: Any) -> Context:
    return create_context("acme", now=now, actor=LARDER)


@pytest.fixture
def agent(client: Client, context: Context, space: Any) -> Speak:
    """`agent({"memory:read": ["org"]})` speaks with a key of the context that has these grants; without, with all."""
    client.raise_request_exception = False
    made = iter(range(100))

    def speak(grants: Mapping[str, Any] | None = None, *, context: Context = context, version: str = MODERN) -> Mcp:
        given = {verb: frozenset(at) for verb, at in grants.items()} if grants is not None else None
        key = make_key(context, name=f"agent {next(made)}", actor=LARDER, grants=given).text
        return Mcp(client, key, version)

    return speak


@pytest.mark.parametrize("version", [HANDSHAKE, MODERN])
def test_what_is_remembered_is_recalled(agent: Speak, version: str) -> None:
    mine = agent(version=version)
    told = mine.call("remember", text="I work at Acme.", session="desk")
    assert (told["sessionId"], told["complete"]) == ("desk", True)
    assert "user, works at: Acme (created)" in told["text"]
    found = mine.call("recall", query="where do I work?")
    assert "Acme" in found["text"]
    assert any("Acme" in each["text"] for each in found["memories"])


def test_a_correction_is_told_and_takes_the_place_of_what_was_known(agent: Speak) -> None:
    mine = agent()
    mine.call("remember", text="I work at Acme.")
    told = mine.call("remember", text="I work at Globex now.")
    assert "works at was Acme, is Globex" in told["text"]
    assert "Acme" not in mine.call("recall", query="where do I work?", k=1)["memories"][0]["text"]


def test_nothing_is_recalled_of_what_was_never_said(agent: Speak) -> None:
    told = agent().call("recall", query="what is my favourite colour?")
    assert (told["memories"], told["text"]) == ([], "Nothing is remembered about that.")


def test_a_memorys_key_is_shown_its_memory_alone(agent: Speak) -> None:
    assert agent().tools() == ["recall", "remember"]
    assert agent({"memory:read": ["*"]}).tools() == ["recall"]
    assert agent({"memory:write": ["org/acme"]}).tools() == ["remember"]
    assert agent({}).tools() == []


@pytest.mark.parametrize(
    ("grants", "tool", "arguments"),
    [
        ({"memory:read": ["*"]}, "remember", {"text": "I work at Acme."}),
        ({"memory:write": ["*"]}, "recall", {"query": "work"}),
        ({}, "recall", {"query": "work"}),
    ],
)
def test_what_is_not_granted_is_refused(agent: Speak, grants: Any, tool: str, arguments: Any) -> None:
    code, detail = agent(grants).fault(tool, **arguments)
    assert (code, "is not granted memory:" in detail) == ("forbidden", True)
    assert not Turn.objects.exists()


@pytest.mark.parametrize("role", ["analyzer", "provider", "admin"])
def test_keys_of_the_store_open_no_memory(mcp: Speak, agent: Speak, role: str) -> None:
    agent().call("remember", text="I work at Acme.")
    store = mcp(role)
    assert not {"remember", "recall"} & set(store.tools())
    assert store.fault("recall", query="work")[0] == "forbidden"
    code, detail = store.fault("remember", text="I work at Globex.")
    assert (code, "opens no memory" in detail) == ("forbidden", True)


def test_a_neighbours_memory_stays_its_own(agent: Speak, now: Any) -> None:
    agent().call("remember", text="I work at Acme.")
    theirs = agent(context=create_context("globex", now=now, actor=LARDER))
    assert theirs.call("recall", query="where do I work?")["memories"] == []


def test_places_of_a_memory_are_kept_apart(agent: Speak) -> None:
    one, other = ({"memory:read": [f"org/{name}"], "memory:write": [f"org/{name}"]} for name in ("one", "other"))
    agent(one).call("remember", text="My locker is number 4711.")
    assert "4711" in agent(one).call("recall", query="locker")["text"]
    assert "4711" not in str(agent(other).call("recall", query="locker"))


def test_memories_are_no_documents_of_the_store(agent: Speak, mcp: Speak, push: Callable[..., Counts]) -> None:
    push({"id": "plain", "content": "Where people work."})
    agent().call("remember", text="I work at Acme.")
    analyzer = mcp()
    told = [
        analyzer.call("search", text="work at Acme"),
        analyzer.call("list_sources"),
        analyzer.result("resources/list"),
    ]
    assert "Acme" not in str(told[0]["documents"])
    assert "memory." not in str(told[1:])


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("remember", {}, "`text` is needed"),
        ("remember", {"text": "  "}, "blank"),
        ("remember", {"text": "x\0y"}, "NUL"),
        ("remember", {"text": "x" * 20_001}, "20,001 characters"),
        ("remember", {"text": "x", "role": "system"}, "`role`"),
        ("remember", {"text": "x", "session": "s" * 201}, "`session`"),
        ("recall", {"query": ""}, "`query`"),
        ("recall", {"query": "x", "k": 51}, "`k`"),
        ("recall", {"text": "x"}, "no argument `text`"),
    ],
)
def test_bad_input_is_a_fault_that_names_the_culprit(agent: Speak, tool: str, arguments: Any, told: str) -> None:
    assert told in agent().fault(tool, **arguments)[1]

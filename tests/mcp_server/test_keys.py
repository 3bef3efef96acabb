"""What a key may use, for each tool: by its role, its source, what it is narrowed to, its stage."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.audit import LARDER
from accounts.models import Stage
from knowledge.run_counts import Counts
from mcp_server.tools import TOOLS
from memory.access.contexts import create_context
from memory.access.keys import make_key
from tests.mcp_server.conftest import Mcp

pytestmark = pytest.mark.django_db
Speak = Callable[..., Mcp]

HIDDEN = "the safe opens with 4711"
SEEN = "the canteen opens at noon"
OF_THE_STORE = ["search", "search_collection", "read_document", "list_tags", "list_sources"]
CALLS: dict[str, dict[str, Any]] = {
    "search": {"text": "what opens", "top_k": 50},
    "read_document": {"id": "safe"},
    "list_tags": {},
    "list_sources": {},
    "search_collection": {"text": "what opens", "collection": "vault"},
    "recall": {"query": "what opens"},
    "remember": {"text": "The canteen opens at noon."},
}


@pytest.fixture
def stored(push: Callable[..., Counts]) -> None:
    push(
        {"id": "open", "content": SEEN, "source": "hr", "tags": ["public", "hr"]},
        {"id": "safe", "content": HIDDEN, "source": "vault", "tags": ["secret"]},
    )


def test_every_tool_is_tried_here() -> None:
    assert set(CALLS) == set(TOOLS)


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        ({"role": "admin"}, OF_THE_STORE),
        ({"role": "provider", "source": "hr"}, OF_THE_STORE),
        ({"role": "analyzer"}, OF_THE_STORE),
        ({"role": "analyzer", "sources": ("hr",)}, ["search", "search_collection", "read_document", "list_sources"]),
        ({"role": "analyzer", "tags": "public"}, ["search", "search_collection", "read_document"]),
        ({"role": "analyzer", "verbs": ("query",)}, ["search", "search_collection"]),
        ({"role": "analyzer", "verbs": ("read",)}, ["read_document", "list_tags", "list_sources"]),
        ({"role": "provider", "verbs": ("write", "delete")}, []),
    ],
    ids=str,
)
def test_a_key_is_shown_what_it_may_use_and_is_refused_the_rest(
    stored: None, mcp: Speak, made: dict[str, Any], shown: list[str]
) -> None:
    agent = mcp(**made)
    assert agent.tools() == shown
    for tool in CALLS.keys() - set(shown):
        assert agent.fault(tool, **CALLS[tool])[0] == "forbidden", tool


@pytest.mark.parametrize(
    "made",
    [{"role": "provider", "source": "hr"}, {"source": "hr"}, {"sources": ("hr", "press")}, {"tags": "public"}],
    ids=str,
)
def test_no_tool_shows_a_bound_or_narrowed_key_what_it_may_not_see(
    stored: None, mcp: Speak, made: dict[str, Any]
) -> None:
    agent = mcp(**made)
    for tool, arguments in CALLS.items():
        told = agent.ask("tools/call", name=tool, arguments=arguments).content.decode()
        assert "4711" not in told, tool
        assert "vault" not in told or tool == "search_collection", tool  # which names what it was asked for
        assert "secret" not in told, tool
    assert [each["id"] for each in agent.call("search", text="what opens", top_k=50)["documents"]] == ["open"]


def test_another_source_is_forbidden_by_name(stored: None, mcp: Speak) -> None:
    for made in ({"source": "hr"}, {"sources": ("hr",)}):
        code, detail = mcp(**made).fault("search", text="what opens", source="vault")
        assert (code, "vault" in detail) == ("forbidden", True)


def test_a_stage_leaves_nothing_but_questions(stored: None, mcp: Speak) -> None:
    staged = mcp(stage=Stage.objects.create(name="triage", max_top_k=2))
    assert staged.tools() == ["search", "search_collection"]
    for tool in ("read_document", "list_tags", "list_sources"):
        code, detail = staged.fault(tool, **CALLS[tool])
        assert (code, "bound to the stage 'triage'" in detail) == ("forbidden", True)


def test_a_memorys_key_opens_nothing_of_the_store(stored: None, mcp: Speak, now: Any) -> None:
    context = create_context("acme", now=now, actor=LARDER)
    agent = Mcp(mcp().client, make_key(context, name="agent", actor=LARDER).text)
    assert not set(agent.tools()) & set(OF_THE_STORE)
    for tool in OF_THE_STORE:
        assert agent.fault(tool, **CALLS[tool])[0] == "forbidden"

"""What was done in a context, as its managers are told."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from memory.models import Context, Trace
from tests.memory.conftest import MemoryApi, Speak


@pytest.fixture
def asked(context: Context, neighbour: Context, now: datetime) -> None:
    for of, kind, minutes in ((context, "query", 1), (context, "chat", 2), (neighbour, "query", 3)):
        at = now + timedelta(minutes=minutes)
        Trace.objects.create(context=of, at=at, kind=kind, query="secret", tier="hybrid", latency_ms=12.4, retrieved=3)


def kinds(answer: Any) -> list[str]:
    return [row["kind"] for row in answer.json()["rows"]]


def test_decisions_and_queries_are_told_newest_first(memory: MemoryApi, asked: None) -> None:
    memory("post", "scopes", {"path": "org"})
    answer = memory("get", "audit")
    assert kinds(answer)[:3] == ["response", "retrieval", "decision"]
    assert "secret" not in answer.content.decode()
    row = answer.json()["rows"][1]
    assert (row["latencyMs"], row["rowsTouched"], row["traceId"][:6]) == (12, 3, "trace:")


@pytest.mark.parametrize(("kind", "found"), [("retrieval", {"retrieval"}), ("decision", {"decision"}), ("odd", set())])
def test_one_kind_may_be_asked_for(memory: MemoryApi, asked: None, kind: str, found: set[str]) -> None:
    assert set(kinds(memory("get", f"audit?kind={kind}"))) == found


def test_a_time_may_be_asked_for(memory: MemoryApi, asked: None, now: datetime) -> None:
    since = (now + timedelta(seconds=90)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert kinds(memory("get", f"audit?since={since}")) == ["response"]
    assert "response" not in kinds(memory("get", f"audit?until={since}"))
    assert len(kinds(memory("get", "audit?limit=1"))) == 1


def test_who_acted_may_be_asked_for(memory: MemoryApi, asked: None) -> None:
    memory("post", "scopes", {"path": "org"})
    rows = memory("get", "audit?key=agent 0").json()["rows"]
    assert [row["verb"] for row in rows] == ["memory.scope.create"]
    assert rows[0]["after"] == {"path": "org"}
    assert kinds(memory("get", "audit?principal=nobody")) == []


def test_a_neighbour_is_not_told(agent: Speak, memory: MemoryApi, neighbour: Context) -> None:
    memory("post", "scopes", {"path": "org"})
    told = agent(context=neighbour)("get", "audit").json()["rows"]
    assert {row["verb"] for row in told} == {"memory.context.create", "memory.key.create"}


def test_only_who_manages_all_of_the_context_is_told(agent: Speak) -> None:
    assert agent({"memory:read": ["*"]})("get", "audit").status_code == 403
    assert agent({"grant:manage": ["org/acme/*"]})("get", "audit").status_code == 403

"""Scopes: registered, listed, closed to writes, and forgotten with all that lies there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from accounts.models import AuditEntry
from knowledge.models import Change, Document, Passage
from memory.models import Context, Entity, Fact, Instruction, ScopeNode, ScopeSet, Session, Turn, Uncertainty
from memory.scopes.paths import parse_scopes
from memory.scopes.sets import scope_set_for
from tests.memory.conftest import MemoryApi, Speak

ALICE, BOB = "org/acme/user/alice", "org/acme/user/bob"
Fill = Callable[..., ScopeSet]


@pytest.fixture
def fill(now: datetime, push: Any) -> Fill:
    """One of each row, and its document in the store, at these scopes."""

    def write(context: Context, scopes: Any) -> ScopeSet:
        scope_set = scope_set_for(context, parse_scopes(scopes), now=now)
        place: dict[str, Any] = {"context": context, "scope_set": scope_set}
        dated = place | {"created_at": now, "updated_at": now}
        session = Session.objects.create(name=f"chat {scope_set.pk}", created_at=now, **place)
        turn = Turn.objects.create(session=session, seq=0, content="x", spoken_at=now, stored_at=now, **place)
        entity = Entity.objects.create(type="person", name="Alice", folded="alice", **dated)
        Instruction.objects.create(label="a", description="a", topic="a", folded="a", turn=turn, **dated)
        fact = Fact.objects.create(
            entity=entity,
            key="role",
            value="CTO",
            value_folded="cto",
            single=True,
            category="identity",
            confidence=1,
            known_from=now,
            said_at=now,
            state="current",
            source_kind="turn",
            **place,
        )
        Uncertainty.objects.create(about="x", kind="joke", reason="y", created_at=now, **place).facts.add(fact)
        for text in ("said before", "said"):
            push({"id": f"fact/{fact.pk}", "content": text, "source": context.source, "tags": [scope_set.tag]})
        return scope_set

    return write


def left() -> list[int]:
    """How many rows there are of each kind, and documents."""
    kinds = (Session, Turn, Entity, Fact, Instruction, Uncertainty)
    return [*(kind.objects.count() for kind in kinds), Document.objects.count()]


def test_scopes_are_registered_and_listed_by_path(memory: MemoryApi) -> None:
    answer = memory("post", "scopes", {"path": "/org/acme/", "displayName": "Acme", "description": "x"})
    assert answer.status_code == 201
    assert answer.json().keys() == {"path", "createdAt", "tombstonedAt"}
    memory("post", "scopes", {"path": "org/ab"})
    assert [row["path"] for row in memory("get", "scopes").json()] == ["org/ab", "org/acme"]


def test_a_key_is_shown_the_scopes_of_its_region(memory: MemoryApi, agent: Speak) -> None:
    for path in (ALICE, BOB, "org/acme", "team/red"):
        memory("post", "scopes", {"path": path})
    shown = agent({"scope:read": [ALICE]})("get", "scopes").json()
    assert [row["path"] for row in shown] == ["org/acme", ALICE]


def test_a_deleted_scope_takes_no_writes_nor_do_those_below(memory: MemoryApi) -> None:
    for path in (ALICE, "org/acme", "org/acmes"):
        memory("post", "scopes", {"path": path})
    assert memory("delete", "scopes?path=org/acme").status_code == 204
    closed = {row["path"] for row in memory("get", "scopes").json() if row["tombstonedAt"]}
    assert closed == {"org/acme", ALICE}
    assert memory("post", "scopes", {"path": ALICE}).json()["tombstonedAt"] is None


def test_a_scope_that_is_none_cannot_be_deleted(memory: MemoryApi) -> None:
    assert memory("delete", "scopes?path=org/acme").status_code == 404
    assert memory("delete", "scopes").status_code == 400
    assert memory("delete", "scopes?path=a//b").status_code == 400


@pytest.mark.parametrize(("verb", "path"), [("scope:create", "org/acme"), ("scope:delete", "org/acme")])
def test_verbs_hold_at_their_places(agent: Speak, memory: MemoryApi, verb: str, path: str) -> None:
    memory("post", "scopes", {"path": "org/beta"})
    memory("post", "scopes", {"path": ALICE})
    speak = agent({verb: [path]})
    calls = {
        "scope:create": lambda at: speak("post", "scopes", {"path": at}).status_code,
        "scope:delete": lambda at: speak("delete", f"scopes?path={at}").status_code,
    }
    assert calls[verb]("org/beta") == 403
    assert calls[verb](ALICE) == 403
    for other in calls.keys() - {verb}:
        assert calls[other](path) == 403


def test_a_scope_is_forgotten_with_all_that_lies_there(
    memory: MemoryApi, context: Context, neighbour: Context, fill: Fill
) -> None:
    fill(context, ALICE)
    fill(context, "org/acme")
    kept = fill(context, "org/acmes"), fill(neighbour, ALICE)
    assert memory("post", "scopes/forget", {"path": "org/acme"}).json() == {"forgotten": 14}
    assert left() == [2] * 7
    assert set(ScopeSet.objects.all()) == set(kept)
    assert Passage.objects.values("document").distinct().count() == 2
    assert set(ScopeNode.objects.filter(context=context).values_list("path", flat=True)) == {"org/acmes"}
    assert Change.objects.exclude(before=None).count() == 2, "nor what a later text replaced"
    assert memory("post", "scopes/forget", {"path": "org/acme"}).json() == {"forgotten": 0}


def test_what_belongs_elsewhere_too_stays_there(memory: MemoryApi, context: Context, fill: Fill) -> None:
    both, beta = fill(context, [ALICE, "org/beta"]), fill(context, "org/beta")
    assert memory("post", "scopes/forget", {"path": "org/acme"}).json() == {"forgotten": 0}
    assert left() == [2] * 7
    for row in (both, beta):
        row.refresh_from_db()
        assert row.clauses == [["org/beta"]]
    assert scope_set_for(context, [["org/beta"]], now=both.context.created_at) == beta


def test_a_conjunction_goes_with_either_of_its_places(memory: MemoryApi, context: Context, fill: Fill) -> None:
    fill(context, [["org/acme", "team/red"]])
    assert memory("post", "scopes/forget", {"path": "team/red"}).json() == {"forgotten": 7}
    assert left() == [0] * 7


def test_without_a_path_goes_what_the_caller_may_forget(agent: Speak, context: Context, fill: Fill) -> None:
    for place in ("/", "org/acme", ALICE, BOB, [ALICE, BOB], [["team/red", ALICE]]):
        fill(context, place)
    assert agent({"memory:forget": [ALICE]})("post", "scopes/forget").json() == {"forgotten": 7}
    assert left() == [5] * 7


def test_without_a_path_all_of_the_context_goes_by_who_may_forget_all(
    memory: MemoryApi, context: Context, neighbour: Context, fill: Fill
) -> None:
    for place in ("/", ALICE):
        fill(context, place)
    fill(neighbour, "/")
    assert memory("post", "scopes/forget").json() == {"forgotten": 14}
    assert left() == [1] * 7


@pytest.mark.parametrize("path", ["/", "org/acme", BOB])
def test_nobody_forgets_outside_of_their_region(agent: Speak, context: Context, fill: Fill, path: str) -> None:
    fill(context, ALICE)
    assert agent({"memory:forget": [ALICE]})("post", "scopes/forget", {"path": path}).status_code == 403
    assert agent({"memory:read": ["*"]})("post", "scopes/forget", {"path": ALICE}).status_code == 403
    assert left() == [1] * 7


def test_who_forgot_a_scope_is_noted_and_not_what_lay_there(memory: MemoryApi, context: Context, fill: Fill) -> None:
    fill(context, ALICE)
    memory("post", "scopes/forget", {"path": "org/acme"})
    entry = AuditEntry.objects.get(verb="memory.scope.forget")
    assert (entry.object, entry.after) == ("memory.acme", {"path": "org/acme", "forgotten": 7})


def test_a_context_is_deleted_with_its_rows_and_no_others(
    admin: MemoryApi, context: Context, neighbour: Context, fill: Fill
) -> None:
    kept = fill(neighbour, ALICE)
    for place in (ALICE, "/"):
        fill(context, place)
    assert admin.at("contexts")("delete", "acme").status_code == 204
    connection.check_constraints()
    assert left() == [1] * 7
    assert list(ScopeSet.objects.all()) == [kept]
    assert Uncertainty.objects.get().facts.count() == 1
    assert not Context.objects.filter(pk="acme").exists()

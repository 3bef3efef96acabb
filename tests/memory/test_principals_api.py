"""Principals and what they are granted."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest

from accounts.models import AuditEntry
from memory.access.caller import Verb
from memory.models import Context, Entity, Grant, Principal
from memory.scopes.sets import scope_set_for
from tests.memory.conftest import MemoryApi, Speak


@pytest.fixture
def alice(memory: MemoryApi) -> str:
    """The id on the wire."""
    answer = memory("post", "principals", {"name": "alice", "grants": {"memory:read": ["org/acme"]}})
    assert answer.status_code == 201
    wire_id: str = answer.json()["id"]
    return wire_id


def test_principals_are_made_listed_and_found(memory: MemoryApi, alice: str) -> None:
    row = {"displayName": "alice", "kind": "principal", "grants": {"memory:read": ["org/acme"]}}
    [listed] = memory("get", "principals").json()
    assert listed.items() >= row.items()
    for named in (alice, alice.removeprefix("principal:"), "alice", "principal:alice"):
        assert memory("get", f"principals/{quote(named, safe='')}").json() == listed


def test_verbs_are_granted_and_taken_away(memory: MemoryApi, alice: str) -> None:
    body = {"path": "/org/acme/*", "verbs": ["memory:write", "memory:forget"]}
    told = memory("post", f"principals/{alice}/grants", body).json()
    assert told["grants"] == {
        "memory:forget": ["org/acme/*"],
        "memory:read": ["org/acme"],
        "memory:write": ["org/acme/*"],
    }
    assert memory("post", f"principals/{alice}/grants", body).json() == told
    told = memory("delete", f"principals/{alice}/grants", body | {"verbs": ["memory:write"]}).json()
    assert told["grants"] == {"memory:forget": ["org/acme/*"], "memory:read": ["org/acme"]}


def test_grants_work_at_once(memory: MemoryApi, agent: Speak, alice: str) -> None:
    hers = agent(principal=Principal.objects.get())
    assert hers("post", "scopes", {"path": "org/acme"}).status_code == 403
    memory("post", f"principals/{alice}/grants", {"path": "org/acme", "verbs": ["scope:create"]})
    assert hers("post", "scopes", {"path": "org/acme"}).status_code == 201
    assert hers("post", "scopes", {"path": "org/acme/team/x"}).status_code == 403


def test_what_a_principal_may_do_at_a_path(memory: MemoryApi, alice: str) -> None:
    memory("post", f"principals/{alice}/grants", {"path": "org/acme/*", "verbs": ["memory:write"]})
    told = memory("get", f"principals/{alice}/effective?path=org/acme&asOf=2026-01-01T00:00:00Z").json()
    assert told == {"path": "org/acme", "verbs": ["memory:read", "memory:write"], "asOf": "2026-01-01T00:00:00Z"}
    assert memory("get", f"principals/{alice}/effective?path=org").json()["verbs"] == ["memory:read"]
    assert memory("get", f"principals/{alice}/effective?path=org/acme/x").json()["verbs"] == ["memory:write"]


def test_a_name_is_taken_once(memory: MemoryApi, alice: str) -> None:
    assert memory("post", "principals", {"name": "alice"}).status_code == 409


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\nb", "x" * 201, "00000000-0000-7000-8000-000000000001"])
def test_a_name_that_is_none_is_refused(memory: MemoryApi, name: str) -> None:
    assert memory("post", "principals", {"name": name}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"path": "org", "verbs": ["memory:fly"]},
        {"path": "a//b", "verbs": ["memory:read"]},
        {"path": "org", "verbs": []},
        {"path": "org"},
        {"verbs": ["memory:read"]},
        None,
    ],
)
def test_a_grant_that_is_none_is_refused(memory: MemoryApi, alice: str, body: Any) -> None:
    for method in ("post", "delete"):
        assert memory(method, f"principals/{alice}/grants", body).status_code == 400
    assert Grant.objects.filter(principal__isnull=False).count() == 1


def test_nobody_grants_more_than_they_have(agent: Speak, alice: str) -> None:
    manager = agent({"grant:manage": ["org/acme/*"], "memory:read": ["org/acme/*"]})
    at = f"principals/{alice}/grants"
    assert manager("post", at, {"path": "org/acme/x", "verbs": ["memory:read"]}).status_code == 200
    assert manager("post", at, {"path": "*", "verbs": ["memory:read"]}).status_code == 403
    assert manager("post", at, {"path": "org/acme", "verbs": ["memory:write"]}).status_code == 403
    assert manager("delete", at, {"path": "org/beta", "verbs": ["memory:read"]}).status_code == 403
    assert manager("post", "principals", {"name": "x", "grants": {"memory:read": ["*"]}}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "principals", None),
        ("post", "principals", {"name": "x"}),
        ("get", "principals/alice", None),
        ("delete", "principals/alice", None),
        ("post", "principals/alice/grants", {"path": "x", "verbs": ["memory:read"]}),
        ("get", "principals/alice/effective?path=x", None),
    ],
)
def test_principals_are_for_who_manages_grants(agent: Speak, alice: str, method: str, path: str, body: Any) -> None:
    plain = agent({verb: ["*"] for verb in Verb.values if verb != Verb.GRANT_MANAGE})
    assert plain(method, path, body).status_code == 403


def test_a_manager_is_told_the_grants_that_it_manages(agent: Speak, memory: MemoryApi, alice: str) -> None:
    memory("post", f"principals/{alice}/grants", {"path": "org/beta", "verbs": ["memory:read"]})
    manager = agent({"grant:manage": ["org/acme/*"]})
    [row] = manager("get", "principals").json()
    assert row["grants"] == {"memory:read": ["org/acme"]}
    assert all(
        "*" not in json.dumps(row["grants"]) for row in manager("get", "keys").json() if row["name"] == "agent 0"
    )
    assert manager("get", f"principals/{alice}/effective?path=org/acme").json()["verbs"] == ["memory:read"]
    assert manager("get", f"principals/{alice}/effective?path=org/beta").status_code == 403


def test_a_neighbours_principal_is_not_found(memory: MemoryApi, alice: str, agent: Speak, neighbour: Context) -> None:
    assert agent(context=neighbour)("get", f"principals/{alice}").status_code == 404


def test_a_deleted_principal_takes_its_keys_along(
    memory: MemoryApi, agent: Speak, alice: str, context: Context, now: datetime
) -> None:
    principal = Principal.objects.get()
    hers = agent(principal=principal)
    for owner in (principal, None):
        Entity.objects.create(
            context=context,
            scope_set=scope_set_for(context, [[""]], now=now),
            type="person",
            name="Alice" if owner else "user",
            folded="alice" if owner else "user",
            is_self=True,
            principal=owner,
            created_at=now,
            updated_at=now,
        )
    assert memory("delete", f"principals/{alice}").status_code == 204
    assert hers("get", "me").status_code == 401
    assert memory("get", "principals").json() == []
    assert Entity.objects.get(name="Alice").is_self is False


def test_what_was_granted_is_noted(memory: MemoryApi, alice: str) -> None:
    memory("post", f"principals/{alice}/grants", {"path": "org", "verbs": ["memory:write"]})
    entry = AuditEntry.objects.get(verb="memory.grant.create")
    assert entry.after == {"principal": "alice", "path": "org", "verbs": ["memory:write"]}

"""Which key opens which context, and what the others are told."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.audit import LARDER
from accounts.keys import create_key, revoke_key
from accounts.models import AccessKey
from memory.access.caller import ALL_GRANTS, Verb
from memory.access.keys import make_key
from memory.access.principals import create_principal
from memory.models import Context, MemoryKey, Principal
from tests.memory.conftest import MemoryApi, Speak

ALICE = "org/acme/user/alice"


@pytest.fixture
def alice(context: Context, now: datetime) -> Principal:
    grants = {"memory:read": frozenset({ALICE}), "memory:write": frozenset({ALICE})}
    return create_principal(context, "alice", grants=grants, now=now, actor=LARDER)


def test_anybody_may_ask_whether_the_memory_answers(client: Client) -> None:
    answer = client.get("/api/v1/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["X-Trace-Id"]


@pytest.mark.parametrize("header", ["Authorization", "API-KEY", "X-Internal-API-Key"])
def test_a_key_may_come_in_any_of_its_headers(memory: MemoryApi, header: str) -> None:
    sent = f"Bearer {memory.key}" if header == "Authorization" else memory.key
    answer = memory.client.get("/api/v1/acme/me", headers={header: sent})
    assert answer.status_code == 200


def test_without_a_credential_nothing_is_told(context: Context, client: Client) -> None:
    answer = client.get("/api/v1/acme/me")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer x", "Bearer larder_00000000_nope", "Basic YTpi", "Bearer \xe4"])
def test_what_is_no_key_opens_nothing(context: Context, client: Client, sent: str) -> None:
    assert client.get("/api/v1/acme/me", headers={"Authorization": sent}).status_code == 401


def test_a_foreign_and_an_unknown_context_look_the_same(memory: MemoryApi, neighbour: Context) -> None:
    foreign, unknown, none = (memory.at(name)("get", "me") for name in ("globex", "nobody", "NO%20context%00"))
    told = [answer.json() | {"instance": ""} for answer in (foreign, unknown, none)]
    assert [answer.status_code for answer in (foreign, unknown, none)] == [401, 401, 401]
    assert told[0] == told[1] == told[2]


def test_an_admins_key_opens_every_context_and_hears_of_unknown_ones(admin: MemoryApi, neighbour: Context) -> None:
    assert admin("get", "me").json()["kind"] == "admin"
    assert admin.at("globex")("get", "me").status_code == 200
    answer = admin.at("nobody")("get", "me")
    assert (answer.status_code, answer.json()["code"]) == (404, "context-not-found")


@pytest.mark.parametrize(("role", "source"), [("provider", None), ("analyzer", None), ("analyzer", "memory.acme")])
def test_keys_of_the_store_open_no_memory(context: Context, client: Client, role: str, source: str | None) -> None:
    key = create_key("store", role=role, source=source)[1]
    assert MemoryApi(client, key, "acme")("get", "me").status_code == 401


def test_a_revoked_and_an_expired_key_open_nothing(context: Context, client: Client, now: datetime) -> None:
    old = make_key(context, name="old", actor=LARDER, expires_at=now + timedelta(hours=1))
    gone = make_key(context, name="gone", actor=LARDER)
    AccessKey.objects.filter(pk=old.key.pk).update(expires_at=now)
    revoke_key(gone.key.access_key, now=now)
    assert MemoryApi(client, old.text, "acme")("get", "me").status_code == 401
    assert MemoryApi(client, gone.text, "acme")("get", "me").status_code == 401


def test_me_tells_what_a_key_may(agent: Speak, alice: Principal) -> None:
    told = agent({"memory:read": ["org/acme/*"]}, principal=alice)("get", "me").json()
    assert told == {
        "principalId": f"principal:{alice.pk}",
        "displayName": "alice",
        "kind": "principal",
        "enforce": True,
        "grants": {"memory:read": [ALICE], "memory:write": [ALICE]},
        "effectiveGrants": {"memory:read": [ALICE]},
        "delegatedPrincipalId": None,
        "tokenGrants": {"memory:read": ["org/acme/*"]},
    }


def test_a_key_without_grants_has_its_principals(agent: Speak, alice: Principal) -> None:
    told = agent(principal=alice)("get", "me").json()
    assert told["effectiveGrants"] == {"memory:read": [ALICE], "memory:write": [ALICE]}
    assert told["tokenGrants"] is None


@pytest.mark.parametrize("header", ["X-Memory-On-Behalf-Of", "X-Spectron-On-Behalf-Of"])
@pytest.mark.parametrize("sent", ["alice", "principal:alice", "{id}", "principal:{id}"])
def test_acting_for_another_is_what_both_may(agent: Speak, alice: Principal, header: str, sent: str) -> None:
    manager = agent({"memory:read": ["*"], "memory:forget": ["*"], "grant:manage": ["org/acme"]})
    told = manager("get", "me", **{header: sent.format(id=alice.pk)}).json()
    assert told["effectiveGrants"] == {"memory:read": [ALICE]}
    assert told["delegatedPrincipalId"] == f"principal:{alice.pk}"


def test_an_admin_acting_for_another_may_no_more_than_they(admin: MemoryApi, alice: Principal) -> None:
    acting = {"X-Memory-On-Behalf-Of": "alice"}
    assert admin("get", "me", **acting).json()["effectiveGrants"] == {"memory:read": [ALICE], "memory:write": [ALICE]}
    assert admin("get", "keys", **acting).status_code == 403
    assert admin("post", "scopes", {"path": "org"}, **acting).status_code == 403


def test_acting_for_another_needs_to_manage_grants(agent: Speak, alice: Principal) -> None:
    plain = agent({verb: ["*"] for verb in ALL_GRANTS if verb != Verb.GRANT_MANAGE})
    for named in ("alice", "nobody"):
        assert plain("get", "me", **{"X-Memory-On-Behalf-Of": named}).status_code == 403


def test_nobody_acts_for_who_is_unknown_or_of_another_context(
    memory: MemoryApi, neighbour: Context, now: datetime
) -> None:
    other = create_principal(neighbour, "bob", grants={}, now=now, actor=LARDER)
    for named in ("nobody", "bob", str(other.pk), "principal:", "\0"):
        assert memory("get", "me", **{"X-Memory-On-Behalf-Of": named}).status_code == 404


def test_every_call_of_a_key_counts_against_its_rate(memory: MemoryApi, settings: Any) -> None:
    settings.THROTTLE_RATE = (2, 3_600)
    assert [memory("get", "me").status_code for _ in range(2)] == [200, 200]
    refused = memory("get", "me")
    told = refused.json()
    assert (refused.status_code, told["code"]) == (429, "too_many_requests")
    assert refused["Retry-After"] == str(told["retry_after"])
    assert isinstance(told["retry_after"], int)


def test_a_key_of_a_memory_is_an_agents(context: Context) -> None:
    made = make_key(context, name="bot", actor=LARDER)
    kept = MemoryKey.objects.select_related("access_key").get()
    assert (kept.access_key.role, kept.access_key.source) == ("agent", "memory.acme")
    assert made.text not in repr(kept.__dict__)

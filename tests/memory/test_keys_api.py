"""Keys of a context: made, listed, renewed and revoked."""

from datetime import datetime
from typing import Any

import pytest

from accounts.audit import LARDER
from accounts.keys import revoke_key
from accounts.models import AccessKey, AuditEntry
from memory.access.caller import Verb
from memory.access.keys import find_key, keys_of, remove_key, rotate_key
from memory.access.principals import create_principal
from memory.errors import MemoryNotFound
from memory.models import Context, MemoryKey
from tests.memory.conftest import MemoryApi, Speak

MANAGER = {"grant:manage": ["org/acme/*"], "memory:read": ["org/acme/*"]}


def made(speak: MemoryApi, body: Any = None, path: str = "keys", **headers: str) -> MemoryApi:
    """A client that speaks with the key that another made."""
    answer = speak("post", path, body, **headers)
    assert answer.status_code == 201, answer.content
    return MemoryApi(speak.client, answer.json()["key"], "acme")


def effective(speak: MemoryApi) -> dict[str, list[str]]:
    told: dict[str, list[str]] = speak("get", "me").json()["effectiveGrants"]
    return told


def test_a_key_is_made_and_works_at_once(memory: MemoryApi) -> None:
    answer = memory("post", "keys?ttlSeconds=60", {"name": "bot", "grants": {"memory:read": ["org/acme/*"]}})
    told = answer.json()
    assert answer.status_code == 201
    assert told.keys() == {"id", "key", "validUntil"}
    assert told["validUntil"].endswith("Z")
    assert effective(MemoryApi(memory.client, told["key"], "acme")) == {"memory:read": ["org/acme/*"]}


def test_a_key_of_an_admin_may_do_all_of_the_context(admin: MemoryApi, neighbour: Context) -> None:
    key = made(admin)
    assert effective(key) == {verb: ["*"] for verb in sorted(Verb.values)}
    assert key("get", "me").json()["kind"] == "key"
    assert key.at("globex")("get", "me").status_code == 401


def test_keys_are_listed_without_their_texts(memory: MemoryApi) -> None:
    made(memory, {"name": "bot", "grants": {"memory:read": "org"}})
    answer = memory("get", "keys")
    rows = {row["name"]: row for row in answer.json()}
    assert rows.keys() == {"agent 0", "bot"}
    assert rows["bot"]["grants"] == {"memory:read": ["org"]}
    assert rows["agent 0"]["lastUsedAt"].endswith("Z")
    assert memory.key not in answer.content.decode()


@pytest.mark.parametrize("named", ["bot", "{id}"])
def test_a_revoked_key_is_refused_and_its_name_is_free(memory: MemoryApi, named: str) -> None:
    bot = made(memory, {"name": "bot"})
    key_id = MemoryKey.objects.get(name="bot").pk
    assert memory("delete", f"keys/{named.format(id=key_id)}").status_code == 204
    assert bot("get", "me").status_code == 401
    assert memory("delete", "keys/bot").status_code == 404
    assert made(memory, {"name": "bot"})("get", "me").status_code == 200


def test_a_key_that_was_revoked_among_all_keys_frees_its_name_too(memory: MemoryApi, now: datetime) -> None:
    made(memory, {"name": "bot"})
    revoke_key(AccessKey.objects.get(name="bot"), now=now)
    assert [row["name"] for row in memory("get", "keys").json()] == ["agent 0"]
    assert made(memory, {"name": "bot"})("get", "me").status_code == 200


def test_a_name_is_taken_once(memory: MemoryApi, admin: MemoryApi, neighbour: Context) -> None:
    made(memory, {"name": "bot"})
    assert memory("post", "keys", {"name": "bot"}).status_code == 409
    assert admin.at("globex")("post", "keys", {"name": "bot"}).status_code == 201


def test_of_two_who_renew_a_key_at_once_one_is_told(memory: MemoryApi, context: Context, now: datetime) -> None:
    """The second one has read the key before the first has ended it."""
    made(memory, {"name": "bot"})
    first, second = find_key(context, "bot"), find_key(context, "bot")
    rotate_key(first, expires_at=None, now=now, actor=LARDER)
    with pytest.raises(MemoryNotFound, match="at this moment"):
        rotate_key(second, expires_at=None, now=now, actor=LARDER)
    with pytest.raises(MemoryNotFound, match="at this moment"):
        remove_key(second, now=now, actor=LARDER)
    assert len(keys_of(context)) == 2  # with that of whoever asks


def test_a_rotated_key_has_another_text_and_the_same_grants(memory: MemoryApi) -> None:
    old = made(memory, {"name": "bot", "grants": {"memory:read": ["org"]}})
    new = made(memory, path="keys/bot/rotate?ttlSeconds=60")
    assert old("get", "me").status_code == 401
    assert effective(new) == {"memory:read": ["org"]}
    assert [row["name"] for row in memory("get", "keys").json()] == ["agent 0", "bot"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "keys", None),
        ("post", "keys", {}),
        ("delete", "keys/agent 0", None),
        ("post", "keys/agent 0/rotate", {}),
    ],
)
def test_keys_are_for_who_manages_grants(agent: Speak, method: str, path: str, body: Any) -> None:
    plain = agent({verb: ["*"] for verb in Verb.values if verb != Verb.GRANT_MANAGE})
    assert plain(method, path, body).status_code == 403


@pytest.mark.parametrize(
    "grants",
    [
        {"memory:read": ["*"]},
        {"memory:read": ["org/beta"]},
        {"memory:write": ["org/acme"]},
        {"memory:read": ["org/acme", "org/beta"]},
        {"grant:manage": ["*"]},
    ],
)
def test_nobody_makes_a_key_that_may_more(agent: Speak, grants: Any) -> None:
    assert agent(MANAGER)("post", "keys", {"grants": grants}).status_code == 403
    assert MemoryKey.objects.count() == 1


def test_a_key_that_names_no_grants_has_its_makers(agent: Speak) -> None:
    assert effective(made(agent(MANAGER))) == {"grant:manage": ["org/acme/*"], "memory:read": ["org/acme/*"]}


def test_no_grants_at_all_are_none(memory: MemoryApi) -> None:
    assert effective(made(memory, {"grants": {}})) == {}


@pytest.fixture
def boss(context: Context, now: datetime) -> None:
    create_principal(context, "boss", grants={"memory:read": frozenset({"*"})}, now=now, actor=LARDER)


def test_no_key_is_made_for_a_principal_that_may_more(agent: Speak, boss: None) -> None:
    assert agent(MANAGER)("post", "keys", {"principal": "boss"}).status_code == 403
    assert agent(MANAGER)("post", "keys", {"principal": "boss", "grants": {}}).status_code == 403
    acting = {"X-Memory-On-Behalf-Of": "boss"}
    assert agent(MANAGER)("post", "keys", {}, **acting).status_code == 403


def test_a_narrowed_key_is_made_for_a_principal_that_may_more(agent: Speak, boss: None) -> None:
    key = made(agent(MANAGER), {"principal": "boss", "grants": {"memory:read": ["org/acme"]}})
    assert effective(key) == {"memory:read": ["org/acme"]}
    assert key("get", "me").json()["displayName"] == "boss"


def test_nobody_renews_or_revokes_a_key_that_may_more(agent: Speak, memory: MemoryApi) -> None:
    made(memory, {"name": "root"})
    manager = agent(MANAGER)
    assert manager("post", "keys/root/rotate").status_code == 403
    assert manager("delete", "keys/root").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a/b"},
        {"name": "x" * 201},
        {"name": "a\nb"},
        {"grants": {"memory:fly": ["*"]}},
        {"grants": {"memory:read": ["a//b"]}},
        {"grants": {"memory:read": [["a"]]}},
        {"grants": {"memory:read": {"a": 1}}},
        {"grants": []},
        {"grants": {"memory:read": ["a"] * 101}},
    ],
)
def test_what_is_no_key_is_refused(memory: MemoryApi, body: Any) -> None:
    assert memory("post", "keys", body).status_code == 400
    assert MemoryKey.objects.count() == 1


@pytest.mark.parametrize("ttl", ["0", "-1", "99999999999"])
def test_a_key_lives_for_a_time(memory: MemoryApi, ttl: str) -> None:
    assert memory("post", f"keys?ttlSeconds={ttl}").status_code == 400


def test_who_made_and_revoked_a_key_is_noted(memory: MemoryApi) -> None:
    made(memory, {"name": "bot", "grants": {"memory:read": ["org"]}})
    memory("delete", "keys/bot")
    entries = AuditEntry.objects.filter(object="memory.acme", verb__startswith="memory.key").order_by("id")
    assert [(entry.verb, entry.actor) for entry in entries][1:] == [
        ("memory.key.create", str(AccessKey.objects.get(name="agent 0"))),
        ("memory.key.revoke", str(AccessKey.objects.get(name="agent 0"))),
    ]
    assert entries[1].after == {"key": "bot", "principal": "", "grants": {"memory:read": ["org"]}}

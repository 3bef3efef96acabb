"""Contexts: made, changed and deleted by admins."""

from typing import Any

import pytest
from django.test import Client

from accounts.keys import create_key
from accounts.models import AccessKey, AuditEntry
from knowledge.models import Document
from memory.access.reserved import RESERVED
from memory.models import Context
from tests.memory.conftest import MemoryApi, Speak


@pytest.fixture
def root(admin_key: str, client: Client) -> MemoryApi:
    """An admin's key, at the addresses of all contexts."""
    return MemoryApi(client, admin_key, "contexts")


def test_a_context_is_made_with_its_settings(root: MemoryApi) -> None:
    made = root("post", "acme-prod", {"name": "Acme", "confidenceFloor": 0.8, "token_limit": 1_000})
    assert made.status_code == 201
    told = made.json()
    assert (told["id"], told["name"], told["confidenceFloor"], told["tokenLimit"]) == ("acme-prod", "Acme", 0.8, 1_000)
    assert told["createdAt"].endswith("Z")
    assert root("get", "acme-prod").json() == told


def test_a_context_is_made_without_a_body(root: MemoryApi) -> None:
    assert root("post", "acme").status_code == 201


def test_a_context_is_made_once(root: MemoryApi, context: Context) -> None:
    again = root("post", context.pk)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_no_context_is_named_like_an_address_of_the_store(root: MemoryApi, word: str) -> None:
    refused = root("post", word)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_memory_request")
    assert not Context.objects.exists()


@pytest.mark.parametrize("name", ["Acme", "-acme", "acme.prod", "a" * 64, "ac me", "ämter", "_acme"])
def test_a_name_that_is_none_is_refused(root: MemoryApi, name: str) -> None:
    assert root("post", name).status_code == 400


@pytest.mark.parametrize("body", [{"confidenceFloor": 2}, {"tokenLimit": -1}, {"confidence_floor": None}, [1], "x"])
def test_settings_that_are_none_are_refused(root: MemoryApi, body: Any) -> None:
    assert root("post", "acme", body).status_code == 400


def test_a_setting_changes_and_the_others_stay(root: MemoryApi, context: Context) -> None:
    root("patch", "acme", {"tokenLimit": 50, "useModels": False})
    told = root("patch", "acme", {"tokenLimit": None}).json()
    assert (told["tokenLimit"], told["useModels"], told["confidenceFloor"]) == (None, False, 0.7)
    entries = AuditEntry.objects.filter(object="memory.acme", verb="memory.context.update").order_by("id")
    assert [(entry.before, entry.after) for entry in entries] == [
        ({"token_limit": None, "use_models": True}, {"token_limit": 50, "use_models": False}),
        ({"token_limit": 50}, {"token_limit": None}),
    ]


def test_contexts_are_listed_by_name(root: MemoryApi, context: Context, neighbour: Context) -> None:
    assert [each["id"] for each in root("get").json()] == ["acme", "globex"]


def test_an_unknown_context_is_told_to_admins(root: MemoryApi, db: None) -> None:
    for method in ("get", "patch", "delete"):
        answer = root(method, "nobody")
        assert (answer.status_code, answer.json()["code"]) == (404, "context-not-found")


@pytest.mark.parametrize("role", ["provider", "analyzer"])
def test_others_make_no_contexts(db: None, client: Client, role: str) -> None:
    assert MemoryApi(client, create_key("other", role=role)[1], "contexts")("post", "acme").status_code == 403
    assert MemoryApi(client, "", "contexts")("post", "acme").status_code == 401


def test_an_agent_makes_no_contexts(memory: MemoryApi) -> None:
    assert memory.at("contexts")("post", "mine").status_code == 403
    assert memory.at("contexts")("delete", "acme").status_code == 403


def test_a_context_is_deleted_with_its_keys_and_documents(
    root: MemoryApi, agent: Speak, push: Any, context: Context, neighbour: Context
) -> None:
    mine, theirs = agent(), agent(context=neighbour)
    push({"id": "turn/1", "content": "ours", "source": "memory.acme"}, {"id": "2", "content": "x", "source": "wiki"})
    assert root("delete", "acme").status_code == 204
    assert list(Document.objects.values_list("source", flat=True)) == ["wiki"]
    assert mine("get", "me").status_code == 401
    assert theirs("get", "me").status_code == 200
    assert AccessKey.objects.filter(source="memory.acme", revoked_at=None).count() == 0
    assert AuditEntry.objects.filter(object="memory.acme", verb="memory.context.delete").count() == 1
    assert root("post", "acme").status_code == 201

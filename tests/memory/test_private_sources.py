"""What agents remember is not found by chance: not by keys that are bound to no source, nor by the anonymous."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ingestion.collections.collections import default_collection
from ingestion.uploads.submit import Label, submit_text
from tests.conftest import Api

TURN = {"id": "turn/1", "content": "alice keeps honey", "source": "memory.acme", "tags": ["scope:1"]}
Speak = Callable[..., Api]


@pytest.fixture(autouse=True)
def stored(push: Any) -> None:
    push(TURN, {"id": "a", "content": "honey is sold here"})


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [each["id"] for each in answer.json()["documents"]]


@pytest.mark.parametrize("mode", ["semantic", "keyword", "hybrid"])
@pytest.mark.parametrize("extra", [{}, {"tags": "scope:1"}, {"explain": True}, {"strategy": "diverse"}])
@pytest.mark.parametrize("role", ["analyzer", "provider", "admin", None])
def test_a_query_without_a_source_leaves_memories_out(
    api: Speak, settings: Any, role: str | None, mode: str, extra: dict[str, Any]
) -> None:
    settings.QUERY_REQUIRES_KEY = role is not None
    answer = api(role)("post", "/api/v1/knowledge/query", {"text": "honey", "mode": mode} | extra)
    assert ids(answer) == ([] if "tags" in extra else ["a"])
    assert "keeps" not in answer.content.decode()


@pytest.mark.parametrize("role", ["analyzer", "provider", None])
def test_a_memory_cannot_be_named_by_who_is_not_bound_to_it(api: Speak, settings: Any, role: str | None) -> None:
    settings.QUERY_REQUIRES_KEY = role is not None
    answer = api(role)("post", "/api/v1/knowledge/query", {"text": "honey", "source": "memory.acme"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_admins_and_who_is_bound_to_a_memory_may_name_it(api: Speak) -> None:
    asked = {"text": "honey", "source": "memory.acme"}
    assert ids(api("admin")("post", "/api/v1/knowledge/query", asked)) == ["turn/1"]
    assert ids(api("analyzer", "memory.acme")("post", "/api/v1/knowledge/query", asked)) == ["turn/1"]


def test_lists_and_single_documents_leave_memories_out(api: Speak) -> None:
    reader = api("analyzer")
    assert ids(reader("get", "/api/v1/knowledge/documents")) == ["a"]
    assert reader("get", "/api/v1/knowledge/documents/turn/1").status_code == 404
    assert reader("get", "/api/v1/knowledge/sources/memory.acme/documents/turn/1").status_code == 403
    assert reader("get", "/api/v1/knowledge/documents?source=memory.acme").status_code == 403
    assert [each["source"] for each in reader("get", "/api/v1/knowledge/sources").json()["sources"]] == ["wiki"]
    assert len(api("admin")("get", "/api/v1/knowledge/sources").json()["sources"]) == 2


def test_nobody_pushes_into_a_memory_or_deletes_from_it_by_chance(api: Speak) -> None:
    writer = api("provider")
    assert writer("post", "/api/v1/knowledge/bulk-upsert", {"documents": [TURN]}).status_code == 403
    assert writer("post", "/api/v1/knowledge/upsert", TURN).status_code == 403
    assert writer("delete", "/api/v1/knowledge/documents/turn/1").status_code == 404
    assert writer("delete", "/api/v1/knowledge/sources/memory.acme/documents/turn/1").status_code == 403


def test_files_of_a_memory_are_its_own(api: Speak, now: datetime) -> None:
    collection = default_collection(now=now, source="memory.acme")
    submitted = submit_text("honey", collection=collection, label=Label(), now=now)
    reader, admin = api("analyzer"), api("admin")
    at = "/v1/collections/memory.acme"
    assert reader("get", "/v1/collections").json() == []
    assert reader("get", at).status_code == 404
    assert reader("get", f"{at}/documents").status_code == 404
    assert api("provider")("post", "/v1/collections", {"name": "memory.other"}).status_code == 403
    assert reader("get", f"/api/documents/{submitted.file.pk}").status_code == 404
    assert reader("get", "/api/documents").json()["total"] == 0
    assert admin("get", at).status_code == 200
    assert admin("get", "/api/documents").json()["total"] == 1

"""Texts that the backend refuses: seen, and tried again on request."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from knowledge.deleting.trash import delete_rows
from knowledge.embedding.pending import embed_pending
from knowledge.embedding.quarantine import read_quarantine, retry_all
from knowledge.models import Document, Passage
from knowledge.run_counts import Counts
from tests.conftest import Api
from tests.embedding import HashingEmbedder

pytestmark = pytest.mark.django_db
URL = "/api/v1/knowledge/quarantine"


@pytest.fixture
def refused(push: Callable[..., Counts]) -> None:
    """Three documents that the backend refuses, in two sources, beside one that it takes."""
    push(
        *({"id": f"bad{n}", "content": f"☠ {n}"} for n in range(2)),
        {"id": "bad", "content": "☠", "source": "hr"},
        "good",
    )


@pytest.fixture
def admin(api: Callable[..., Api]) -> Api:
    return api("admin")


def test_what_the_backend_refused_is_listed_with_its_error(refused: None, admin: Api) -> None:
    page = admin("get", URL).json()
    assert page["next"] is None
    assert {(row["source"], row["id"]) for row in page["passages"]} == {
        ("wiki", "bad0"),
        ("wiki", "bad1"),
        ("hr", "bad"),
    }
    row = page["passages"][0]
    assert (row["ordinal"], row["attempts"], row["model"]) == (0, 1, "test:hashing")
    assert "☠" in row["error"]
    assert row["next_try_at"]


def test_pages_follow_one_another_without_gaps(refused: None, admin: Api) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        page = admin("get", f"{URL}?limit=1&cursor={cursor}").json()
        seen += [row["id"] for row in page["passages"]]
        cursor = page["next"]
    assert sorted(seen) == ["bad", "bad0", "bad1"]


def test_one_source_alone_can_be_listed(refused: None, admin: Api) -> None:
    assert [row["id"] for row in admin("get", f"{URL}?source=hr").json()["passages"]] == ["bad"]


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 30, "½"])
def test_a_made_up_cursor_is_refused(admin: Api, cursor: str) -> None:
    answer = admin("get", f"{URL}?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


def test_one_document_is_tried_again_at_once(
    refused: None, admin: Api, embedder: HashingEmbedder, now: datetime
) -> None:
    embedder.refused_marker = None
    assert embed_pending(now=now) == 0
    assert admin("post", f"{URL}/retry", {"source": "wiki", "id": "bad1"}).json() == {"passages": 1}
    assert embed_pending(now=now) == 1
    assert [row.id for row in read_quarantine(source="wiki").rows] == ["bad0"]


def test_all_are_tried_again_at_once(refused: None, admin: Api, embedder: HashingEmbedder, now: datetime) -> None:
    embedder.refused_marker = None
    assert admin("post", f"{URL}/retry", {}).json() == {"passages": 3}
    assert embed_pending(now=now) == 3
    assert not Passage.objects.waiting().exists()


def test_a_source_alone_can_be_tried_again(refused: None) -> None:
    assert retry_all(source="wiki") == 2


def test_a_retry_that_fails_waits_longer_than_before(refused: None, admin: Api, now: datetime) -> None:
    admin("post", f"{URL}/retry", {"source": "hr", "id": "bad"})
    embed_pending(now=now)
    assert read_quarantine(source="hr").rows[0].attempts == 2


def test_a_document_that_is_not_in_quarantine_is_not_found(refused: None, admin: Api) -> None:
    answer = admin("post", f"{URL}/retry", {"source": "wiki", "id": "good"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("body", [{"id": "bad"}, {"sauce": "hr"}, [], {"source": 1}])
def test_a_retry_of_another_shape_is_refused(admin: Api, body: dict[str, Any] | list[Any]) -> None:
    assert admin("post", f"{URL}/retry", body).status_code == 422


def test_a_name_with_a_nul_is_refused(admin: Api) -> None:
    assert admin("get", f"{URL}?source=%00").status_code == 422


@pytest.mark.parametrize("role", ["provider", "analyzer", None])
def test_only_admins_see_the_quarantine(api: Callable[..., Api], role: str | None) -> None:
    assert api(role)("get", URL).status_code == (403 if role else 401)


def test_what_lies_in_the_trash_is_not_listed(refused: None, now: datetime) -> None:
    delete_rows(list(Document.objects.filter(source="hr").values_list("pk", flat=True)), now=now, actor="test")
    assert not read_quarantine(source="hr").rows

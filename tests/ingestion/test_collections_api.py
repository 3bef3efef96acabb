"""The published shape of /v1/collections: statuses, fields, defaults and sentences."""

from typing import Any

import pytest
from django.utils import timezone

from ingestion.collections import collections
from ingestion.models import Blob, Collection
from knowledge.models import Document
from tests.embedding import HashingEmbedder
from tests.ingestion.conftest import DOCUMENTS, ProcessAll, upload

COLLECTION = {
    "name",
    "description",
    "file_count",
    "chunk_count",
    "created_at",
    "updated_at",
    "backend",
    "metadata",
}


def test_a_collection_is_made_and_told_whole(admin: Any) -> None:
    body = {"name": "reports", "description": "Yearly ones", "metadata": {"team": "finance"}}
    response = admin("post", "/v1/collections", body)
    assert response.status_code == 201
    made = response.json()
    assert set(made) == COLLECTION
    assert {name: made[name] for name in body} == body
    assert (made["file_count"], made["chunk_count"], made["backend"]) == (0, 0, "larder")
    assert made["created_at"] == made["updated_at"]
    assert admin("get", "/v1/collections/reports").json() == made
    listed = admin("get", "/v1/collections").json()
    assert [each["name"] for each in listed] == ["documents", "reports"]
    assert listed[1] == made


def test_a_name_is_all_that_is_needed(admin: Any) -> None:
    made = admin("post", "/v1/collections", {"name": "reports", "description": None, "metadata": None}).json()
    assert (made["description"], made["metadata"]) == (None, {})


def test_a_collection_is_made_once(reports: Any) -> None:
    response = reports("post", "/v1/collections", {"name": "reports"})
    assert (response.status_code, response.json()["detail"]) == (409, "Collection 'reports' exists already")


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\0b", ".", "..", "x" * 200, None, 7])
def test_a_name_that_cannot_be_a_source_is_refused(admin: Any, name: Any) -> None:
    assert admin("post", "/v1/collections", {"name": name}).status_code == 422


@pytest.mark.parametrize(
    "metadata",
    [{"days_to_live": 0}, {"days_to_live": "9"}, {"splitter": "axe"}, {"keep_bytes": "yes"}, {"keep_bytes": 1}],
)
def test_a_term_or_splitter_that_cannot_be_is_refused(admin: Any, metadata: Any) -> None:
    assert admin("post", "/v1/collections", {"name": "reports", "metadata": metadata}).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/v1/collections/x", None),
        ("delete", "/v1/collections/x", None),
        ("patch", "/v1/collections/x", {}),
        ("get", "/v1/collections/x/documents", None),
        ("delete", "/v1/collections/x/documents", {"file_ids": []}),
    ],
)
def test_a_missing_collection_is_not_found(admin: Any, method: str, path: str, body: Any) -> None:
    response = admin(method, path, body)
    assert response.status_code == 404
    sentence = "Collection 'x' not found"
    assert response.json() == {"code": "not_found", "detail": sentence, "error": {"message": sentence}}


def test_deleting_a_collection_deletes_all_that_was_filed_in_it(reports: Any, process_all: ProcessAll) -> None:
    upload(reports, ("a.txt", b"text"))
    process_all()
    told = reports("delete", "/v1/collections/reports").json()
    assert told == {"success": True, "collection": "reports"}
    assert told["success"] is True
    assert reports("get", "/v1/collections/reports").status_code == 404
    assert not Document.objects.filter(source="reports", deleted_at=None).exists()


@pytest.mark.parametrize(("files", "documents"), [(2, 100), (100, 3), (1, 1)])
def test_a_collection_of_any_size_is_deleted_by_batches(
    reports: Any, process_all: ProcessAll, monkeypatch: pytest.MonkeyPatch, files: int, documents: int
) -> None:
    monkeypatch.setattr(collections, "BATCH", files)
    monkeypatch.setattr(collections, "MOST_DOCUMENTS", documents)
    words = {n: b"".join(b"word%d " % each for each in range(1_000 if n == 2 else n + 1)) for n in range(5)}
    upload(reports, *((f"{n}.txt", text) for n, text in words.items()))
    process_all()
    live = Document.objects.filter(source="reports", deleted_at=None)
    assert (before := live.count()) > 5
    deleted = collections.delete_collection(Collection.objects.get(pk="reports"), now=timezone.now(), actor="test")
    assert deleted == before
    assert not live.exists()
    assert not Blob.objects.exists()
    assert not Collection.objects.filter(pk="reports").exists()


def test_a_term_can_be_changed_for_what_is_filed_from_now_on(reports: Any) -> None:
    told = reports("patch", "/v1/collections/reports", {"metadata": {"days_to_live": 9}}).json()
    assert told["metadata"] == {"days_to_live": 9}
    assert told["updated_at"] != told["created_at"]
    assert Collection.objects.get(pk="reports").days_to_live == 9
    reports("patch", "/v1/collections/reports", {"description": "New"})
    assert Collection.objects.get(pk="reports").days_to_live == 9


def test_health_needs_no_key_and_says_when_questions_cannot_be_answered(
    client: Any, collection: Collection, embedder: HashingEmbedder
) -> None:
    response = client.get("/v1/knowledge/health")
    assert (response.status_code, response.json()) == (200, {"status": "healthy", "backend": "larder"})


def test_health_is_503_while_the_embedder_is_away(
    client: Any, collection: Collection, embedder: HashingEmbedder
) -> None:
    embedder.available = False
    response = client.get("/v1/knowledge/health")
    detail = "The embedding backend cannot be reached."
    assert (response.status_code, response["Content-Type"]) == (503, "application/json; charset=utf-8")
    told = {"status": "unhealthy", "backend": "larder", "detail": detail, "error": {"message": detail}}
    assert response.json() == told


def test_who_may_not_is_told_so(api: Any, reports: Any) -> None:
    told = upload(reports, ("a.txt", b"text")).json()
    assert api(None)("get", "/v1/collections").status_code == 401
    assert api("analyzer")("get", DOCUMENTS).status_code == 200
    assert upload(api("analyzer"), ("b.txt", b"text")).status_code == 403
    bound = api("provider", "elsewhere")
    sentence = "Collection 'reports' not found"
    told_so = {"code": "not_found", "detail": sentence, "error": {"message": sentence}}
    assert bound("get", DOCUMENTS).json() == told_so
    assert bound("get", "/v1/collections").json() == []
    assert bound("post", "/v1/collections", {"name": "mine"}).status_code == 403
    assert bound("get", f"/v1/documents/{told['job_id']}/status").json()["status"] == "failed"

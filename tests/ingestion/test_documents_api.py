"""The published shape of /api/documents: statuses, fields, defaults, limits and sentences."""

import base64
import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from ingestion.api import documents
from ingestion.models import Collection, File, FileState
from knowledge.models import Document
from tests.ingestion import files
from tests.ingestion.conftest import ProcessAll

ROOT = "/api/documents"


def submit(admin: Any, **body: Any) -> Any:
    return admin("post", ROOT, {"source_type": "text", "content": "some text", **body})


def test_a_text_is_queued(admin: Any) -> None:
    response = submit(admin)
    assert response.status_code == 201
    file_id = response.json()["id"]
    assert response.json() == {"id": file_id, "status": "queued", "jobId": file_id}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("{", "Invalid JSON body"),
        ("[]", "Invalid JSON body"),
        ("\ud800".encode("utf-8", "surrogatepass"), "Invalid JSON body"),
        ("{}", "source_type must be text, url, or file"),
        ('{"source_type": 7}', "source_type must be text, url, or file"),
        ('{"source_type": "text"}', "content is required for text source_type"),
        ('{"source_type": "text", "content": null}', "content is required for text source_type"),
        ('{"source_type": "text", "content": 7}', "content is required for text source_type"),
        ('{"source_type": "url"}', "url is required for url source_type"),
        ('{"source_type": "url", "url": " "}', "url is required for url source_type"),
        ('{"source_type": "file"}', "content is required for file source_type"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_the_clients_own_words(
    admin: Any, client: Any, body: Any, sentence: str
) -> None:
    response = client.post(ROOT, data=body, content_type="application/json", headers=admin.headers)
    assert response.status_code == 400
    assert response.json() == {"error": sentence}


@pytest.mark.parametrize("content", ["", "  "])
def test_an_empty_text_is_taken_and_fails_with_a_worker(admin: Any, process_all: ProcessAll, content: str) -> None:
    file_id = submit(admin, content=content, title="Nothing").json()["id"]
    process_all()
    row = admin("get", f"{ROOT}/{file_id}").json()
    assert (row["status"], row["error"]) == ("failed", "Nothing holds no text.")


def test_a_url_that_is_tracked_is_not_taken_twice(admin: Any) -> None:
    first = submit(admin, source_type="url", url="https://example.org/a")
    again = submit(admin, source_type="url", url="https://example.org/a")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {"id": first.json()["id"], "status": "queued", "deduplicated": True}
    assert again.json()["deduplicated"] is True


@pytest.mark.parametrize("state", [FileState.EXTRACTING, FileState.DONE])
def test_a_url_that_is_tracked_is_answered_with_the_state_it_is_in(admin: Any, state: FileState) -> None:
    submit(admin, source_type="url", url="https://example.org/a")
    File.objects.update(state=state)
    again = submit(admin, source_type="url", url="https://example.org/a")
    assert (again.status_code, again.json()["status"]) == (200, state)


@pytest.mark.parametrize("state", [FileState.FAILED, FileState.DELETED])
def test_a_url_that_failed_or_was_deleted_is_taken_again(admin: Any, state: FileState) -> None:
    first = submit(admin, source_type="url", url="https://example.org/a")
    File.objects.update(state=state)
    assert submit(admin, source_type="url", url="https://example.org/a").status_code == 201
    assert first.json()["id"] != str(File.objects.newest_first()[0].pk)


def test_a_row_has_every_field(admin: Any, process_all: ProcessAll) -> None:
    file_id = submit(admin, title="Trip", content_type="text/plain", metadata={"by": "us"}).json()["id"]
    process_all()
    row = admin("get", f"{ROOT}/{file_id}").json()
    assert {name: row[name] for name in ("id", "source_type", "content_type", "title", "raw_content", "status")} == {
        "id": file_id,
        "source_type": "text",
        "content_type": "text/plain",
        "title": "Trip",
        "raw_content": "some text",
        "status": "done",
    }
    assert (row["source_url"], row["error"], row["chunk_count"], row["memory_count"]) == (None, None, 1, 1)
    assert json.loads(row["metadata_json"]) == {"by": "us"}
    assert len(row["content_hash"]) == 64
    assert row["created_at"] <= row["updated_at"] <= row["completed_at"]
    for name in ("created_at", "updated_at", "completed_at"):
        assert row[name].endswith("Z")
        assert datetime.fromisoformat(row[name]).tzinfo is not None


@pytest.mark.parametrize("file_id", [str(uuid4()), "no-uuid"], ids=["uuid", "no-uuid"])
def test_an_unknown_id_is_not_found_but_its_chunks_are_none(admin: Any, file_id: str) -> None:
    response = admin("get", f"{ROOT}/{file_id}")
    assert (response.status_code, response.json()) == (404, {"error": "Document not found"})
    response = admin("get", f"{ROOT}/{file_id}/chunks")
    assert (response.status_code, response.json()) == (200, {"chunks": [], "count": 0})


def test_chunks_are_windows_by_index_that_overlap(admin: Any, process_all: ProcessAll) -> None:
    text = "".join(f"{number:05d}" for number in range(1_120))
    file_id = submit(admin, content=text).json()["id"]
    process_all()
    told = admin("get", f"{ROOT}/{file_id}/chunks").json()
    assert set(told) == {"chunks", "count"}
    assert told["count"] == 3
    assert [chunk["content"] for chunk in told["chunks"]] == [text[:2_000], text[1_800:3_800], text[3_600:5_600]]
    File.objects.update(updated_at=timezone.now())
    told = admin("get", f"{ROOT}/{file_id}/chunks").json()
    row = admin("get", f"{ROOT}/{file_id}").json()
    keys = Document.objects.order_by("id").values_list("key", flat=True)
    for index, (chunk, key) in enumerate(zip(told["chunks"], keys, strict=True)):
        named = {"id": key, "type": "document_chunk", "created_at": row["completed_at"], "chunk_index": index}
        assert chunk == named | {"content": chunk["content"]}


def test_a_reason_is_asked_for_before_anything_is_looked_for(admin: Any) -> None:
    response = admin("delete", f"{ROOT}/{uuid4()}")
    assert (response.status_code, response.json()) == (400, {"error": "reason query parameter is required"})
    response = admin("delete", f"{ROOT}/{uuid4()}?reason=old")
    assert (response.status_code, response.json()) == (404, {"error": "Document not found"})


def test_deleting_twice_removes_nothing_more(admin: Any, process_all: ProcessAll) -> None:
    file_id = submit(admin, content="ab " * 1_000).json()["id"]
    process_all()
    assert admin("delete", f"{ROOT}/{file_id}?reason=old").json() == {"deleted": True, "memoriesRemoved": 2}
    assert admin("delete", f"{ROOT}/{file_id}?reason=old").json() == {"deleted": True, "memoriesRemoved": 0}
    row = admin("get", f"{ROOT}/{file_id}").json()
    assert (row["status"], row["chunk_count"], row["memory_count"]) == ("deleted", 2, 0)
    assert row["error"] == "old"
    assert admin("get", f"{ROOT}/{file_id}/chunks").json() == {"chunks": [], "count": 0}


def test_a_file_comes_as_base64_and_once(admin: Any, process_all: ProcessAll) -> None:
    body = {"source_type": "file", "title": "a.bin", "content_type": "application/octet-stream"}
    content = base64.b64encode(b"plain enough").decode()
    first = submit(admin, **body, content=content)
    again = submit(admin, **body, content=content)
    assert (first.status_code, again.status_code) == (201, 200)
    process_all()
    assert admin("get", f"{ROOT}/{first.json()['id']}").json()["raw_content"] == "plain enough"


def test_too_much_is_refused_with_the_limit(admin: Any, settings: Any) -> None:
    settings.MAX_FILING_BYTES = 2_000
    for source_type, letter in (("text", "x"), ("file", "y")):
        assert submit(admin, source_type=source_type, content=letter * 2_000).status_code == 201
        response = submit(admin, source_type=source_type, content=letter * 2_001)
        assert response.status_code == 413
        assert response.json() == {"error": "This has 2,001 bytes; at most 2,000 can be uploaded at once."}


def test_more_tags_than_fit_beside_ours_are_refused_with_the_limit(admin: Any) -> None:
    assert submit(admin, tags=[f"t{n}" for n in range(59)]).status_code == 201
    response = submit(admin, tags=[f"t{n}" for n in range(60)])
    assert response.status_code == 400
    assert response.json() == {"error": "tags has 60 tags; the limit is 59, since Larder adds up to 5 of its own"}


def test_strangers_are_told_to_sign_in(client: Any, collection: Collection) -> None:
    response = client.get(ROOT)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert set(response.json()) == {"error"}


def test_analyzers_read_and_neither_submit_nor_delete(api: Any, admin: Any) -> None:
    analyzer, file_id = api("analyzer"), submit(admin).json()["id"]
    assert analyzer("get", f"{ROOT}/{file_id}").status_code == 200
    assert submit(analyzer).status_code == 403
    assert analyzer("delete", f"{ROOT}/{file_id}?reason=old").status_code == 403


def test_a_bound_key_sees_its_own_collection_only(api: Any, admin: Any) -> None:
    file_id = submit(admin).json()["id"]
    bound = api("provider", "elsewhere")
    assert bound("get", f"{ROOT}/{file_id}").status_code == 404
    assert bound("get", ROOT).json()["total"] == 0
    assert submit(bound, collection="documents").status_code == 403


def test_a_bound_key_that_names_no_collection_files_into_its_own(api: Any) -> None:
    file_id = submit(api("provider", "elsewhere")).json()["id"]
    assert File.objects.get(pk=file_id).collection_id == "elsewhere"


@pytest.mark.parametrize(("title", "read"), [("note.md", "bm90ZQ=="), ("scan.pdf", None)])
def test_a_file_without_a_type_is_base64_where_its_name_is_no_texts(admin: Any, title: str, read: str | None) -> None:
    body = files.pdf("Trains run.") if read is None else b"note"
    submission = submit(admin, source_type="file", title=title, content=base64.b64encode(body).decode())
    assert submission.status_code == 201
    assert File.objects.get(pk=submission.json()["id"]).body_bytes == len(body if read is None else read)


def test_a_file_of_a_text_type_is_the_text_itself_and_bears_its_title_as_its_name(
    admin: Any, process_all: ProcessAll
) -> None:
    body = {"source_type": "file", "title": "note.md", "content_type": "text/markdown", "content": "bm90ZQ=="}
    file_id = submit(admin, **body).json()["id"]
    process_all()
    assert admin("get", f"{ROOT}/{file_id}").json()["raw_content"] == "bm90ZQ=="
    assert File.objects.get().file_name == "note.md"


def test_what_was_submitted_is_found_by_a_query(admin: Any, process_all: ProcessAll) -> None:
    submit(admin, content="Trains are booked by the travel desk.", title="Travel policy")
    process_all()
    told = admin("post", "/api/v1/knowledge/query", {"text": "travel desk trains", "tags": "document:travel-policy"})
    (found,) = told.json()["documents"]
    assert found["source"] == "documents"
    assert found["metadata"]["citation"] == "Travel policy"


def test_a_row_of_a_url_has_its_address_and_no_hash_before_it_is_fetched(admin: Any) -> None:
    file_id = submit(admin, source_type="url", url="https://example.org/a").json()["id"]
    row = admin("get", f"{ROOT}/{file_id}").json()
    assert (row["source_type"], row["source_url"], row["content_hash"]) == ("url", "https://example.org/a", None)


def test_a_row_that_failed_says_why(admin: Any, process_all: ProcessAll) -> None:
    body = {"source_type": "file", "title": "scan.pdf", "content_type": "application/pdf"}
    file_id = submit(admin, **body, content=base64.b64encode(files.pdf("")).decode()).json()["id"]
    process_all()
    row = admin("get", f"{ROOT}/{file_id}").json()
    assert row["status"] == "failed"
    sentence = "It holds no text, perhaps only pictures of pages. Have its text recognised (OCR) first."
    assert row["error"] == f"scan.pdf: {sentence}"
    assert (row["raw_content"], row["chunk_count"], row["memory_count"]) == (None, 0, 0)
    assert row["completed_at"] is not None
    assert admin("get", f"{ROOT}/{file_id}/chunks").json() == {"chunks": [], "count": 0}


def test_a_file_needs_content_too(admin: Any) -> None:
    response = submit(admin, source_type="file", content="")
    assert (response.status_code, response.json()) == (400, {"error": "content is required for file source_type"})


def test_other_chunk_settings_change_nothing_that_is_filed(admin: Any, process_all: ProcessAll, settings: Any) -> None:
    file_id = submit(admin, content="ab " * 1_000).json()["id"]
    process_all()
    before = admin("get", f"{ROOT}/{file_id}/chunks").json()
    settings.CHUNK_CHARS, settings.CHUNK_OVERLAP = 200, 0
    process_all()
    assert admin("get", f"{ROOT}/{file_id}/chunks").json() == before


DEEP = '{"a": ' * 40 + "1" + "}" * 40
LARGE = f'{{"a": "{"x" * 70_000}"}}'


@pytest.mark.parametrize("metadata", ['{"a": NaN}', r'{"a": "\u0000"}', r'{"a": "\ud800"}', DEEP, LARGE])
def test_metadata_that_cannot_be_kept_is_refused_in_a_sentence(admin: Any, client: Any, metadata: str) -> None:
    body = f'{{"source_type": "text", "content": "some text", "metadata": {metadata}}}'
    response = client.post(ROOT, data=body, content_type="application/json", headers=admin.headers)
    assert response.status_code == 400
    assert response.json()["error"].startswith("metadata ")
    assert not File.objects.exists()


def test_what_is_unknown_or_forbidden_is_told_in_the_same_shape(api: Any, admin: Any) -> None:
    for response in (
        submit(api("analyzer")),
        admin("post", f"{ROOT}/{uuid4()}/retry"),
        submit(admin, collection="x"),
        admin("get", f"{ROOT}/"),
        admin("get", f"{ROOT}/a/b"),
    ):
        assert response.status_code in (403, 404)
        assert set(response.json()) == {"error"}


def test_a_body_that_is_too_large_or_a_fault_of_ours_is_told_in_the_same_shape(
    admin: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_number", None)
    response = admin("get", ROOT)
    assert (response.status_code, set(response.json())) == (500, {"error"})
    settings.MAX_BODY_BYTES = 1_024
    response = submit(admin, content="x" * 1_024)
    assert (response.status_code, set(response.json())) == (413, {"error"})
    assert "is 1,024" in response.json()["error"]

"""The published shape of /v1: statuses, fields, defaults, limits and sentences of collections, uploads and jobs."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from filing.claims import claim_filings
from filing.models import Body, Collection, Filing, Job, State
from knowledge.models import Document
from tests.embedding import HashingEmbedder
from tests.filing import files

FileAll = Callable[[], None]
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
FILE = {
    "file_id",
    "file_name",
    "collection_name",
    "status",
    "file_size",
    "chunk_count",
    "uploaded_at",
    "ingested_at",
    "expiration_date",
    "error_message",
    "metadata",
}
PROGRESS = {"file_id", "file_name", "status", "progress_percent", "error_message", "chunks_created"}
JOB = {
    "job_id",
    "status",
    "submitted_at",
    "started_at",
    "completed_at",
    "total_files",
    "processed_files",
    "file_details",
    "collection_name",
    "backend",
    "error_message",
    "metadata",
}
DOCUMENTS = "/v1/collections/reports/documents"


@pytest.fixture
def admin(api: Any, collection: Collection) -> Any:
    return api("admin")


@pytest.fixture
def reports(admin: Any) -> Any:
    assert admin("post", "/v1/collections", {"name": "reports"}).status_code == 201
    return admin


def upload(caller: Any, *given: tuple[str, bytes], to: str = DOCUMENTS, **form: Any) -> Any:
    data = {"files": [SimpleUploadedFile(name, body) for name, body in given], **form}
    return caller.client.post(to, data=data, headers=caller.headers)


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
    assert [each["name"] for each in admin("get", "/v1/collections").json()] == ["documents", "reports"]


def test_a_name_is_all_that_is_needed(admin: Any) -> None:
    made = admin("post", "/v1/collections", {"name": "reports", "description": None, "metadata": None}).json()
    assert (made["description"], made["metadata"]) == (None, {})


def test_a_collection_is_made_once(reports: Any) -> None:
    response = reports("post", "/v1/collections", {"name": "reports"})
    assert (response.status_code, response.json()["detail"]) == (409, "Collection 'reports' exists already")


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\0b", "x" * 200, None, 7])
def test_a_name_that_cannot_be_a_source_is_refused(admin: Any, name: Any) -> None:
    assert admin("post", "/v1/collections", {"name": name}).status_code == 422


@pytest.mark.parametrize("metadata", [{"days_to_live": 0}, {"days_to_live": "9"}, {"splitter": "axe"}])
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
    assert response.json() == {"code": "not_found", "detail": "Collection 'x' not found"}


def test_an_upload_to_a_missing_collection_is_not_found(admin: Any) -> None:
    response = upload(admin, ("a.txt", b"text"), to="/v1/collections/x/documents")
    assert (response.status_code, response.json()["detail"]) == (404, "Collection 'x' not found")


def test_deleting_a_collection_deletes_all_that_was_filed_in_it(reports: Any, file_all: FileAll) -> None:
    upload(reports, ("a.txt", b"text"))
    file_all()
    assert reports("delete", "/v1/collections/reports").json() == {"success": True, "collection": "reports"}
    assert reports("get", "/v1/collections/reports").status_code == 404
    assert not Document.objects.filter(source="reports", deleted_at=None).exists()


def test_an_upload_is_followed_from_pending_to_completed(reports: Any, file_all: FileAll) -> None:
    response = upload(reports, ("a.txt", b"first text"), ("b.pdf", files.pdf("page one", "page two")))
    assert response.status_code == 202
    told = response.json()
    assert set(told) == {"job_id", "file_ids", "message"}
    assert told["message"] == "Ingestion job submitted for 2 file(s)"
    pending = reports("get", f"/v1/documents/{told['job_id']}/status").json()
    assert set(pending) == JOB
    assert all(set(each) == PROGRESS for each in pending["file_details"])
    assert (pending["status"], pending["total_files"], pending["processed_files"]) == ("pending", 2, 0)
    assert (pending["started_at"], pending["completed_at"], pending["error_message"]) == (None, None, None)
    assert [(each["status"], each["progress_percent"]) for each in pending["file_details"]] == [("uploading", 0.0)] * 2
    file_all()
    done = reports("get", f"/v1/documents/{told['job_id']}/status").json()
    assert (done["status"], done["processed_files"], done["collection_name"]) == ("completed", 2, "reports")
    assert (done["backend"], done["metadata"]) == ("larder", {})
    assert done["submitted_at"] <= done["started_at"] <= done["completed_at"]
    assert [each["file_id"] for each in done["file_details"]] == told["file_ids"]
    assert [(each["file_name"], each["status"], each["chunks_created"]) for each in done["file_details"]] == [
        ("a.txt", "success", 1),
        ("b.pdf", "success", 2),
    ]
    assert {each["progress_percent"] for each in done["file_details"]} == {100.0}


def test_a_job_that_a_worker_is_at_is_processing(reports: Any) -> None:
    told = upload(reports, ("a.txt", b"text")).json()
    assert claim_filings(now=timezone.now())
    job = reports("get", f"/v1/documents/{told['job_id']}/status").json()
    assert job["status"] == "processing"
    assert [(each["status"], each["progress_percent"]) for each in job["file_details"]] == [("ingesting", 10.0)]


@pytest.mark.parametrize("job_id", [str(uuid4()), "no-uuid"])
def test_an_unknown_job_answers_200_and_has_failed(admin: Any, job_id: str) -> None:
    response = admin("get", f"/v1/documents/{job_id}/status")
    assert response.status_code == 200
    job = response.json()
    assert set(job) == JOB
    assert (job["job_id"], job["status"], job["error_message"]) == (job_id, "failed", f"Job {job_id} not found")
    assert (job["total_files"], job["processed_files"], job["file_details"]) == (0, 0, [])


def test_a_job_is_completed_when_one_file_succeeded_and_failed_when_none_did(reports: Any, file_all: FileAll) -> None:
    mixed = upload(reports, ("a.txt", b"text"), ("b.txt", b"  ")).json()["job_id"]
    broken = upload(reports, ("c.txt", b" \n")).json()["job_id"]
    file_all()
    job = reports("get", f"/v1/documents/{mixed}/status").json()
    assert (job["status"], job["processed_files"], job["error_message"]) == ("completed", 2, None)
    assert [each["error_message"] for each in job["file_details"]] == [None, "b.txt holds no text."]
    job = reports("get", f"/v1/documents/{broken}/status").json()
    assert (job["status"], job["error_message"]) == ("failed", "c.txt holds no text.")


def test_no_files_are_refused(reports: Any) -> None:
    response = upload(reports)
    assert (response.status_code, response.json()["detail"]) == (400, "No files provided")


@pytest.mark.parametrize("count", [11, 101])
def test_too_many_files_are_refused(reports: Any, count: int) -> None:
    response = upload(reports, *[(f"{number}.txt", b"x") for number in range(count)])
    assert (response.status_code, response.json()["code"]) == (413, "too_many_files")
    assert "at most 10 can be handed in at once" in response.json()["detail"]


def test_ten_files_are_taken(reports: Any) -> None:
    assert len(upload(reports, *[(f"{n}.txt", b"%d" % n) for n in range(10)]).json()["file_ids"]) == 10


def test_too_large_an_upload_is_refused(reports: Any, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 2_000
    response = upload(reports, ("a.txt", b"x" * 1_500), ("b.txt", b"y" * 501))
    assert response.status_code == 413
    assert response.json()["detail"] == "The files have 2,001 bytes in all; at most 2,000 can be handed in at once."
    assert upload(reports, ("a.txt", b"x" * 1_500), ("b.txt", b"y" * 500)).status_code == 202


def test_too_large_a_body_is_refused_before_it_is_read(reports: Any, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 2_000
    response = upload(reports, ("a.txt", b"x" * 80_000))
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


def test_an_upload_may_be_larger_than_other_bodies(reports: Any, settings: Any) -> None:
    settings.MAX_BODY_BYTES = 1_024
    assert upload(reports, ("a.txt", b"x" * 5_000)).status_code == 202


def test_one_file_over_the_limit_of_a_file_is_refused_by_name(reports: Any, settings: Any) -> None:
    settings.MAX_FILING_BYTES = 2_000
    response = upload(reports, ("a.txt", b"x" * 2_001))
    assert response.status_code == 413
    assert response.json()["detail"].startswith("a.txt: This has 2,001 bytes; at most 2,000")


def locked() -> bytes:
    """An Office file whose directory says that its parts are encrypted."""
    body = bytearray(files.word())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = body.find(signature)
        while place >= 0:
            body[place + offset] |= 1
            place = body.find(signature, place + 1)
    return bytes(body)


def bomb() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", b"\0" * 50_000_000)
    return body.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 90, "no text can be read"),
        ("a.bin", b"\0\1\2\3" * 90, "binary data"),
        ("a.pdf", b"just text", "claims to be a PDF"),
        ("a.docx", files.pdf("page"), "claims to be"),
        ("a.txt", b"caf\xe9", "not valid UTF-8"),
        ("a.md", b"\xff\xfeh\0i\0", "not valid UTF-8"),
        ("a.csv", b"a,b\n\x80,1\n", "not valid UTF-8"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "encrypted"),
        ("a.docx", locked(), "encrypted"),
        ("a.docx", bomb(), "unpacks to far more"),
        ("a.zip", files.archive(readme=b"x"), "archive"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_of_the_upload_is_kept(
    reports: Any, name: str, body: bytes, sentence: str
) -> None:
    response = upload(reports, ("fine.txt", b"fine"), (name, body))
    assert (response.status_code, response.json()["code"]) == (415, "kind_refused")
    assert response.json()["detail"].startswith(f"{name}: ")
    assert sentence in response.json()["detail"]
    assert not (Filing.objects.exists())
    assert not (Job.objects.exists())
    assert not (Body.objects.exists())


def test_a_broken_form_is_told_from_a_broken_server(reports: Any) -> None:
    headers = reports.headers
    response = reports.client.post(DOCUMENTS, data=b"x", content_type="multipart/form-data", headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "body_incomplete")


def test_files_are_listed_newest_first_with_every_field(reports: Any, file_all: FileAll) -> None:
    first = upload(reports, ("a.txt", b"first")).json()["file_ids"]
    file_all()
    second = upload(reports, ("b.txt", b"second")).json()["file_ids"]
    newer, older = reports("get", DOCUMENTS).json()
    assert [newer["file_id"], older["file_id"]] == second + first
    assert set(older) == FILE
    assert (older["file_name"], older["collection_name"], older["status"]) == ("a.txt", "reports", "success")
    assert (older["file_size"], older["chunk_count"], older["metadata"]) == (5, 1, {})
    assert (older["error_message"], older["expiration_date"]) == (None, None)
    assert older["uploaded_at"] <= older["ingested_at"]
    assert (newer["status"], newer["ingested_at"], newer["chunk_count"]) == ("uploading", None, 0)
    told = reports("get", "/v1/collections/reports").json()
    assert (told["file_count"], told["chunk_count"]) == (2, 1)


def test_files_are_deleted_by_id_or_name(reports: Any, file_all: FileAll) -> None:
    first = upload(reports, ("a.txt", b"first")).json()["file_ids"][0]
    upload(reports, ("b.txt", b"second"))
    file_all()
    told = reports("delete", DOCUMENTS, {"file_ids": [first, "b.txt", "c.txt"]}).json()
    assert told == {
        "message": "Deleted 2 file(s), 1 failed",
        "successful": [first, "b.txt"],
        "failed": [{"file_id": "c.txt", "error": "File 'c.txt' not found"}],
        "total_deleted": 2,
    }
    assert reports("get", DOCUMENTS).json() == []
    assert not Document.objects.filter(source="reports", deleted_at=None).exists()
    again = reports("delete", DOCUMENTS, {"file_ids": [first]}).json()
    assert (again["successful"], again["total_deleted"]) == ([], 0)


def test_a_file_of_another_collection_is_not_deleted(reports: Any) -> None:
    file_id = upload(reports, ("a.txt", b"first")).json()["file_ids"][0]
    told = reports("delete", "/v1/collections/documents/documents", {"file_ids": [file_id, "a.txt", "\0"]}).json()
    assert (told["total_deleted"], len(told["failed"])) == (0, 3)


def test_a_term_from_the_metadata_gives_files_an_expiration_date(admin: Any, file_all: FileAll, now: datetime) -> None:
    admin("post", "/v1/collections", {"name": "reports", "metadata": {"days_to_live": 3}})
    upload(admin, ("a.txt", b"first"))
    file_all()
    (told,) = admin("get", DOCUMENTS).json()
    until = datetime.fromisoformat(told["expiration_date"]) - now
    assert timedelta(days=2, hours=23) < until < timedelta(days=3, hours=1)


def test_a_term_can_be_changed_for_what_is_filed_from_now_on(reports: Any) -> None:
    told = reports("patch", "/v1/collections/reports", {"metadata": {"days_to_live": 9}}).json()
    assert told["metadata"] == {"days_to_live": 9}
    assert Collection.objects.get(pk="reports").days_to_live == 9
    reports("patch", "/v1/collections/reports", {"description": "New"})
    assert Collection.objects.get(pk="reports").days_to_live == 9


def test_the_same_file_is_not_filed_again_but_its_job_tells_of_it(reports: Any, file_all: FileAll) -> None:
    first = upload(reports, ("a.txt", b"text")).json()
    file_all()
    again = upload(reports, ("a.txt", b"text")).json()
    assert again["file_ids"] == first["file_ids"]
    job = reports("get", f"/v1/documents/{again['job_id']}/status").json()
    assert (job["status"], job["total_files"]) == ("completed", 1)
    assert Filing.objects.count() == 1


def test_tags_of_an_upload_stand_on_every_chunk(reports: Any, file_all: FileAll) -> None:
    upload(reports, ("a.txt", b"text"), tags="hr, team:riga")
    file_all()
    assert {"hr", "team:riga"} <= set(Document.objects.get(source="reports").tags)
    assert upload(reports, ("b.txt", b"text"), tags="No Tag!").status_code == 422


def test_deleted_or_expired_after_it_was_filed_a_job_stays_completed(reports: Any, file_all: FileAll) -> None:
    told = upload(reports, ("a.txt", b"text")).json()
    file_all()
    reports("delete", DOCUMENTS, {"file_ids": ["a.txt"]})
    assert reports("get", f"/v1/documents/{told['job_id']}/status").json()["status"] == "completed"
    assert Filing.objects.get().state == State.DELETED


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
    assert (response.status_code, response.json()["status"]) == (503, "unhealthy")


def test_who_may_not_is_told_so(api: Any, reports: Any) -> None:
    told = upload(reports, ("a.txt", b"text")).json()
    assert api(None)("get", "/v1/collections").status_code == 401
    assert api("analyzer")("get", DOCUMENTS).status_code == 200
    assert upload(api("analyzer"), ("b.txt", b"text")).status_code == 403
    bound = api("provider", "elsewhere")
    assert bound("get", DOCUMENTS).status_code == 404
    assert bound("get", "/v1/collections").json() == []
    assert bound("post", "/v1/collections", {"name": "mine"}).status_code == 403
    assert bound("get", f"/v1/documents/{told['job_id']}/status").json()["status"] == "failed"

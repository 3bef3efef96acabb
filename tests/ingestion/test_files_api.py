"""The published shape of the files of a collection: listed, named and deleted."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from ingestion.models import File
from ingestion.processing.leases import lease_files
from knowledge.models import Document
from tests.embedding import HashingEmbedder
from tests.ingestion import files
from tests.ingestion.conftest import DOCUMENTS, ProcessAll, upload

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


def test_files_are_listed_newest_first_with_every_field(reports: Any, process_all: ProcessAll) -> None:
    first = upload(reports, ("a.txt", b"first")).json()["file_ids"]
    process_all()
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


def test_files_are_deleted_by_id_or_name(reports: Any, process_all: ProcessAll) -> None:
    first = upload(reports, ("a.txt", b"first")).json()["file_ids"][0]
    upload(reports, ("b.txt", b"second"))
    process_all()
    told = reports("delete", DOCUMENTS, {"file_ids": [first, "b.txt", "c.txt"]}).json()
    assert told == {
        "message": "Deleted 2 file(s), 1 failed",
        "successful": [first, "b.txt"],
        "failed": [{"file_id": "c.txt", "error": "File 'c.txt' not found"}],
        "total_deleted": 2,
    }
    assert reports("get", DOCUMENTS).json() == []
    emptied = reports("get", "/v1/collections/reports").json()
    assert (emptied["file_count"], emptied["chunk_count"]) == (0, 0)
    assert not Document.objects.filter(source="reports", deleted_at=None).exists()
    again = reports("delete", DOCUMENTS, {"file_ids": [first]}).json()
    assert (again["successful"], again["total_deleted"]) == ([], 0)


def test_a_file_of_another_collection_is_not_deleted(reports: Any) -> None:
    file_id = upload(reports, ("a.txt", b"first")).json()["file_ids"][0]
    told = reports("delete", "/v1/collections/documents/documents", {"file_ids": [file_id, "a.txt", "\0"]}).json()
    assert (told["total_deleted"], len(told["failed"])) == (0, 3)


def test_a_expiry_from_the_metadata_gives_files_an_expiration_date(
    admin: Any, process_all: ProcessAll, now: datetime
) -> None:
    admin("post", "/v1/collections", {"name": "reports", "metadata": {"days_to_live": 3}})
    upload(admin, ("a.txt", b"first"))
    process_all()
    (told,) = admin("get", DOCUMENTS).json()
    until = datetime.fromisoformat(told["expiration_date"]) - now
    assert timedelta(days=2, hours=23) < until < timedelta(days=3, hours=1)


def two_names(reports: Any, process_all: ProcessAll) -> str:
    """One file that came as a.txt and then as b.txt; its id."""
    first = upload(reports, ("a.txt", b"text")).json()["file_ids"]
    process_all()
    again = upload(reports, ("b.txt", b"text")).json()
    assert again["file_ids"] == first
    job = reports("get", f"/v1/documents/{again['job_id']}/status").json()
    assert [(each["file_name"], each["status"]) for each in job["file_details"]] == [("b.txt", "success")]
    return str(first[0])


def names(reports: Any) -> list[str]:
    return [each["file_name"] for each in reports("get", DOCUMENTS).json()]


def test_the_same_file_under_another_name_is_filed_once_and_has_both(reports: Any, process_all: ProcessAll) -> None:
    two_names(reports, process_all)
    assert names(reports) == ["a.txt", "b.txt"]
    upload(reports, ("b.txt", b"text"))
    assert names(reports) == ["a.txt", "b.txt"]
    assert Document.objects.count() == 1


def test_a_name_is_deleted_and_the_file_stays_by_its_other_name(reports: Any, process_all: ProcessAll) -> None:
    two_names(reports, process_all)
    told = reports("delete", DOCUMENTS, {"file_ids": ["b.txt"]}).json()
    assert (told["successful"], told["total_deleted"]) == (["b.txt"], 1)
    assert names(reports) == ["a.txt"]
    assert reports("delete", DOCUMENTS, {"file_ids": ["b.txt"]}).json()["total_deleted"] == 0
    assert Document.objects.filter(deleted_at=None).count() == 1


def test_without_its_first_name_a_file_is_cited_by_its_other_one(
    reports: Any, process_all: ProcessAll, embedder: HashingEmbedder
) -> None:
    two_names(reports, process_all)
    calls = embedder.calls
    reports("delete", DOCUMENTS, {"file_ids": ["a.txt"]})
    assert names(reports) == ["b.txt"]
    document = Document.objects.get(deleted_at=None)
    assert (document.metadata["citation"], "document:b-txt" in document.tags) == ("b.txt", True)
    assert embedder.calls == calls
    reports("delete", DOCUMENTS, {"file_ids": ["b.txt"]})
    assert names(reports) == []
    assert not Document.objects.filter(deleted_at=None).exists()


def test_a_file_that_loses_its_name_while_somebody_is_at_it_is_filed_by_the_other(
    reports: Any, process_all: ProcessAll
) -> None:
    upload(reports, ("a.txt", b"text"))
    upload(reports, ("b.txt", b"text"))
    assert lease_files(now=timezone.now())
    reports("delete", DOCUMENTS, {"file_ids": ["a.txt"]})
    process_all()
    assert Document.objects.get().metadata["citation"] == "b.txt"


def test_an_id_deletes_a_file_with_all_its_names(reports: Any, process_all: ProcessAll) -> None:
    file_id = two_names(reports, process_all)
    told = reports("delete", DOCUMENTS, {"file_ids": [file_id]}).json()
    assert (told["successful"], told["total_deleted"]) == ([file_id], 2)
    assert names(reports) == []


def test_the_same_file_twice_in_one_upload_is_told_of_by_both_names(reports: Any, process_all: ProcessAll) -> None:
    told = upload(reports, ("a.txt", b"text"), ("b.txt", b"text")).json()
    process_all()
    job = reports("get", f"/v1/documents/{told['job_id']}/status").json()
    assert [each["file_name"] for each in job["file_details"]] == ["a.txt", "b.txt"]
    assert (job["total_files"], job["processed_files"], job["status"]) == (2, 2, "completed")


def test_a_file_that_is_at_work_or_failed_says_so(reports: Any, process_all: ProcessAll) -> None:
    upload(reports, ("scan.pdf", files.pdf("")))
    assert lease_files(now=timezone.now())
    (told,) = reports("get", DOCUMENTS).json()
    assert (told["status"], told["ingested_at"], told["error_message"]) == ("ingesting", None, None)
    File.objects.update(lease_until=None)
    process_all()
    (told,) = reports("get", DOCUMENTS).json()
    assert (told["status"], told["ingested_at"], told["chunk_count"]) == ("failed", None, 0)
    assert told["error_message"].startswith("scan.pdf: It holds no text")


def test_deleting_what_is_there_tells_no_failure(reports: Any) -> None:
    upload(reports, ("a.txt", b"first"))
    told = reports("delete", DOCUMENTS, {"file_ids": ["a.txt"]}).json()
    assert (told["message"], told["failed"]) == ("Deleted 1 file(s)", [])
    nothing = reports("delete", DOCUMENTS, {"file_ids": []}).json()
    assert nothing == {"message": "Deleted 0 file(s)", "successful": [], "failed": [], "total_deleted": 0}


@pytest.mark.parametrize("name", ["a---b.txt", "<plan>.txt", "b1946ac9-2492-4d23-87c6-a5ab1cf0d5ab"])
def test_a_file_is_deleted_by_the_name_it_was_uploaded_by_however_it_is_shown(reports: Any, name: str) -> None:
    upload(reports, (name, b"text"))
    told = reports("delete", DOCUMENTS, {"file_ids": [name]}).json()
    assert (told["successful"], told["total_deleted"]) == ([name], 1)
    assert names(reports) == []

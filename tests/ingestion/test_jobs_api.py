"""The published shape of a job: how an upload is followed from pending to its end."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from ingestion.models import File, FileState
from ingestion.processing.leases import lease_files
from tests.ingestion import files
from tests.ingestion.conftest import DOCUMENTS, ProcessAll, upload

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


def test_an_upload_is_followed_from_pending_to_completed(reports: Any, process_all: ProcessAll) -> None:
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
    process_all()
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
    assert lease_files(now=timezone.now())
    job = reports("get", f"/v1/documents/{told['job_id']}/status").json()
    assert job["status"] == "processing"
    assert [(each["status"], each["progress_percent"]) for each in job["file_details"]] == [("ingesting", 10.0)]


@pytest.mark.parametrize("job_id", [str(uuid4()), "no-uuid"], ids=["uuid", "no-uuid"])
def test_an_unknown_job_answers_200_and_has_failed(admin: Any, job_id: str) -> None:
    response = admin("get", f"/v1/documents/{job_id}/status")
    assert response.status_code == 200
    job = response.json()
    assert datetime.fromisoformat(job.pop("submitted_at")).tzinfo is not None
    assert job == {
        "job_id": job_id,
        "status": "failed",
        "started_at": None,
        "completed_at": None,
        "total_files": 0,
        "processed_files": 0,
        "file_details": [],
        "collection_name": "",
        "backend": "larder",
        "error_message": f"Job {job_id} not found",
        "metadata": {},
    }


def test_a_job_is_completed_when_one_file_succeeded_and_failed_when_none_did(
    reports: Any, process_all: ProcessAll
) -> None:
    mixed = upload(reports, ("a.txt", b"text"), ("b.txt", b"  ")).json()["job_id"]
    broken = upload(reports, ("c.txt", b" \n")).json()["job_id"]
    process_all()
    job = reports("get", f"/v1/documents/{mixed}/status").json()
    assert (job["status"], job["processed_files"], job["error_message"]) == ("completed", 2, None)
    assert [each["error_message"] for each in job["file_details"]] == [None, "b.txt holds no text."]
    job = reports("get", f"/v1/documents/{broken}/status").json()
    assert (job["status"], job["error_message"]) == ("failed", "c.txt holds no text.")


def test_the_same_file_is_not_filed_again_but_its_job_tells_of_it(reports: Any, process_all: ProcessAll) -> None:
    first = upload(reports, ("a.txt", b"text")).json()
    process_all()
    again = upload(reports, ("a.txt", b"text")).json()
    assert again["file_ids"] == first["file_ids"]
    job = reports("get", f"/v1/documents/{again['job_id']}/status").json()
    assert (job["status"], job["total_files"]) == ("completed", 1)
    assert File.objects.count() == 1


def test_deleted_or_expired_after_it_was_filed_a_job_stays_completed(reports: Any, process_all: ProcessAll) -> None:
    told = upload(reports, ("a.txt", b"text")).json()
    process_all()
    reports("delete", DOCUMENTS, {"file_ids": ["a.txt"]})
    assert reports("get", f"/v1/documents/{told['job_id']}/status").json()["status"] == "completed"
    assert File.objects.get().state == FileState.DELETED


def test_a_file_that_failed_is_told_of_with_its_sentence(reports: Any, process_all: ProcessAll) -> None:
    job_id = upload(reports, ("a.txt", b" ")).json()["job_id"]
    process_all()
    (told,) = reports("get", f"/v1/documents/{job_id}/status").json()["file_details"]
    assert (told["status"], told["progress_percent"], told["chunks_created"]) == ("failed", 100.0, 0)
    assert told["error_message"] == "a.txt holds no text."


def test_a_file_that_failed_is_told_of_by_the_name_that_was_uploaded(reports: Any, process_all: ProcessAll) -> None:
    upload(reports, ("a.txt", b" "))
    job_id = upload(reports, ("b.txt", b" ")).json()["job_id"]
    process_all()
    job = reports("get", f"/v1/documents/{job_id}/status").json()
    assert [job["error_message"], job["file_details"][0]["error_message"]] == ["b.txt holds no text."] * 2


def test_a_file_that_was_deleted_before_it_was_filed_has_failed(reports: Any) -> None:
    job_id = upload(reports, ("a.txt", b"text")).json()["job_id"]
    reports("delete", DOCUMENTS, {"file_ids": ["a.txt"]})
    job = reports("get", f"/v1/documents/{job_id}/status").json()
    assert (job["status"], job["error_message"]) == ("failed", "Nothing was stored")
    assert job["file_details"][0]["error_message"] == "It was deleted before it was processed"


@pytest.mark.parametrize(
    ("state", "stage_percent", "percent"),
    [
        ("extracting", 0, 10.0),
        ("chunking", 0, 35.0),
        ("embedding", 0, 50.0),
        ("embedding", 50, 70.0),
        ("indexing", 0, 90.0),
    ],
)
def test_percents_move_by_stage_and_within_it(reports: Any, state: str, stage_percent: int, percent: float) -> None:
    job_id = upload(reports, ("a.txt", b"text")).json()["job_id"]
    File.objects.update(state=state, stage_percent=stage_percent)
    (told,) = reports("get", f"/v1/documents/{job_id}/status").json()["file_details"]
    assert told["progress_percent"] == percent

"""Files that say where they stand, and whose documents are: agents and projects at /api/documents."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion.models import File, FileState
from knowledge.models import Document
from tests.ingestion.conftest import DOCUMENTS, ProcessAll, upload
from tests.ingestion.test_documents_api import ROOT, submit

ALONE = (
    "came as an address alone. For a file nothing is opened on this server and nothing is fetched: send its content, "
    "or a web address as source_type url."
)


@pytest.fixture
def here(tmp_path: Path) -> str:
    """A file that a careless server could open."""
    path = tmp_path / "notes.md"
    path.write_text("words on the server's disk")
    return str(path)


@pytest.mark.parametrize("body", [{"content": ""}, {}, {"content": "", "title": "notes.md"}])
def test_a_file_that_only_says_where_it_stands_is_taken_and_fails_with_a_worker(
    admin: Any, process_all: ProcessAll, here: str, body: dict[str, str]
) -> None:
    answer = admin("post", ROOT, {"source_type": "file", "url": here, **body})
    assert (answer.status_code, answer.json()["status"]) == (201, "queued")
    process_all()
    row = admin("get", f"{ROOT}/{answer.json()['id']}").json()
    assert (row["status"], row["error"], row["temporary"]) == ("failed", f"notes.md {ALONE}", False)
    assert (row["source_url"], row["raw_content"], row["chunk_count"]) == (here, None, 0)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://127.0.0.1:1/a", "http://[", "C:\\notes\\a.md", "a" * 2_000]
)
def test_whatever_the_address_of_a_file_is_nothing_is_asked_there(
    admin: Any, process_all: ProcessAll, url: str
) -> None:
    file_id = submit(admin, source_type="file", url=url, content="").json()["id"]
    process_all()
    row = admin("get", f"{ROOT}/{file_id}").json()
    assert (row["status"], row["error"].endswith(ALONE), row["source_url"]) == ("failed", True, url)
    assert File.objects.get().attempts == 1


def test_one_bad_address_takes_no_other_file_along(admin: Any, process_all: ProcessAll, here: str) -> None:
    submit(admin, source_type="file", url=here, content="")
    submit(admin, source_type="file", url="/b.md", content="bread")
    submit(admin, content="a text")
    process_all()
    assert sorted(File.objects.values_list("state", flat=True)) == ["done", "done", "failed"]


def test_a_file_is_known_by_its_address_and_named_by_it(admin: Any, process_all: ProcessAll) -> None:
    first = submit(admin, source_type="file", url="/srv/a/plan.md", content="# Bread")
    other = submit(admin, source_type="file", url="/srv/b/plan.md", content="# Bread")
    again = submit(admin, source_type="file", url="/srv/a/plan.md", content="# Other")
    assert (first.status_code, other.status_code, again.status_code) == (201, 201, 200)
    assert again.json() == {"id": first.json()["id"], "status": "queued", "deduplicated": True}
    process_all()
    row = admin("get", f"{ROOT}/{first.json()['id']}").json()
    assert (row["source_url"], row["raw_content"], row["status"]) == ("/srv/a/plan.md", "# Bread", "done")
    assert {each["file_name"] for each in Document.objects.values_list("metadata", flat=True)} == {"plan.md"}


def test_what_failed_or_was_deleted_by_its_address_is_taken_again(admin: Any, process_all: ProcessAll) -> None:
    for state in (FileState.FAILED, FileState.DELETED):
        assert submit(admin, source_type="file", url="/a.md", content="bread").status_code == 201
        File.objects.exclude(state__in=("failed", "deleted")).update(state=state)
    assert submit(admin, source_type="file", url="/a.md", content="bread").status_code == 201


@pytest.mark.parametrize("field", ["url", "agent_id", "project"])
def test_what_no_index_can_hold_is_refused_in_a_sentence(admin: Any, field: str) -> None:
    answer = submit(admin, source_type="file", **{"url": "/a", field: "é" * 1_500})
    most = {"url": "2,000", "agent_id": "100", "project": "300"}[field]
    assert (answer.status_code, answer.json()["error"]) == (400, f"{field} has 3,000 bytes; the limit is {most}")


# --- agents and projects ----------------------------------------------------------------------------------------------

OURS = {"agent_id": "scout", "project": "/repo/a"}
THEIRS: tuple[dict[str, str], ...] = (
    {},
    {"agent_id": "scout"},
    {"project": "/repo/a"},
    {"agent_id": "other", "project": "/repo/a"},
)


@pytest.mark.parametrize(
    "body",
    [
        {"source_type": "url", "url": "https://example.org/a"},
        {"source_type": "file", "url": "/a.md", "content": "bread"},
        {"source_type": "file", "title": "a.md", "content": "bread"},
    ],
)
def test_the_same_of_another_agent_or_project_is_another(admin: Any, body: dict[str, str]) -> None:
    ids = [submit(admin, **body, **scope).json()["id"] for scope in (OURS, *THEIRS)]
    assert len(set(ids)) == 5
    for scope, known in zip((OURS, *THEIRS), ids, strict=True):
        again = submit(admin, **body, **scope)
        assert (again.status_code, again.json()["id"]) == (200, known)


def test_a_document_tells_whose_it_is_and_so_do_its_chunks(admin: Any, process_all: ProcessAll) -> None:
    file_id = submit(admin, **OURS).json()["id"]
    process_all()
    row = admin("get", f"{ROOT}/{file_id}").json()
    assert (row["agent_id"], row["project"]) == ("scout", "/repo/a")
    metadata = Document.objects.get().metadata
    assert (metadata["agent_id"], metadata["project"]) == ("scout", "/repo/a")


@pytest.mark.parametrize("scope", ["agent_id=other", "project=/repo/b", "agent_id=scout&project=", "agent_id=default"])
def test_who_names_another_scope_sees_and_deletes_nothing(admin: Any, process_all: ProcessAll, scope: str) -> None:
    file_id = submit(admin, **OURS).json()["id"]
    process_all()
    assert admin("get", f"{ROOT}?{scope}").json()["total"] == 0
    assert admin("get", f"{ROOT}/{file_id}?{scope}").status_code == 404
    assert admin("get", f"{ROOT}/{file_id}/chunks?{scope}").json() == {"chunks": [], "count": 0}
    assert admin("get", f"/api/memory/jobs/{file_id}?{scope}").status_code == 404
    assert admin("delete", f"{ROOT}/{file_id}?reason=old&{scope}").status_code == 404
    assert File.objects.get().state == FileState.DONE


@pytest.mark.parametrize("scope", ["", "&agent_id=scout", "&project=/repo/a", "&agent_id=scout&project=/repo/a"])
def test_who_names_its_own_or_none_does(admin: Any, process_all: ProcessAll, scope: str) -> None:
    file_id = submit(admin, **OURS).json()["id"]
    process_all()
    assert admin("get", f"{ROOT}?limit=9{scope}").json()["total"] == 1
    assert admin("get", f"{ROOT}/{file_id}/chunks?a=b{scope}").json()["count"] == 1
    deleted = admin("delete", f"{ROOT}/{file_id}?reason=old{scope}").json()
    assert deleted == {"deleted": True, "memoriesRemoved": 1}


def test_the_agent_default_is_nobody_in_particular(admin: Any) -> None:
    first = submit(admin, source_type="url", url="https://example.org/a", agent_id="default").json()["id"]
    assert submit(admin, source_type="url", url="https://example.org/a").json()["id"] == first
    assert admin("get", f"{ROOT}?agent_id=default").json()["total"] == 1


def test_a_nul_in_a_scope_breaks_nothing(admin: Any) -> None:
    submit(admin, agent_id="a\0b", project="\0")
    assert admin("get", f"{ROOT}?agent_id=a%00b&project=%00").json()["total"] == 1


def test_an_upload_beside_a_scoped_file_is_a_file_of_its_own(reports: Any, process_all: ProcessAll) -> None:
    body = {"source_type": "file", "title": "a.txt", "content": "bread", "collection": "reports"}
    scoped = submit(reports, **body, **OURS).json()["id"]
    assert upload(reports, ("a.txt", b"bread")).json()["file_ids"] != [scoped]
    process_all()
    assert len(reports("get", DOCUMENTS).json()) == 2


# --- jobs -------------------------------------------------------------------------------------------------------------

JOB = {
    "id",
    "memory_id",
    "document_id",
    "job_type",
    "status",
    "attempts",
    "attempt_count",
    "max_attempts",
    "next_attempt_at",
    "error",
    "last_error",
    "last_error_code",
    "leased_at",
    "completed_at",
    "failed_at",
    "created_at",
    "updated_at",
}


def job(admin: Any, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = admin("get", f"/api/memory/jobs/{job_id}").json()
    assert set(found) == JOB
    return found


def test_a_submission_is_followed_as_a_job(admin: Any, process_all: ProcessAll) -> None:
    told = submit(admin).json()
    found = job(admin, told["jobId"])
    assert (found["status"], found["attempts"], found["max_attempts"]) == ("pending", 0, 3)
    assert (found["document_id"], found["job_type"], found["completed_at"]) == (told["id"], "document_ingest", None)
    process_all()
    found = job(admin, told["jobId"])
    assert (found["status"], found["attempts"], found["error"]) == ("completed", 1, None)
    assert found["created_at"] <= found["completed_at"] <= found["updated_at"]


def test_a_job_that_failed_is_dead_and_says_why(admin: Any, process_all: ProcessAll) -> None:
    told = submit(admin, source_type="file", url="/a.md", content="").json()
    process_all()
    found = job(admin, told["jobId"])
    assert (found["status"], found["error"], found["last_error_code"]) == ("dead", f"a.md {ALONE}", "no_content")
    assert (found["failed_at"] is None, found["completed_at"]) == (False, None)


def test_a_job_is_leased_while_a_worker_has_it_and_waits_between_attempts(admin: Any, now: Any) -> None:
    told = submit(admin).json()
    later = now.replace(year=now.year + 9)
    File.objects.update(state="embedding", lease_until=later, attempts=1)
    assert (found := job(admin, told["jobId"]))["status"] == "leased"
    assert found["leased_at"] is not None
    File.objects.update(lease_until=None, not_before=later, error="away", error_code="embedder_unavailable")
    found = job(admin, told["jobId"])
    assert (found["status"], found["next_attempt_at"][:4], found["error"]) == (
        "retry_scheduled",
        str(later.year),
        "away",
    )


def test_deleting_ends_a_job(admin: Any) -> None:
    told = submit(admin).json()
    admin("delete", f"{ROOT}/{told['id']}?reason=old")
    assert job(admin, told["jobId"])["status"] == "completed"


def test_an_unknown_job_or_another_s_is_not_found(admin: Any, api: Callable[..., Any]) -> None:
    told = submit(admin).json()
    for who, job_id in ((admin, "no-uuid"), (api("analyzer", "elsewhere"), told["jobId"])):
        answer = who("get", f"/api/memory/jobs/{job_id}")
        assert (answer.status_code, answer.json()) == (404, {"error": "Job not found"})
    assert api(None)("get", f"/api/memory/jobs/{told['jobId']}").status_code == 401
    assert set(admin("get", "/api/memory/other").json()) == {"error"}

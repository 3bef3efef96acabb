"""The published shape of the list at /api/documents: order, bounds, filters and rows."""

import hashlib
from typing import Any

import pytest

from ingestion.models import File, FileState
from tests.ingestion.test_documents_api import ROOT, submit

ROW = {
    "id",
    "source_url",
    "source_type",
    "content_type",
    "content_hash",
    "title",
    "status",
    "error",
    "chunk_count",
    "memory_count",
    "metadata_json",
    "created_at",
    "updated_at",
    "completed_at",
}


def test_a_row_that_waits_has_its_defaults(admin: Any) -> None:
    submit(admin)
    told = admin("get", ROOT).json()
    assert set(told) == {"documents", "total", "limit", "offset"}
    assert (told["total"], told["limit"], told["offset"]) == (1, 50, 0)
    (row,) = told["documents"]
    assert set(row) >= ROW
    assert "raw_content" not in row
    assert row["status"] == "queued"
    assert (row["chunk_count"], row["memory_count"], row["metadata_json"]) == (0, 0, "{}")
    assert [row[name] for name in ("source_url", "title", "error", "completed_at", "content_type")] == [None] * 5
    assert (row["agent_id"], row["project"]) == (None, None)
    assert row["content_hash"] == hashlib.sha256(b"some text").hexdigest()
    assert admin("get", f"{ROOT}/{row['id']}").json() == row | {"raw_content": None}


def test_the_list_is_newest_first_and_counts_all(admin: Any) -> None:
    ids = [submit(admin, content=f"text {number}").json()["id"] for number in range(3)]
    told = admin("get", f"{ROOT}?limit=2&offset=1").json()
    assert (told["total"], told["limit"], told["offset"]) == (3, 2, 1)
    assert [row["id"] for row in told["documents"]] == [ids[1], ids[0]]
    assert [row["id"] for row in admin("get", f"{ROOT}?limit=1").json()["documents"]] == [ids[2]]


@pytest.mark.parametrize(("limit", "kept"), [("", 50), ("0", 1), ("-3", 1), ("9999", 500), ("many", 50)])
def test_a_limit_is_kept_within_its_bounds(admin: Any, limit: str, kept: int) -> None:
    assert admin("get", f"{ROOT}?limit={limit}").json()["limit"] == kept


def test_a_status_narrows_the_list_and_its_total_and_an_unknown_one_finds_nothing(admin: Any) -> None:
    ids = [submit(admin, content=f"text {number}").json()["id"] for number in range(3)]
    File.objects.filter(pk=ids[0]).update(state=FileState.FAILED)
    for status, found in (("queued", [ids[2], ids[1]]), ("failed", [ids[0]]), ("lost", []), ("%00", [])):
        told = admin("get", f"{ROOT}?status={status}").json()
        assert ([row["id"] for row in told["documents"]], told["total"]) == (found, len(found))


@pytest.mark.parametrize("offset", ["-4", "many", ""])
def test_an_offset_that_cannot_be_is_the_beginning(admin: Any, offset: str) -> None:
    submit(admin)
    told = admin("get", f"{ROOT}?offset={offset}").json()
    assert (told["offset"], len(told["documents"])) == (0, 1)


def test_what_is_deleted_stays_in_the_list_and_is_found_by_its_status(admin: Any) -> None:
    file_id = submit(admin).json()["id"]
    assert admin("delete", f"{ROOT}/{file_id}?reason=%20").status_code == 400
    admin("delete", f"{ROOT}/{file_id}?reason=outdated")
    assert File.objects.get().deleted_reason == "outdated"
    assert [row["error"] for row in admin("get", ROOT).json()["documents"]] == ["outdated"]
    for query in ("", "?status=deleted"):
        assert [row["id"] for row in admin("get", ROOT + query).json()["documents"]] == [file_id]


def test_an_offset_beyond_all_is_an_empty_page(admin: Any) -> None:
    submit(admin)
    told = admin("get", f"{ROOT}?offset={10**30}").json()
    assert (told["documents"], told["total"]) == ([], 1)

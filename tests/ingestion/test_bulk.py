"""Folders uploaded by `manage.py ingest`, what failed tried again, and how many are in which state."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ingestion.models import Collection, File, FileState
from ingestion.processing.failures import ATTEMPTS
from ingestion.processing.lifecycle import process_next
from ingestion.uploads.folder import find_files, name_below
from ingestion.uploads.submit import Label, submit_text
from knowledge.models import Document
from tests.embedding import HashingEmbedder

ProcessAll = Callable[[], None]


@pytest.fixture
def folder(tmp_path: Path, collection: Collection) -> Path:
    for number in range(150):
        place = tmp_path / "in" / f"part{number % 3}" / f"{number:03}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"Note number {number} says something of its own.")
    (tmp_path / "in" / ".hidden").write_text("not seen")
    return tmp_path / "in"


def ingest(*paths: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("ingest", *map(str, paths), stdout=out, stderr=out, **options)
    return out.getvalue()


def test_a_folder_is_uploaded_once(folder: Path, process_all: ProcessAll) -> None:
    told = ingest(folder, collection="notes", tag=["team:riga"])
    assert told == "150 uploaded to notes, 0 tried again, 0 known already, 0 refused.\n"
    process_all()
    stored = File.objects.order_by("pk").values_list("pk", "attempts", "completed_at")
    before = list(stored)
    assert Document.objects.filter(source="notes", tags__contains=["team:riga"]).count() == 150
    told = ingest(folder, collection="notes", tag=["team:riga"])
    assert told == "0 uploaded to notes, 0 tried again, 150 known already, 0 refused.\n"
    assert not process_next(now=timezone.now())
    assert list(stored.all()) == before


def test_another_scope_is_filed_anew_but_not_embedded_again(
    folder: Path, process_all: ProcessAll, embedder: HashingEmbedder
) -> None:
    ingest(folder, collection="notes")
    process_all()
    calls = embedder.calls
    assert ingest(folder, collection="notes", tag=["other"]).startswith("150 uploaded")
    process_all()
    assert embedder.calls == calls
    assert Document.objects.filter(source="notes", deleted_at=None).count() == 300


def test_a_dry_run_uploads_nothing_and_makes_no_collection(folder: Path) -> None:
    told = ingest(folder, collection="notes", dry_run=True)
    assert told.startswith("150 would be uploaded to notes")
    assert not (File.objects.exists())
    assert not (Collection.objects.filter(pk="notes").exists())


def test_equal_files_of_one_folder_are_filed_once(folder: Path) -> None:
    (folder / "copy.txt").write_bytes((folder / "part0" / "000.txt").read_bytes())
    assert ingest(folder).startswith("150 uploaded to documents, 0 tried again, 1 known already")


def test_what_cannot_be_read_is_named_and_the_rest_is_taken(folder: Path) -> None:
    (folder / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" * 9)
    (folder / "b.txt").write_bytes(b"caf\xe9")
    told = ingest(folder)
    assert "150 uploaded to documents, 0 tried again, 0 known already, 2 refused." in told
    assert f"{folder / 'a.png'}: This is a picture" in told
    assert f"{folder / 'b.txt'}: This text is not valid UTF-8" in told


def test_waiting_files_all_of_it_here(folder: Path) -> None:
    assert "150 done in notes, 0 failed, 0 of them" in ingest(folder, collection="notes", wait=True)
    assert File.objects.filter(state=FileState.DONE).count() == 150


@pytest.mark.parametrize("options", [{"tag": ["No Tag"]}, {"collection": "no\0thing", "paths": ["/nowhere"]}])
def test_what_cannot_be_meant_is_refused(folder: Path, options: dict[str, Any]) -> None:
    paths = [Path(each) for each in options.pop("paths", [folder])]
    with pytest.raises(CommandError):
        ingest(*paths, **options)


def test_files_come_in_order_and_each_once(folder: Path) -> None:
    first = folder / "part1" / "001.txt"
    found = find_files([first, folder])
    assert (found[0], len(found)) == (first, 150)


def test_small_files_are_taken_up_together_and_a_broken_one_fails_alone(
    collection: Collection, now: Any, process_all: ProcessAll
) -> None:
    for text in ("first", " ", "third"):
        submit_text(text, collection=collection, label=Label(title="note"), now=now)
    assert process_next(now=timezone.now())
    files = list(File.objects.order_by("created_at", "id"))
    assert sorted(each.state for each in files) == [FileState.DONE, FileState.DONE, FileState.FAILED]
    assert len({each.lease_id for each in files}) == 1


def test_what_was_interrupted_together_is_taken_up_one_by_one(
    collection: Collection, now: Any, embedder: HashingEmbedder
) -> None:
    for text in ("first", "second"):
        submit_text(text, collection=collection, label=Label(), now=now)
    embedder.available = False
    process_next(now=timezone.now())
    embedder.available = True
    process_next(now=timezone.now() + timedelta(minutes=1))
    assert sorted(File.objects.values_list("state", flat=True)) == [FileState.DONE, FileState.EMBEDDING]


@pytest.fixture
def failed(api: Any, collection: Collection, now: Any, embedder: HashingEmbedder) -> Any:
    """One file that failed for good, and one for a reason that passes; the caller is an admin."""
    submit_text(" ", collection=collection, label=Label(title="blank"), now=now)
    process_next(now=timezone.now())
    submit_text("text", collection=collection, label=Label(title="unlucky"), now=now)
    embedder.available = False
    for attempt in range(1, ATTEMPTS + 1):
        process_next(now=timezone.now() + timedelta(hours=attempt))
    embedder.available = True
    return api("admin")


def test_failures_that_pass_are_told_from_those_that_do_not(failed: Any) -> None:
    counts = failed("get", "/api/documents/status-counts").json()
    assert set(counts) == {*FileState.values, "total", "temporary"}
    assert (counts["failed"], counts["temporary"], counts["total"], counts["done"]) == (2, 1, 2, 0)
    rows = failed("get", "/api/documents?status=failed").json()["documents"]
    assert {row["title"]: row["temporary"] for row in rows} == {"blank": False, "unlucky": True}
    assert failed("get", "/api/documents/status-counts?collection=none").json()["total"] == 0


def test_all_that_may_pass_is_tried_again_at_once(failed: Any, process_all: ProcessAll) -> None:
    assert failed("post", "/api/documents/retry").json() == {"retried": 1}
    process_all()
    counts = failed("get", "/api/documents/status-counts").json()
    assert (counts["failed"], counts["done"]) == (1, 1)


def test_one_that_failed_is_tried_again_and_one_that_did_not_is_not(failed: Any) -> None:
    file = File.objects.get(title="blank")
    response = failed("post", f"/api/documents/{file.pk}/retry")
    assert (response.status_code, response.json()) == (200, {"id": str(file.pk), "status": "queued"})
    response = failed("post", f"/api/documents/{file.pk}/retry")
    assert response.status_code == 409
    assert response.json() == {"error": "Only what failed can be tried again; this is queued"}


def test_a_second_import_tries_again_what_may_pass_and_nothing_else(
    folder: Path, embedder: HashingEmbedder, process_all: ProcessAll
) -> None:
    for path in list(folder.rglob("*.txt"))[2:]:
        path.unlink()
    (folder / "blank.txt").write_text(" ")
    ingest(folder)
    embedder.available = False
    for attempt in range(3 * (ATTEMPTS + 1)):
        process_next(now=timezone.now() + timedelta(hours=attempt))
    assert set(File.objects.values_list("state", flat=True)) == {FileState.FAILED}
    embedder.available = True
    assert ingest(folder).startswith("0 uploaded to documents, 2 tried again, 1 known already")
    process_all()
    assert File.objects.filter(state=FileState.DONE).count() == 2


@pytest.mark.parametrize("name", ["a/b", ".", "..", "a\nb", "x" * 200])
def test_a_collection_whose_name_no_address_can_hold_is_refused(space: Any, folder: Path, name: str) -> None:
    with pytest.raises(CommandError, match="A collection's name"):
        ingest(folder, collection=name)
    assert not Collection.objects.exclude(pk="documents").exists()


def test_more_tags_than_fit_beside_ours_are_refused(space: Any, folder: Path) -> None:
    with pytest.raises(CommandError, match="--tag has 60 tags; the limit is 59"):
        ingest(folder, tag=[f"t{n}" for n in range(60)])


def test_copies_under_other_names_are_filed_once_and_bear_them_all(space: Any, folder: Path) -> None:
    (folder / "first.txt").write_text("The same words.")
    (folder / "second.txt").write_text("The same words.")
    ingest(folder)
    (folder / "third.txt").write_text("The same words.")
    assert ingest(folder).startswith("0 uploaded")
    file = File.objects.get(file_name="first.txt")
    assert file.other_names == ["second.txt", "third.txt"]
    ingest(folder)
    assert File.objects.get(file_name="first.txt").other_names == ["second.txt", "third.txt"]


@pytest.mark.parametrize(
    ("given", "path", "name"),
    [
        (["wiki"], "wiki/tools/index.md", "tools/index.md"),
        (["wiki", "policies"], "wiki/tools/index.md", "wiki/tools/index.md"),
        (["wiki/tools", "wiki/about.md"], "wiki/about.md", "about.md"),
        (["wiki/about.md"], "wiki/about.md", "about.md"),
        (["."], "wiki/about.md", "wiki/about.md"),
        (["."], "deep/" * 70 + "index.md", "deep/" * 58 + "index.md"),
    ],
)
def test_a_file_is_named_by_its_way_below_the_folder_that_was_given(given: list[str], path: str, name: str) -> None:
    assert name_below(Path(path), [Path(each) for each in given]) == name


def test_files_of_one_name_are_told_apart_by_their_folders(space: Any, folder: Path) -> None:
    (folder / "part0" / "index.md").write_text("The first part.")
    (folder / "part1" / "index.md").write_text("The second part.")
    ingest(folder, wait=True)
    found = Document.objects.filter(metadata__file_name="part1/index.md").values_list("metadata__citation", flat=True)
    assert list(found) == ["part1/index.md"]


def test_a_folder_of_a_folder_brings_no_second_names(space: Any, folder: Path) -> None:
    ingest(folder)
    assert ingest(folder / "part1", folder / "part2").startswith("0 uploaded")
    assert not File.objects.exclude(other_names=[]).exists()


def test_waiting_tells_which_files_failed_and_why(space: Any, folder: Path) -> None:
    (folder / "part1" / "blank.md").write_text("---\ntitle: Nothing\n---\n")
    assert "part1/blank.md holds no text.\n150 done in documents, 1 failed" in ingest(folder, wait=True)


def test_a_copy_of_the_same_name_in_another_folder_is_a_name_of_its_own(space: Any, folder: Path) -> None:
    for place in (folder, folder / "part1"):
        (place / "same.txt").write_text("The same words.")
    for _ in range(2):
        ingest(folder)
    ingest(folder.parent)
    [names] = File.objects.filter(file_name__endswith="same.txt").values_list("file_name", "other_names")
    assert sorted([names[0], *names[1]]) == ["part1/same.txt", "same.txt"]

"""Files that begin anew: with the bytes that their collection keeps, or with new ones."""

from datetime import datetime

import pytest
from django.utils import timezone

from ingestion.models import Blob, Collection, File, FileState
from ingestion.processing.leases import LeaseLost, lease_files, ours
from ingestion.uploads.again import find_same, process_again, replace_body, retag
from ingestion.uploads.submit import Label, delete_file, submit_file
from knowledge.models import Document
from tests.ingestion.conftest import ProcessAll, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeping(collection: Collection) -> Collection:
    collection.keep_bytes = True
    collection.save(update_fields=["keep_bytes"])
    return collection


def submitted(collection: Collection, now: datetime, body: bytes = b"first words") -> File:
    return submit_file(body, name="a.txt", collection=collection, label=Label(tags=["x"]), now=now).file


def contents() -> list[str]:
    return sorted(Document.objects.filter(deleted_at=None).values_list("content", flat=True))


def test_a_collection_keeps_bytes_until_its_file_is_deleted(
    keeping: Collection, now: datetime, process_all: ProcessAll
) -> None:
    file = submitted(keeping, now)
    process_all()
    assert Blob.objects.count() == 1
    delete_file(file.pk, reason="over", now=now, actor="a")
    assert not Blob.objects.exists()


def test_what_one_collection_keeps_another_does_not_take_away(
    keeping: Collection, now: datetime, process_all: ProcessAll
) -> None:
    other = Collection.objects.create(name="other", created_at=now, updated_at=now)
    submitted(keeping, now)
    process_all()
    theirs = submitted(other, now)
    process_all()
    delete_file(theirs.pk, reason="over", now=now, actor="a")
    assert Blob.objects.count() == 1


def test_kept_bytes_are_processed_again(keeping: Collection, now: datetime, process_all: ProcessAll) -> None:
    file = submitted(keeping, now)
    process_all()
    assert process_again(file, now=now)
    assert fresh(file).state == FileState.QUEUED
    process_all()
    assert (fresh(file).state, contents()) == (FileState.DONE, ["first words"])


def test_new_bytes_take_the_place_of_the_former(keeping: Collection, now: datetime, process_all: ProcessAll) -> None:
    file = submitted(keeping, now)
    process_all()
    assert replace_body(file, b"other words", name="", content_type="text/plain", now=now)
    assert contents() == ["first words"]
    process_all()
    assert (contents(), fresh(file).file_name, Blob.objects.count()) == (["other words"], "a.txt", 1)


def test_new_bytes_that_cannot_be_read_leave_what_was_found(
    keeping: Collection, now: datetime, process_all: ProcessAll
) -> None:
    file = submitted(keeping, now)
    process_all()
    replace_body(file, b"%PDF-1.4 nothing", name="a.pdf", content_type="", now=now)
    process_all()
    assert (fresh(file).state, contents()) == (FileState.FAILED, ["first words"])


def test_a_deleted_file_does_not_begin_anew(keeping: Collection, now: datetime) -> None:
    file = submitted(keeping, now)
    delete_file(file.pk, reason="over", now=now, actor="a")
    assert not process_again(file, now=now)
    assert not replace_body(file, b"x", name="", content_type="", now=now)
    assert not retag(file, ["y"], now=now)
    assert find_same(bytes(file.content_hash or b""), keeping) is None
    assert not Blob.objects.exists()


def test_whoever_is_at_it_loses_its_lease(keeping: Collection, now: datetime) -> None:
    file = submitted(keeping, now)
    for begin_anew in (process_again, lambda file, now: retag(file, ["y"], now=now)):
        [at_work] = lease_files(now=timezone.now())
        begin_anew(file, now=now)
        with pytest.raises(LeaseLost), ours([at_work], then=FileState.CHUNKING):
            pass


def test_other_tags_are_on_its_documents_at_once(keeping: Collection, now: datetime, process_all: ProcessAll) -> None:
    file = submitted(keeping, now)
    process_all()
    assert retag(file, ["y", "z"], now=now)
    assert set(Document.objects.get().tags) >= {"y", "z"}
    assert "x" not in Document.objects.get().tags
    assert not retag(file, ["z", "y"], now=now)


def test_the_same_bytes_are_found_whatever_their_tags_and_state(keeping: Collection, now: datetime) -> None:
    file = submitted(keeping, now)
    File.objects.update(state=FileState.FAILED)
    assert find_same(bytes(file.content_hash or b""), keeping) == file

"""A file as it was uploaded: where its collection keeps bytes, and what is said where it does not."""

from collections.abc import Callable
from typing import Any

import pytest

from ingestion.collections import collections
from ingestion.models import Blob, File
from ingestion.processing.fetching import Fetch, Fetched, Validators
from ingestion.processing.lifecycle import process_next
from ingestion.processing.refetching import fetch_again
from tests.ingestion import files
from tests.ingestion.conftest import DOCUMENTS, ProcessAll, upload

FORGOTTEN = (
    "The bytes of a.txt are not kept. Its collection keeps those of later uploads once its metadata says "
    "keep_bytes: true."
)


@pytest.fixture
def keeping(reports: Any) -> Any:
    reports("patch", "/v1/collections/reports", {"metadata": {"keep_bytes": True}})
    return reports


def answering(text: bytes) -> Fetch:
    return lambda url, known: Fetched(body=text, content_type="text/plain", validators=Validators())


def sent(answer: Any) -> tuple[int, str, str, str]:
    names = ("Content-Type", "Content-Disposition", "X-Content-Type-Options")
    return answer.status_code, *(answer[name] for name in names)


def test_kept_bytes_are_previewed_with_their_type_and_downloaded_without(keeping: Any, process_all: ProcessAll) -> None:
    body = files.pdf("One page")
    file_id = upload(keeping, ("Plan é.pdf", body)).json()["file_ids"][0]
    process_all()
    File.objects.update(content_type="application/pdf; charset=binary")
    attached = "attachment; filename*=utf-8''Plan%20%C3%A9.pdf"
    for place in (DOCUMENTS, "/v1/documents"):
        preview = keeping("get", f"{place}/{file_id}/preview")
        assert sent(preview) == (200, "application/pdf", attached, "nosniff")
        assert preview["Content-Security-Policy"] == "sandbox; default-src 'none'"
        download = keeping("get", f"{place}/{file_id}/download")
        assert sent(download) == (200, "application/octet-stream", attached, "nosniff")
        assert preview.content == download.content == body


def test_what_is_forgotten_is_gone_with_a_sentence(reports: Any, process_all: ProcessAll) -> None:
    file_id = upload(reports, ("a.txt", b"some words")).json()["file_ids"][0]
    assert reports("get", f"{DOCUMENTS}/{file_id}/download").content == b"some words"  # still needed
    process_all()
    reports("patch", "/v1/collections/reports", {"metadata": {"keep_bytes": True}})
    for verb in ("preview", "download"):
        answer = reports("get", f"{DOCUMENTS}/{file_id}/{verb}")
        told = {"code": "bytes_forgotten", "detail": FORGOTTEN, "error": {"message": FORGOTTEN}}
        assert (answer.status_code, answer.json()) == (410, told)


def test_what_another_collection_keeps_is_not_this_one_s(keeping: Any, process_all: ProcessAll) -> None:
    keeping("post", "/v1/collections", {"name": "plain"})
    file_id = upload(keeping, ("a.txt", b"some words"), to="/v1/collections/plain/documents").json()["file_ids"][0]
    upload(keeping, ("a.txt", b"some words"))
    process_all()
    assert keeping("get", f"/v1/documents/{file_id}/download").status_code == 410
    assert Blob.objects.count() == 1


def test_who_keeps_bytes_no_more_forgets_those_that_were_kept(
    keeping: Any, process_all: ProcessAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collections, "BATCH", 2)
    ids = [upload(keeping, (f"{n}.txt", b"word%d" % n)).json()["file_ids"][0] for n in range(5)]
    process_all()
    waiting = upload(keeping, ("w.txt", b"still needed")).json()["file_ids"][0]
    assert Blob.objects.count() == 6
    keeping("patch", "/v1/collections/reports", {"metadata": {}})
    assert Blob.objects.count() == 1
    assert {keeping("get", f"{DOCUMENTS}/{each}/download").status_code for each in ids} == {410}
    assert keeping("get", f"{DOCUMENTS}/{waiting}/download").content == b"still needed"
    process_all()
    assert not Blob.objects.exists()


def test_a_deleted_file_takes_its_bytes_along(keeping: Any, process_all: ProcessAll) -> None:
    file_id = upload(keeping, ("a.txt", b"some words")).json()["file_ids"][0]
    process_all()
    assert Blob.objects.count() == 1
    keeping("delete", DOCUMENTS, {"file_ids": [file_id]})
    assert not Blob.objects.exists()
    assert keeping("get", f"{DOCUMENTS}/{file_id}/download").status_code == 404


@pytest.mark.parametrize("content_type", ["text/html\r\nX-Evil: 1", "nonsense", "", "a/b;charset=\0"])
def test_a_declared_type_that_is_none_is_not_repeated(keeping: Any, process_all: ProcessAll, content_type: str) -> None:
    file_id = upload(keeping, ("a.txt", b"some words")).json()["file_ids"][0]
    File.objects.update(content_type=content_type.replace("\0", ""))
    answer = keeping("get", f"{DOCUMENTS}/{file_id}/preview")
    assert answer.status_code == 200
    assert answer["Content-Type"] in ("application/octet-stream", "a/b")
    assert "X-Evil" not in answer


@pytest.mark.parametrize("verb", ["preview", "download"])
def test_nobody_else_has_the_bytes(keeping: Any, api: Callable[..., Any], verb: str) -> None:
    file_id = upload(keeping, ("a.txt", b"some words")).json()["file_ids"][0]
    keeping("post", "/v1/collections", {"name": "other"})
    assert keeping("get", f"/v1/collections/other/documents/{file_id}/{verb}").status_code == 404
    bound = api("analyzer", "other")
    for address in (f"{DOCUMENTS}/{file_id}/{verb}", f"/v1/documents/{file_id}/{verb}"):
        assert bound("get", address).status_code == 404
        assert api("analyzer", "reports")("get", address).status_code == 200
        assert api(None)("get", address).status_code == 401
    assert keeping("get", f"/v1/documents/no-uuid/{verb}").status_code == 404


def test_a_url_keeps_the_bytes_of_its_newest_version_alone(keeping: Any, now: Any) -> None:
    body = {"source_type": "url", "url": "https://example.org/a", "collection": "reports"}
    file_id = keeping("post", "/api/documents", body).json()["id"]
    for text in (b"first words", b"second words", b"second words"):
        assert process_next(now=File.objects.get().updated_at, fetch=answering(text))
        assert keeping("get", f"/v1/documents/{file_id}/download").content == text
        assert Blob.objects.count() == 1
        fetch_again(File.objects.get(), now=File.objects.get().updated_at)

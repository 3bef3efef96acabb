"""What an upload may hold: limits, kinds and the sentences that refuse."""

import io
import zipfile
from typing import Any

import pytest

from ingestion.models import Blob, File, Job
from knowledge.models import Document
from tests.ingestion import files
from tests.ingestion.conftest import DOCUMENTS, ProcessAll, upload


def test_an_upload_to_a_missing_collection_is_not_found(admin: Any) -> None:
    response = upload(admin, ("a.txt", b"text"), to="/v1/collections/x/documents")
    assert (response.status_code, response.json()["detail"]) == (404, "Collection 'x' not found")


def test_no_files_are_refused(reports: Any) -> None:
    response = upload(reports)
    assert (response.status_code, response.json()["detail"]) == (400, "No files provided")


@pytest.mark.parametrize("count", [11, 101])
def test_too_many_files_are_refused(reports: Any, count: int) -> None:
    response = upload(reports, *[(f"{number}.txt", b"x") for number in range(count)])
    assert (response.status_code, response.json()["code"]) == (413, "too_many_files")
    assert "at most 10 can be uploaded at once" in response.json()["detail"]


def test_ten_files_are_taken(reports: Any) -> None:
    assert len(upload(reports, *[(f"{n}.txt", b"%d" % n) for n in range(10)]).json()["file_ids"]) == 10


def test_too_large_an_upload_is_refused(reports: Any, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 2_000
    response = upload(reports, ("a.txt", b"x" * 1_500), ("b.txt", b"y" * 501))
    assert response.status_code == 413
    assert response.json()["detail"] == "The files have 2,001 bytes in all; at most 2,000 can be uploaded at once."
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
        ("a.json", b'{"a": "\x80"}', "not valid UTF-8"),
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
    assert not (File.objects.exists())
    assert not (Job.objects.exists())
    assert not (Blob.objects.exists())


def test_a_broken_form_is_told_from_a_broken_server(reports: Any) -> None:
    headers = reports.headers
    response = reports.client.post(DOCUMENTS, data=b"x", content_type="multipart/form-data", headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "body_incomplete")


def test_tags_of_an_upload_stand_on_every_chunk(reports: Any, process_all: ProcessAll) -> None:
    upload(reports, ("a.txt", b"text"), tags="hr, team:riga")
    process_all()
    assert {"hr", "team:riga"} <= set(Document.objects.get(source="reports").tags)
    assert upload(reports, ("b.txt", b"text"), tags="No Tag!").status_code == 422


def test_more_tags_than_fit_beside_ours_are_refused_with_the_limit(reports: Any) -> None:
    response = upload(reports, ("a.txt", b"text"), tags=",".join(f"t{n}" for n in range(60)))
    assert response.status_code == 422
    assert response.json()["detail"] == "tags has 60 tags; the limit is 59, since Larder adds up to 5 of its own"

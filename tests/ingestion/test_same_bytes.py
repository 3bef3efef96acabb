"""The same bytes by another name are one file where they are read alike; a type is that as which they were read."""

import json
from base64 import b64encode
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from ingestion.extract.base import Part
from ingestion.models import Collection, File
from ingestion.splitting import split_parts
from tests.ingestion import files
from tests.ingestion.conftest import ProcessAll, upload
from tests.ingestion.reading import read
from tests.ingestion.test_attachments import OCTETS, mail

TABLE = b"name,age\nAnn,30\nBob,41\n"


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_under_another_kind_are_another_file(reports: Any, process_all: ProcessAll) -> None:
    upload(reports, ("people.txt", TABLE))
    process_all()
    upload(reports, ("people.csv", TABLE), ("ages.csv", TABLE), ("other.txt", TABLE))
    process_all()
    found = {file.file_name: file for file in File.objects.all()}
    assert {name: (file.content_type, file.other_names) for name, file in found.items()} == {
        "people.txt": ("text/plain", ["other.txt"]),
        "people.csv": ("text/csv", ["ages.csv"]),
    }
    assert "name | age" in found["people.csv"].text
    assert "name | age" not in found["people.txt"].text


@pytest.mark.django_db(transaction=True)
def test_a_folder_has_them_apart_too_and_once(collection: Collection, now: datetime, tmp_path: Path) -> None:
    for name in ("people.txt", "people.csv", "again.csv"):
        (tmp_path / name).write_bytes(TABLE)
    first, second = "2 uploaded to documents, 0 tried again, 1 known", "0 uploaded to documents, 0 tried again, 3 known"
    for told in (first, second):
        said = StringIO()
        call_command("ingest", str(tmp_path), "--wait", stdout=said, stderr=StringIO())
        assert told in said.getvalue()
    assert sorted(File.objects.values_list("content_type", flat=True)) == ["text/csv", "text/plain"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "body", "said", "shown"),
    [
        ("a.docx", files.word(), "application/octet-stream", files.word),
        ("b.md", b"# A", "text/plain", "text/markdown"),
        ("c.txt", b"words", "text/x-log", "text/x-log"),
        ("d.csv", TABLE, "application/vnd.ms-excel", "text/csv"),
        ("e", files.pdf("one"), "application/octet-stream", "application/pdf"),
    ],
)
def test_a_file_shows_the_type_that_it_was_read_as(
    admin: Any, process_all: ProcessAll, name: str, body: bytes, said: str, shown: Any
) -> None:
    content = body.decode() if said.startswith("text/") else b64encode(body).decode()
    told = {"source_type": "file", "title": name, "content": content, "content_type": said}
    file_id = admin("post", "/api/documents", told).json()["id"]
    process_all()
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    found = admin("get", f"/api/documents/{file_id}").json()
    assert (found["status"], found["content_type"]) == ("done", word if callable(shown) else shown)


@pytest.mark.parametrize("splitter", ["windows", "structure"])
def test_no_chunk_lies_in_a_mail_and_in_what_it_bears(splitter: str) -> None:
    inner = mail(("deep.txt", b"Deep words.", "text/plain"))
    body = mail(
        ("a.txt", b"Words of a.", "text/plain"), ("b.txt", b"Words of b.", "text/plain"), ("c.eml", inner, OCTETS)
    )
    found = read(body, "plans.eml")
    chunks = list(split_parts(found.text, found.parts, splitter=splitter, size=2_000, overlap=200))
    told = [(chunk.section.partition(" › ")[0], found.text[chunk.start : chunk.end]) for chunk in chunks]
    assert [name for name, _ in told] == ["", "a.txt", "b.txt", "c.eml", "c.eml"]
    assert [text for name, text in told if name in ("a.txt", "b.txt")] == ["Words of a.", "Words of b."]
    assert told[-1][1] == "Deep words."


def test_parts_that_were_kept_before_have_no_attachment() -> None:
    assert Part(*json.loads('[0, 5, null, "", "text", false]')).attachment == 0

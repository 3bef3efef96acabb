"""Recognition switched on and off: what is taken, what is told of it, and how a wrong setting is told at the start."""

from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from config import checks, env
from dashboard.forms.files import UploadForm
from ingestion.errors import ExtractionFailed
from ingestion.models import Collection, File
from ingestion.processing.fetching import READABLE, is_readable
from knowledge.models import Document
from tests.ingestion.conftest import ProcessAll, upload
from tests.ingestion.reading import read
from tests.ingestion.scans import CLAUSES, drawn, photo, saved, scanned

PICTURE = saved(drawn(*CLAUSES), "PNG")


@pytest.fixture
def ocr(settings: Any) -> None:
    settings.OCR_LANGUAGES = ["en"]


def page_of(client: Client, file: File) -> str:
    return " ".join(client.get(reverse("file", args=[file.pk])).content.decode().split())


@pytest.mark.django_db(transaction=True)
def test_a_scan_is_found_by_its_words_and_says_how_they_were_read(
    reports: Any, process_all: ProcessAll, ocr: None, client: Client, django_user_model: Any
) -> None:
    answer = upload(reports, ("scan.pdf", scanned("typed", drawn(*CLAUSES), photo())), ("photo.png", PICTURE))
    assert answer.status_code == 202
    process_all()
    file = File.objects.get(file_name="scan.pdf")
    shown = reports("get", f"/api/documents/{file.pk}").json()
    assert [shown[name] for name in ("status", "page_count", "textless_pages", "recognised_pages")] == ["done", 3, 2, 1]
    assert shown["unread_pages"] == 0
    found = Document.objects.get(key=f"{file.pk}/1")
    assert found.content == "\n".join(CLAUSES)
    assert (found.metadata["form"], found.metadata["citation"]) == ("recognised", "scan.pdf, p.2")
    assert File.objects.get(file_name="photo.png").state == "done"
    client.force_login(django_user_model.objects.create_superuser("ada"))
    assert "3, 2 of them without text; 1 read by recognition </dd>" in page_of(client, file)
    File.objects.filter(pk=file.pk).update(unread_pages=1)
    assert "; 1 read by recognition; 1 given up by recognition, or beyond MAX_OCR_PAGES" in page_of(client, file)


@pytest.mark.django_db(transaction=True)
def test_ingest_tells_how_many_pages_were_read(
    collection: Collection, now: datetime, ocr: None, settings: Any, tmp_path: Path
) -> None:
    settings.MAX_OCR_PAGES = 1
    (tmp_path / "scan.pdf").write_bytes(scanned(drawn("first page"), drawn("second page")))
    told = StringIO()
    call_command("ingest", str(tmp_path), "--wait", stdout=StringIO(), stderr=told)
    assert "scan.pdf: 2 of 2 pages hold no text; 1 of them was read by recognition (OCR); 1 given up" in told.getvalue()


@pytest.mark.django_db
def test_switched_off_pictures_are_refused_by_name(reports: Any) -> None:
    answer = upload(reports, ("photo.png", PICTURE))
    assert answer.status_code == 415
    assert "photo.png: This is a picture, an archive or a program; no text can be read" in answer.content.decode()


def test_switched_off_a_scan_fails_with_what_to_do() -> None:
    with pytest.raises(ExtractionFailed, match="Have its text recognised"):
        read(scanned(drawn(*CLAUSES)), "scan.pdf")


@pytest.mark.django_db
def test_pictures_are_named_and_fetched_where_they_are_read(settings: Any) -> None:
    assert not is_readable("image/png")
    assert "pictures" not in UploadForm().kinds
    settings.OCR_LANGUAGES = ["en"]
    assert is_readable("image/png")
    assert not is_readable("image/svg+xml")
    assert "pictures" in UploadForm().kinds
    assert "image/png" not in READABLE


def test_without_the_models_it_does_not_start(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    assert checks.check_recognition(None) == []
    settings.OCR_LANGUAGES = ["en"]
    with pytest.raises(ImproperlyConfigured, match=r"requirements-ocr\.txt"):
        checks.judge_settings()


@pytest.mark.parametrize("given", ["ru", "en vi", "english"])
def test_a_language_that_is_not_read_is_refused_by_name(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR_LANGUAGES", given)
    with pytest.raises(ImproperlyConfigured, match=f"OCR_LANGUAGES .*zh.* It names '{given.split()[-1]}'"):
        env.read()

"""PDF: what is drawn apart is told apart, words that lines broke are whole, pages without text are counted."""

from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from ingestion.extract.readers.pdf.hyphens import Vocabulary
from ingestion.extract.readers.titles import given_title
from ingestion.models import Collection, File
from tests.ingestion import files
from tests.ingestion.conftest import ProcessAll, upload
from tests.ingestion.files import pdf_of
from tests.ingestion.reading import read

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents 5 0 R >>"


def drawn(*cells: tuple[int, int, str]) -> str:
    """The text of a page on which each was drawn by itself, at its place."""
    told = "\n".join(f"BT /F1 10 Tf 1 0 0 1 {x} {y} Tm ({said}) Tj ET" for x, y, said in cells).encode()
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(told), told)
    pages = b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"
    return read(pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", pages, FONT, PAGE, stream]), "a.pdf").text


def test_cells_of_a_single_sign_are_not_glued_to_their_neighbours() -> None:
    first = [(60, 700, "V-7"), (160, 700, "2"), (260, 700, "9.50")]
    second = [(60, 680, "V-8"), (160, 680, "3"), (260, 680, "x"), (300, 680, "yes")]
    assert drawn(*first, *second) == "V-7 2 9.50\nV-8 3 x yes"


def test_signs_that_stand_close_are_one_word() -> None:
    assert drawn((60, 700, "total"), (200, 700, "7"), (206, 700, "8")) == "total 78"


def test_lines_of_single_signs_stay_lines() -> None:
    assert drawn((60, 700, "1"), (60, 680, "2"), (60, 660, "words here")) == "1\n2\nwords here"


def test_what_lies_outside_the_page_is_not_read() -> None:
    assert drawn((60, 700, "seen"), (160, 900, "unseen")) == "seen"


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("a well-known thing, well\x02known", "a well-known thing, well-known"),
        ("information, infor\x02mation", "information, information"),
        ("the cross and the country, a cross\x02country run", "the cross and the country, a cross-country run"),
        ("nothing else infor\x02mation", "nothing else information"),
        ("in the formation, information, in\x02formation", "in the formation, information, information"),
        ("Müller\x02Schmidt, COVID\ufffe19", "Müller-Schmidt, COVID-19"),
        ("state-of\x02the-art", "state-of-the-art"),
        ("re\x02read", "reread"),
    ],
)
def test_a_word_that_a_line_broke_is_as_it_stands_elsewhere(text: str, mended: str) -> None:
    assert Vocabulary([text]).mended(text) == mended


def test_a_word_is_known_from_other_pages() -> None:
    assert Vocabulary(["well\x02known", "it is well-known"]).mended("well\x02known") == "well-known"


PUT_IN = (
    "untitled, (anonymous), Microsoft Word - x.docx, PowerPoint Presentation, Document1, Slide 1, report.indd, "
    "Untitled-2, Scanned Document, Präsentation, Microsoft Excel - Book1, paper.dvi, about:blank, N/A"
)


@pytest.mark.parametrize("told", ["", *PUT_IN.split(", ")])
def test_what_programs_put_in_is_no_title(told: str) -> None:
    assert given_title(told) == ""


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("Microsoft Word - Travel policy", "Travel policy"),
        ("Title page rules", "Title page rules"),
        ("The  Book of\nKells", "The Book of Kells"),
        ("Untitled works of the school", "Untitled works of the school"),
    ],
)
def test_what_people_gave_is(told: str, title: str) -> None:
    assert given_title(told) == title


def test_pages_without_text_are_counted() -> None:
    found = read(files.pdf("one", "", ""), "a.pdf")
    assert (found.pages, found.textless_pages) == (3, 2)
    assert (read(b"text", "a.txt").pages, read(b"text", "a.txt").textless_pages) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_the_api_and_the_page_of_a_file_say_how_many(
    reports: Any, process_all: ProcessAll, client: Client, django_user_model: Any
) -> None:
    upload(reports, ("scan.pdf", files.pdf("one", "", "")), ("note.txt", b"words"))
    process_all()
    file = File.objects.get(file_name="scan.pdf")
    shown = reports("get", f"/api/documents/{file.pk}").json()
    assert (shown["page_count"], shown["textless_pages"]) == (3, 2)
    other = File.objects.get(file_name="note.txt")
    shown = reports("get", f"/api/documents/{other.pk}").json()
    assert (shown["page_count"], shown["textless_pages"]) == (None, None)
    client.force_login(django_user_model.objects.create_superuser("ada"))
    page = " ".join(client.get(reverse("file", args=[file.pk])).content.decode().split())
    assert "3, 2 of them without text" in page


@pytest.mark.django_db(transaction=True)
def test_ingest_tells_of_them(collection: Collection, now: datetime, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(files.pdf("one", "", ""))
    told = StringIO()
    call_command("ingest", str(tmp_path), "--wait", stdout=StringIO(), stderr=told)
    assert "scan.pdf: 2 of 3 pages hold no text." in told.getvalue()

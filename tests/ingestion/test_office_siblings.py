"""Files that are Office files by another name, and those that other programs can save as something that is read."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from ingestion.errors import KindRefused
from ingestion.kinds import DeclaredType, recognise
from tests.ingestion import files
from tests.ingestion.hostile.zips import altered
from tests.ingestion.reading import read

WORD, POWER, EXCEL = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.%s.main+xml",
    "application/vnd.openxmlformats-officedocument.presentationml.%s.main+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.%s.main+xml",
)
MACROS = "application/vnd.ms-%s.macroEnabled.main+xml"
SIBLINGS = {
    "a.docm": (files.word, WORD % "document", MACROS % "word.document"),
    "a.dotx": (files.word, WORD % "document", WORD % "template"),
    "a.dotm": (files.word, WORD % "document", MACROS % "word.template"),
    "a.pptm": (files.slides, POWER % "presentation", MACROS % "powerpoint.presentation"),
    "a.ppsx": (files.slides, POWER % "presentation", POWER % "slideshow"),
    "a.ppsm": (files.slides, POWER % "presentation", MACROS % "powerpoint.slideshow"),
    "a.potx": (files.slides, POWER % "presentation", POWER % "template"),
    "a.xlsm": (files.sheets, EXCEL % "sheet", MACROS % "excel.sheet"),
    "a.xltx": (files.sheets, EXCEL % "sheet", EXCEL % "template"),
}


@pytest.mark.parametrize("name", SIBLINGS)
def test_templates_shows_and_files_with_macros_are_read_as_their_siblings(name: str) -> None:
    make, usual, other = SIBLINGS[name]
    body = altered(make(), "[Content_Types].xml", usual.encode(), other.encode())
    assert read(body, name) == read(make(), "")


def strict(body: bytes) -> bytes:
    """As programs write the strict form: other names, and nothing else."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as archive, zipfile.ZipFile(made, "w") as other:
        for name in archive.namelist():
            part = archive.read(name)
            for kind in (b"officeDocument", b"wordprocessingml", b"spreadsheetml", b"presentationml", b"drawingml"):
                usual = b"http://schemas.openxmlformats.org/%b/2006/" % kind
                part = part.replace(usual, b"http://purl.oclc.org/ooxml/%b/" % kind)
            other.writestr(name, part)
    return made.getvalue()


@pytest.mark.parametrize(("make", "name"), [(files.word, "a.docx"), (files.slides, "a.pptx"), (files.sheets, "a.xlsx")])
def test_strict_open_xml_is_read(make: object, name: str) -> None:
    assert callable(make)
    assert b"purl.oclc.org" in zipfile.ZipFile(io.BytesIO(strict(make()))).read("_rels/.rels")
    assert read(strict(make()), name) == read(make(), name)


def others() -> Iterator[tuple[str, bytes, str]]:
    for suffix, kind in (("odt", "text"), ("ods", "spreadsheet"), ("odp", "presentation")):
        yield f"a.{suffix}", of_mimetype(f"application/vnd.oasis.opendocument.{kind}"), f"OpenDocument \\(.{suffix}\\)"
    yield "a.epub", of_mimetype("application/epub+zip"), "an e-book"
    yield "a.rtf", b"{\\rtf1\\ansi words}", "rich text"
    yield "", b"{\\rtf1\\ansi words}", "rich text"
    for suffix, called in (("doc", "Word document of"), ("xls", "spreadsheet of"), ("ppt", "presentation of")):
        yield f"a.{suffix}", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, called
    yield "a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "a mail of Outlook"


def of_mimetype(told: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", told)
        archive.writestr("content.xml", "<x/>")
    return made.getvalue()


@pytest.mark.parametrize(("name", "body", "called"), list(others()))
def test_what_is_not_read_is_named_with_what_to_save_it_as(name: str, body: bytes, called: str) -> None:
    with pytest.raises(KindRefused, match=f"This is .*{called}.*Save it as .* and upload that"):
        recognise(body, DeclaredType(name=name))

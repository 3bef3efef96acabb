"""Files that are Office files by another name, and those that other programs can save as something that is read."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from ingestion.errors import KindRefused
from ingestion.kinds import DeclaredType, recognise
from tests.ingestion import files, other_files
from tests.ingestion.compound import compound_file
from tests.ingestion.hostile.zips import altered
from tests.ingestion.other_files import package
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
    graphics = "application/vnd.oasis.opendocument.graphics"
    yield "a.odg", package(graphics, {"content.xml": "<x/>"}), "a drawing of OpenDocument"
    for suffix, stream, called in (
        ("doc", "WordDocument", "a Word document of"),
        ("ppt", "PowerPoint Document", "a presentation of"),
        ("vsd", "VisioDocument", "a drawing of Visio"),
        ("pub", "Quill", "a file of an Office program"),
    ):
        yield f"a.{suffix}", compound_file({stream: b"words" * 2_000}), called
        yield "", compound_file({stream: b"words" * 2_000, "Other": b"x"}), called


@pytest.mark.parametrize(("name", "body", "called"), list(others()))
def test_what_is_not_read_is_named_with_what_to_save_it_as(name: str, body: bytes, called: str) -> None:
    with pytest.raises(KindRefused, match=f"This is {called}.*Save it as .* and upload that"):
        recognise(body, DeclaredType(name=name))


def test_an_encrypted_office_file_is_told_from_an_old_one() -> None:
    with pytest.raises(KindRefused, match="encrypted Office file"):
        recognise(compound_file({"EncryptedPackage": b"x"}), DeclaredType(name="a.xlsx"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (other_files.odt(), "odt"),
        (other_files.ods(), "ods"),
        (other_files.odp(), "odp"),
        (other_files.epub(), "epub"),
        (other_files.rtf(), "rtf"),
        (other_files.xls(), "xls"),
        (other_files.msg_file(), "msg"),
        (other_files.calendar(), "ics"),
    ],
)
def test_other_kinds_are_known_by_what_they_hold(body: bytes, kind: str) -> None:
    assert recognise(body, DeclaredType()).name == kind


def test_a_mail_that_bears_an_old_document_is_a_mail() -> None:
    mail = {**other_files.msg(), "__attach_version1.0_#00000000": {"WordDocument": b"x"}}
    assert recognise(compound_file(mail), DeclaredType()).name == "msg"


@pytest.mark.parametrize(
    ("body", "kind"), [(files.sheets(), "xlsx"), (b"<html><table>", "html"), (b"a\tb\n1\t2\n", "text")]
)
def test_what_programs_save_under_the_suffix_of_an_old_spreadsheet_is_read_as_what_it_is(
    body: bytes, kind: str
) -> None:
    assert recognise(body, DeclaredType(name="export.xls")).name == kind


def test_a_template_of_opendocument_is_read_as_its_sibling() -> None:
    template = package(f"{other_files.ODF}text-template", {"content.xml": "<x/>"})
    assert recognise(template, DeclaredType(name="a.ott")).name == "odt"

"""What a body is, by what it holds. A name and a declared type only choose among kinds that look alike, such as texts.

Knows no library that parses: this runs where the request is, before anything is kept.
"""

import io
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from ingestion.errors import KindRefused


class Kind(StrEnum):
    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    CSV = "text/csv"
    JSON = "application/json"
    EMAIL = "message/rfc822"
    TEXT = "text/plain"


OFFICE = {"word/": Kind.DOCX, "ppt/": Kind.PPTX, "xl/": Kind.XLSX}
SUFFIXES = {
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
    ".pptx": Kind.PPTX,
    ".xlsx": Kind.XLSX,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".xhtml": Kind.HTML,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".json": Kind.JSON,
    ".eml": Kind.EMAIL,
    ".txt": Kind.TEXT,
    ".log": Kind.TEXT,
    ".rst": Kind.TEXT,
}
CONTENT_TYPES = {
    **{kind.value: kind for kind in Kind},
    "application/xhtml+xml": Kind.HTML,
    "text/x-markdown": Kind.MARKDOWN,
    "text/tab-separated-values": Kind.CSV,
    "text/json": Kind.JSON,
}
TEXTS = frozenset({Kind.HTML, Kind.MARKDOWN, Kind.CSV, Kind.JSON, Kind.EMAIL, Kind.TEXT})
NAMES = {
    Kind.PDF: "a PDF",
    Kind.DOCX: "a Word document",
    Kind.PPTX: "a presentation",
    Kind.XLSX: "a spreadsheet",
    Kind.HTML: "a web page",
    Kind.MARKDOWN: "Markdown",
    Kind.CSV: "comma-separated values",
    Kind.JSON: "JSON",
    Kind.EMAIL: "a mail",
    Kind.TEXT: "plain text",
}
UPLOAD = "Upload a PDF, an Office file or text."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BINARIES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ\x90", b"BZh")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
LOOK_BYTES = 4_096
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_UNPACKED_RATIO = 200
MAX_ENTRIES = 10_000
ENTRY = b"PK\x01\x02"
UNPACKS = "This Office file unpacks to far more than it should, so it is not opened. Save it anew, if need be in parts."


@dataclass(frozen=True, kw_only=True)
class DeclaredType:
    """What somebody says a body is: a content type, a file name; either may be empty, and wrong."""

    content_type: str = ""
    name: str = ""

    @property
    def kind(self) -> Kind | None:
        """A name's suffix says more than a type: `text/plain` is sent for whatever a sender does not know."""
        by_type = CONTENT_TYPES.get(self.content_type.partition(";")[0].strip().lower())
        return SUFFIXES.get(PurePath(self.name).suffix.lower()) or by_type


def recognise(body: bytes, declared: DeclaredType) -> Kind:
    """The kind of a body. Raises KindRefused for what cannot be read, and for what is not of its declared type."""
    found = _by_content(body)
    expected = declared.kind
    if found in TEXTS:
        if expected is not None and expected not in TEXTS:
            raise KindRefused(f"This claims to be {NAMES[expected]}, but it does not begin like one. Save it anew.")
        return expected or found
    if expected is not None and expected != found:
        raise KindRefused(f"This claims to be {NAMES[expected]}, but it is {NAMES[found]}. Rename it.")
    return found


def _by_content(body: bytes) -> Kind:
    head = body[:LOOK_BYTES]
    if b"%PDF-" in head[:1_024]:
        return Kind.PDF
    if head.startswith(b"PK\x03\x04"):
        return _of_archive(body)
    if head.startswith(OLE):
        raise KindRefused("This is an encrypted Office file, or one of before 2007. Save it anew, without a password.")
    if head.startswith(BINARIES):
        raise KindRefused(f"This is a picture, an archive or a program; no text can be read from it. {UPLOAD}")
    if b"\0" in head and not head.startswith(UTF16):
        raise KindRefused(f"This holds binary data of no type that can be read. {UPLOAD}")
    return _of_text(head)


def _of_text(head: bytes) -> Kind:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in start[:1_024]:
        return Kind.HTML
    if start[:1] in (b"{", b"["):
        return Kind.JSON
    lines = start.splitlines()[:30]
    if any(line.startswith(b"from:") for line in lines) and any(line.startswith(b"subject:") for line in lines):
        return Kind.EMAIL
    return Kind.TEXT


def _of_archive(body: bytes) -> Kind:
    """Judged by its directory alone: nothing is unpacked here, nor is a directory read that is too long."""
    if body.count(ENTRY) > MAX_ENTRIES:
        raise KindRefused(UNPACKS)
    try:
        entries = zipfile.ZipFile(io.BytesIO(body)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeError) as error:
        raise KindRefused("This begins like an Office file or an archive, but it is broken. Save it anew.") from error
    names = [entry.filename for entry in entries]
    kind = next((kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)), None)
    if kind is None or "[Content_Types].xml" not in names:
        raise KindRefused("This is an archive; upload the files that are in it.")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise KindRefused("This Office file is encrypted. Save it anew, without a password.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_UNPACKED_RATIO * len(body) + 2**20:
        raise KindRefused(UNPACKS)
    return kind

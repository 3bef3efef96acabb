"""What a body is, by what it holds. A name and a declared type only choose among kinds that look alike, such as texts.

A kind is a file here; how to add one: docs/development. Knows no library that parses: this runs where the request is,
before anything is kept.
"""

import io
import zipfile
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath

from core.registry import Misregistered, Registry
from ingestion.errors import KindRefused


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file: what it is called, how it is told from others, and the module whose `read` gets its text.

    `title` stands in lists, `called` in sentences. `order` is that of the lists, and in it kinds are tried. A kind that
    has neither `begins` nor `holds` is known by its suffix or its type alone.
    """

    name: str
    title: str
    called: str
    order: int
    suffixes: tuple[str, ...]
    media_type: str
    more_media_types: tuple[str, ...] = ()
    reader: str
    is_text: bool = False
    is_utf8: bool = False
    """It says nothing about its encoding, so uploads of it have to be UTF-8."""
    is_saved_otherwise: bool = False
    """But programs save it as UTF-16 with its mark, or as Windows-1252, which is taken where it is plainly that."""
    begins: Callable[[bytes], bool] | None = None
    """Asked with the first 4 KiB; of a text without what is blank before it, in small letters."""
    holds: Callable[[Collection[str]], bool] | None = None
    """Asked with the names of what is in a ZIP archive."""


KINDS: Registry[Kind] = Registry("ingestion.kinds", "KIND", noun="kind of file")


@cache
def kinds_in_order() -> tuple[Kind, ...]:
    return tuple(sorted(KINDS.values(), key=lambda kind: kind.order))


@cache
def kinds_by_suffix() -> dict[str, Kind]:
    return _each_once((suffix, kind) for kind in kinds_in_order() for suffix in kind.suffixes)


@cache
def kinds_by_media_type() -> dict[str, Kind]:
    kinds = kinds_in_order()
    return _each_once((each, kind) for kind in kinds for each in (kind.media_type, *kind.more_media_types))


def _each_once(pairs: Iterable[tuple[str, Kind]]) -> dict[str, Kind]:
    """Raises Misregistered where two kinds want the same."""
    found: dict[str, Kind] = {}
    for mark, kind in pairs:
        if mark in found:
            raise Misregistered(f"ingestion/kinds/{kind.name}.py and {found[mark].name}.py both claim {mark}.")
        found[mark] = kind
    return found


def readable_kinds() -> str:
    """`PDF, Office, HTML, …`, for people."""
    return ", ".join(dict.fromkeys(kind.title for kind in kinds_in_order()))


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERS = {
    b"mimetypeapplication/vnd.oasis.opendocument.text": ("a text of OpenDocument (.odt)", ".docx or PDF"),
    b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet": ("a spreadsheet of OpenDocument (.ods)", ".xlsx or CSV"),
    b"mimetypeapplication/vnd.oasis.opendocument.presentation": ("slides of OpenDocument (.odp)", ".pptx or PDF"),
    b"mimetypeapplication/epub+zip": ("an e-book (.epub)", "HTML or PDF"),
}
"""How archives begin, behind the head of their first entry, that say what they are."""
OLDER = {
    ".doc": ("a Word document of before 2007 (.doc)", ".docx or PDF"),
    ".xls": ("a spreadsheet of before 2007 (.xls)", ".xlsx or CSV"),
    ".ppt": ("a presentation of before 2007 (.ppt)", ".pptx or PDF"),
    ".msg": ("a mail of Outlook (.msg)", ".eml"),
}
RICH_TEXT = ("rich text (.rtf)", ".docx or PDF")
ENTRY_HEAD_BYTES = 30
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
        by_type = kinds_by_media_type().get(self.content_type.partition(";")[0].strip().lower())
        return kinds_by_suffix().get(PurePath(self.name).suffix.lower()) or by_type


def recognise(body: bytes, declared: DeclaredType) -> Kind:
    """The kind of a body. Raises KindRefused for what cannot be read, and for what is not of its declared type."""
    _refuse_others(body[:LOOK_BYTES], PurePath(declared.name).suffix.lower())
    found = _by_content(body)
    expected = declared.kind
    if found.is_text:
        if expected is not None and not expected.is_text:
            raise KindRefused(f"This claims to be {expected.called}, but it does not begin like one. Save it anew.")
        return expected or found
    if expected is not None and expected != found:
        raise KindRefused(f"This claims to be {expected.called}, but it is {found.called}. Rename it.")
    return found


def _refuse_others(head: bytes, suffix: str) -> None:
    """What other programs can save as something that is read here."""
    told = OLDER.get(suffix) if head.startswith(OLE) else RICH_TEXT if head.startswith(b"{\\rtf") else None
    if head.startswith(b"PK\x03\x04"):
        told = next((each for begins, each in OTHERS.items() if head.startswith(begins, ENTRY_HEAD_BYTES)), None)
    if told is not None:
        raise KindRefused(f"This is {told[0]}, which is not read. Save it as {told[1]} and upload that.")


def _by_content(body: bytes) -> Kind:
    head = body[:LOOK_BYTES]
    if kind := _that_begins(head, is_text=False):
        return kind
    if head.startswith(b"PK\x03\x04"):
        return _of_archive(body)
    if head.startswith(OLE):
        raise KindRefused("This is an encrypted Office file, or one of before 2007. Save it anew, without a password.")
    if head.startswith(BINARIES):
        raise KindRefused(f"This is a picture, an archive or a program; no text can be read from it. {_what_is_read()}")
    if b"\0" in head and not head.startswith(UTF16):
        raise KindRefused(f"This holds binary data of no type that can be read. {_what_is_read()}")
    return _that_begins(head.lstrip(b"\xef\xbb\xbf \t\r\n").lower(), is_text=True) or KINDS["text"]


def _that_begins(head: bytes, *, is_text: bool) -> Kind | None:
    kinds = (kind for kind in kinds_in_order() if kind.is_text == is_text)
    return next((kind for kind in kinds if kind.begins is not None and kind.begins(head)), None)


def _what_is_read() -> str:
    return f"Upload what can be: {readable_kinds()}."


def _of_archive(body: bytes) -> Kind:
    """Judged by its directory alone: nothing is unpacked here, nor is a directory read that is too long."""
    if body.count(ENTRY) > MAX_ENTRIES:
        raise KindRefused(UNPACKS)
    try:
        entries = zipfile.ZipFile(io.BytesIO(body)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeError) as error:
        raise KindRefused("This begins like an Office file or an archive, but it is broken. Save it anew.") from error
    names = [entry.filename for entry in entries]
    kind = next((kind for kind in kinds_in_order() if kind.holds is not None and kind.holds(names)), None)
    if kind is None:
        raise KindRefused("This is an archive; upload the files that are in it.")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise KindRefused("This Office file is encrypted. Save it anew, without a password.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_UNPACKED_RATIO * len(body) + 2**20:
        raise KindRefused(UNPACKS)
    return kind


def holds_office(folder: str) -> Callable[[Collection[str]], bool]:
    """For `Kind.holds` of the Office file whose parts are in this folder."""
    return lambda names: "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)

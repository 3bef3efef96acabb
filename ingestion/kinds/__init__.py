"""What a body is, by what it holds. A name and a declared type only choose among kinds that look alike, such as texts.

A kind is a file here, or in `office/`; how to add one: docs/development. Knows no library that parses: this runs where
the request is, before anything is kept.
"""

import io
import zipfile
import zlib
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
    has none of `begins`, `holds`, `says` and `streams` is known by its suffix or its type alone.
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
    says: str = ""
    """How the entry `mimetype` of a ZIP archive begins."""
    streams: tuple[str, ...] = ()
    """Names of which one stands in the directory of a compound file, in which Office kept everything before 2007."""
    also: tuple[str, ...] = ()
    """Other kinds that programs save under its suffix, which people then cannot know."""
    is_picture: bool = False
    """Read where recognition (OCR) is switched on, and refused elsewhere."""
    bears_files: bool = False
    """Of other kinds, as mails do; nothing else bears one of it."""

    def type_said(self, content_type: str) -> str:
        """What a sender said of its type where that fits, as any unknown type of text fits plain text; else its own."""
        bare = content_type.partition(";")[0].strip().lower()
        claimed = kinds_by_media_type().get(bare)
        fits = claimed == self or (claimed is None and self.name == "text" and bare.startswith("text/"))
        return content_type if fits else self.media_type


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
            raise Misregistered(f"{kind.name}.py and {found[mark].name}.py both claim {mark}.")
        found[mark] = kind
    return found


def readable_kinds(*, pictures: bool = False) -> str:
    """`PDF, Office, HTML, …`, for people."""
    return ", ".join(dict.fromkeys(kind.title for kind in kinds_in_order() if pictures or not kind.is_picture))


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNREAD_STREAMS = {
    "WordDocument": ("a Word document of before 2007 (.doc)", ".docx or PDF"),
    "PowerPoint Document": ("a presentation of before 2007 (.ppt)", ".pptx or PDF"),
    "VisioDocument": ("a drawing of Visio (.vsd)", "PDF"),
}
UNREAD_ARCHIVES = {
    "application/vnd.oasis.opendocument.graphics": ("a drawing of OpenDocument (.odg)", "PDF"),
    "application/vnd.oasis.opendocument": ("an OpenDocument file that is neither text nor sheets nor slides", "PDF"),
}
ENCRYPTED = "EncryptedPackage"
ENCRYPTED_OFFICE = "This is an encrypted Office file, or one of before 2007. Save it anew, without a password."
OTHER_OLE = (
    "a file of an Office program of before 2007, and neither a spreadsheet nor a mail",
    ".docx, .xlsx, .pptx or PDF",
)
MIMETYPE, MIMETYPE_CHARS = "mimetype", 100
ENTRY_BYTES = 128
BINARIES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ\x90", b"BZh")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
LOOK_BYTES = 4_096
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_UNPACKED_RATIO = 200
MAX_ENTRIES = 10_000
ENTRY = b"PK\x01\x02"
UNPACKS = "This file unpacks to far more than it should, so it is not opened. Save it anew, if need be in parts."


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


def recognise(body: bytes, declared: DeclaredType, *, pictures: bool = False) -> Kind:
    """The kind of a body. Raises KindRefused for what cannot be read, and for what is not of its declared type.

    `pictures`: whether text is recognised on them.
    """
    expected = declared.kind
    if expected is not None and expected.is_picture and not pictures:
        expected = None
    found = _by_content(body, expected, pictures=pictures)
    if expected is not None and found.name in expected.also:
        return found
    if found.is_text:
        if expected is not None and not expected.is_text:
            if not body.strip():
                raise KindRefused(f"This claims to be {expected.called}, but it is empty. Save it anew.")
            raise KindRefused(f"This claims to be {expected.called}, but it does not begin like one. Save it anew.")
        return expected or found
    if expected is not None and expected != found:
        raise KindRefused(f"This claims to be {expected.called}, but it is {found.called}. Rename it.")
    return found


def kind_name(body: bytes, declared: DeclaredType, *, pictures: bool = False) -> str:
    """Of what it would be read as, "" for what cannot be read: by another name the same bytes may be another kind."""
    try:
        return recognise(body, declared, pictures=pictures).name
    except KindRefused:
        return ""


def _by_content(body: bytes, expected: Kind | None, *, pictures: bool) -> Kind:
    head, known = body[:LOOK_BYTES], f"Upload what can be: {readable_kinds(pictures=pictures)}."
    if (kind := _that_begins(head, is_text=False)) and (pictures or not kind.is_picture):
        return kind
    if head.startswith(b"PK\x03\x04"):
        return _of_archive(body)
    if head.startswith(OLE):
        return _of_compound_file(body, expected)
    if head.startswith(BINARIES):
        raise KindRefused(f"This is a picture, an archive or a program; no text can be read from it. {known}")
    if b"\0" in head and not head.startswith(UTF16):
        raise KindRefused(f"This holds binary data of no type that can be read. {known}")
    return _that_begins(head.lstrip(b"\xef\xbb\xbf \t\r\n").lower(), is_text=True) or KINDS["text"]


def _that_begins(head: bytes, *, is_text: bool) -> Kind | None:
    kinds = (kind for kind in kinds_in_order() if kind.is_text == is_text)
    return next((kind for kind in kinds if kind.begins is not None and kind.begins(head)), None)


def _of_archive(body: bytes) -> Kind:
    """Judged by its directory alone: nothing is unpacked here, nor is a directory read that is too long."""
    if body.count(ENTRY) > MAX_ENTRIES:
        raise KindRefused(UNPACKS)
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
        entries, told = archive.infolist(), _mimetype(archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeError) as error:
        raise KindRefused("This begins like an Office file or an archive, but it is broken. Save it anew.") from error
    names = [entry.filename for entry in entries]
    kind = next((kind for kind in kinds_in_order() if _is_archived(kind, names, told)), None)
    if kind is None:
        _refuse(next((unread for begins, unread in UNREAD_ARCHIVES.items() if told.startswith(begins)), None))
        raise KindRefused("This is an archive; upload the files that are in it.")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise KindRefused("This file is encrypted. Save it anew, without a password.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_UNPACKED_RATIO * len(body) + 2**20:
        raise KindRefused(UNPACKS)
    return kind


def _mimetype(archive: zipfile.ZipFile) -> str:
    """What an archive says it is, in the entry that is there for it. Raises what reading an archive raises."""
    if MIMETYPE not in archive.namelist():
        return ""
    try:
        with archive.open(MIMETYPE) as entry:
            return entry.read(MIMETYPE_CHARS).decode("ascii", errors="replace").strip()
    except (RuntimeError, EOFError, zlib.error):  # locked, or torn
        return ""


def _is_archived(kind: Kind, names: Collection[str], told: str) -> bool:
    if kind.holds is not None:
        return kind.holds(names)
    return bool(kind.says) and (told == kind.says or told.startswith((f"{kind.says}-t", f"{kind.says}-m")))


def _of_compound_file(body: bytes, expected: Kind | None) -> Kind:
    """By the names in its directory, which nothing is opened for: one file may hold another."""
    kinds = [kind for kind in kinds_in_order() if any(_names_stream(body, name) for name in kind.streams)]
    if bearing := next((kind for kind in kinds if kind.bears_files), expected if expected in kinds else None):
        return bearing
    if _names_stream(body, ENCRYPTED):
        raise KindRefused(ENCRYPTED_OFFICE)
    _refuse(next((unread for name, unread in UNREAD_STREAMS.items() if _names_stream(body, name)), None))
    if not kinds and expected is not None and expected.holds is not None:
        raise KindRefused(ENCRYPTED_OFFICE)
    if not kinds and expected is not None and expected.streams:
        raise KindRefused(f"This begins like {expected.called}, but it is broken or cut off. Save it anew.")
    if not kinds:
        _refuse(OTHER_OLE)
    return kinds[-1]


def _refuse(unread: tuple[str, str] | None) -> None:
    """By what it is called, with what to save it as. Raises KindRefused, or nothing for None."""
    if unread is not None:
        raise KindRefused(f"This is {unread[0]}, which is not read. Save it as {unread[1]} and upload that.")


def _names_stream(body: bytes, name: str) -> bool:
    """An entry of the directory begins with its name, in UTF-16, and lies at a multiple of its 128 bytes."""
    sought, at = f"{name}\0".encode("utf-16-le"), -1
    while (at := body.find(sought, at + 1)) >= 0:
        if at % ENTRY_BYTES == 0:
            return True
    return False


def holds_office(folder: str) -> Callable[[Collection[str]], bool]:
    """For `Kind.holds` of the Office file whose parts are in this folder."""
    return lambda names: "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)

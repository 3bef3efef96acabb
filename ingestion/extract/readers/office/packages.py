"""What all Office files have in common: parts in XML, and the ways in which their libraries say that one is broken."""

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from zipfile import ZIP_DEFLATED, BadZipFile, ZipExtFile, ZipFile

from lxml.etree import XMLParser, _Element, fromstring

from ingestion.extract.base import Unreadable

# So much of a part is unpacked before Python looks again whether that is all that the archive says of its size. Its own
# gigabyte let a part of a few kilobytes that holds more than it says take a gigabyte of memory and three seconds.
ZipExtFile.MAX_N = 16 * 1024 * 1024

ROOT = "_rels/.rels"
STRICT = b"http://purl.oclc.org/ooxml/"
STRICT_NAME = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
USUAL_NAME = rb"http://schemas.openxmlformats.org/\1/2006/"

ERRORS: tuple[type[Exception], ...] = (
    BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    SyntaxError,  # of XML
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
)


@contextmanager
def explained(sentence: str, *errors: type[Exception]) -> Iterator[None]:
    """Unreadable with this sentence, whatever a library stumbles over; `errors` are those that it has of its own."""
    expected = ERRORS + errors
    try:
        yield
    except expected as error:
        raise Unreadable(sentence) from error


def opened(body: bytes) -> io.BytesIO:
    """The package in the names that the libraries know: those of its strict form are put into the usual ones."""
    with ZipFile(io.BytesIO(body)) as archive:
        if ROOT not in archive.namelist() or STRICT not in archive.read(ROOT):
            return io.BytesIO(body)
        made = io.BytesIO()
        with ZipFile(made, "w", ZIP_DEFLATED, compresslevel=1) as other:
            for name in dict.fromkeys(archive.namelist()):
                part = archive.read(name)
                other.writestr(name, STRICT_NAME.sub(USUAL_NAME, part) if name.endswith((".xml", ".rels")) else part)
    made.seek(0)
    return made


def parse_part(archive: ZipFile, name: str) -> _Element:
    """As far as it can be made out."""
    return fromstring(archive.read(name), XMLParser(resolve_entities=False, recover=True))

"""What all Office files have in common: parts in XML, and the ways in which their libraries say that one is broken."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from zipfile import BadZipFile, ZipExtFile, ZipFile

from lxml.etree import XMLParser, _Element, fromstring

from ingestion.extract.base import Unreadable

# So much of a part is unpacked before Python looks again whether that is all that the archive says of its size. Its own
# gigabyte let a part of a few kilobytes that holds more than it says take a gigabyte of memory and three seconds.
ZipExtFile.MAX_N = 16 * 1024 * 1024

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


def parse_part(archive: ZipFile, name: str) -> _Element:
    """As far as it can be made out."""
    return fromstring(archive.read(name), XMLParser(resolve_entities=False, recover=True))

"""Books: their pages in the order of reading, each read whole as a web page is. See docs/decisions/0252."""

import io
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers import html_reader
from ingestion.extract.readers.office.packages import explained, parse_part

BROKEN = "It is broken: the format of e-books is not kept to. Make it anew where it comes from."
LOCKED = "It is protected against copying, so nobody but its own reader can open it. Upload a copy that is not."
CONTAINER, RIGHTS = "META-INF/container.xml", ("META-INF/rights.xml", "META-INF/sinf.xml")
ENCRYPTION = "META-INF/encryption.xml"
"""Lists what is encrypted, by paths from the top; of most books that have it, fonts alone."""
CLOSED_AT_ONCE = re.compile(
    rb"<((?!area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)[a-z][\w:-]*)\b([^<>]*)/>"
)
"""As XML has it; a page's own reader takes all that follows for what is within."""
PAGES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document")
MOST_PAGES = 20_000


def read(body: bytes) -> Extraction:
    with explained(BROKEN, etree.XMLSyntaxError, StopIteration, RuntimeError), ZipFile(io.BytesIO(body)) as archive:
        names = frozenset(archive.namelist())
        if any(name in names for name in RIGHTS):
            raise Unreadable(LOCKED)
        package, folder = _package(archive)
        pages = _pages(package, folder)
        if ENCRYPTION in names and not _encrypted(archive).isdisjoint(pages):
            raise Unreadable(LOCKED)
        found = join_pieces(_pieces(archive, pages, names), title=_title(package))
    if not found.parts:
        raise Unreadable("It is a book without text, perhaps of pictures only.")
    return found


def _package(archive: ZipFile) -> tuple[Any, str]:
    """What names the pages, and the folder that their names begin in. Raises what a broken file leads to."""
    path = next(parse_part(archive, CONTAINER).iter("{*}rootfile")).get("full-path", "")
    return parse_part(archive, path), posixpath.dirname(path)


def _encrypted(archive: ZipFile) -> frozenset[str]:
    told = parse_part(archive, ENCRYPTION).iter("{*}CipherReference")
    return frozenset(posixpath.normpath(unquote(each.get("URI") or "")) for each in told)


def _title(package: Any) -> str:
    title = next(package.iterfind("{*}metadata/{*}title"), None)
    return "" if title is None else " ".join("".join(title.itertext()).split())


def _pages(package: Any, folder: str) -> list[str]:
    """Their paths in the order of reading, each once."""
    listed: Mapping[str | None, Any] = {each.get("id"): each for each in package.iterfind("{*}manifest/{*}item")}
    found = []
    for place in package.iterfind("{*}spine/{*}itemref"):
        item = listed.get(place.get("idref"))
        if item is not None and item.get("media-type") in PAGES:
            found.append(posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or ""))))
    if len(found) > MOST_PAGES:
        raise Unreadable(f"It has {len(found):,} parts; at most {MOST_PAGES:,} are read. Upload it in parts.")
    return list(dict.fromkeys(found))


def _pieces(archive: ZipFile, pages: list[str], names: frozenset[str]) -> Iterator[TextPiece]:
    """A page that is not there, or says nothing, is no reason to lose the others."""
    for page in pages:
        if page in names:
            try:
                yield from html_reader.read_all(CLOSED_AT_ONCE.sub(rb"<\1\2></\1>", archive.read(page)))
            except Unreadable:
                continue

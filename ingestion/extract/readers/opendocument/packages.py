"""The archive of an OpenDocument file: its parts as trees, its title, its drawings that are files of their own."""

import io
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from zipfile import ZipFile

from lxml import etree

from ingestion.extract.base import Unreadable
from ingestion.extract.readers.office.packages import explained
from ingestion.extract.readers.opendocument.names import BODY, FORMULA, HREF, KEYED, OFFICE, PARAGRAPH, SCRIPT, TITLE
from ingestion.extract.readers.titles import given_title

CONTENT, STYLES, META, MANIFEST = "content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"
LOCKED = b":encryption-data"
MOST_DRAWINGS = 1_000


@dataclass(frozen=True)
class Package:
    """`names` are those of its parts."""

    archive: ZipFile
    content: Any
    styles: Any
    names: frozenset[str] = field(repr=False)

    @property
    def body(self) -> Any:
        """What the file is about: a text, sheets or slides. Raises AttributeError where it lacks one."""
        return next(self.content.iterfind(f"{BODY}/*"))

    @property
    def title(self) -> str:
        if META not in self.names:
            return ""
        return given_title(parsed(self.archive, META).findtext(f".//{TITLE}") or "")

    def drawn(self, drawing: Any) -> str:
        """The words of a chart or a formula, each once."""
        folder = posixpath.normpath((drawing.get(HREF) or "").strip("/"))
        if f"{folder}/{CONTENT}" not in self.names:
            return ""
        root = parsed(self.archive, f"{folder}/{CONTENT}")
        for told in list(root.iter(SCRIPT)):
            told.getparent().remove(told)
        if root.tag == FORMULA:
            return " ".join("".join(root.itertext()).split())
        lines = (" ".join("".join(each.itertext()).split()) for each in root.iter(PARAGRAPH))
        return "\n".join(dict.fromkeys(filter(None, lines)))


@contextmanager
def opened(body: bytes, *, broken: str) -> Iterator[Package]:
    with explained(broken, etree.XMLSyntaxError, StopIteration, RuntimeError), ZipFile(io.BytesIO(body)) as archive:
        names = frozenset(archive.namelist())
        if MANIFEST in names and LOCKED in archive.read(MANIFEST):
            raise Unreadable("It is protected by a password. Save it anew without one.")
        styles = parsed(archive, STYLES) if STYLES in names else etree.Element(f"{OFFICE}document-styles")
        yield Package(archive, parsed(archive, CONTENT), styles, names)


def parsed(archive: ZipFile, name: str) -> Any:
    """Raises what a torn archive and broken XML raise; nothing outside of the part is looked at."""
    parser = etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True, collect_ids=False)
    root = etree.fromstring(archive.read(name), parser)
    if root.get(KEYED):
        raise ValueError(f"{name} is locked")
    return root

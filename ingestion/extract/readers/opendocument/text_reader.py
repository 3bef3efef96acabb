"""Texts of OpenDocument: paragraphs below their headings, lists with their numbers, tables, notes behind paragraphs."""

from collections.abc import Iterator
from typing import Any

from ingestion.extract.base import Extraction, TextPiece, join_pieces
from ingestion.extract.readers.opendocument.flow import Flow
from ingestion.extract.readers.opendocument.names import STYLE
from ingestion.extract.readers.opendocument.packages import Package, opened
from ingestion.extract.readers.opendocument.styles import Styles
from ingestion.extract.readers.outline import Outline

BROKEN = "It is broken: the format of OpenDocument is not kept to. Open it where it was made and save it anew."
AROUND_PAGES = tuple(f"{STYLE}{name}" for name in ("header", "header-left", "header-first", "footer", "footer-left"))


def read(body: bytes) -> Extraction:
    with opened(body, broken=BROKEN) as package:
        return join_pieces(_pieces(package), title=package.title)


def _pieces(package: Package) -> Iterator[TextPiece]:
    outline = Outline()
    flow = Flow(package, Styles(package), outline)
    flow.walk(package.body)
    yield from outline.pieces()
    yield TextPiece("\n\n".join(_around_pages(flow, package.styles)))
    for text in flow.hidden:
        yield TextPiece(text, hidden=True)


def _around_pages(flow: Flow, styles: Any) -> list[str]:
    """Heads and feet, each once, though it stands on many pages."""
    told = (
        " ".join(" ".join(filter(None, map(flow.text_of_block, each.iterchildren()))).split())
        for each in styles.iter(*AROUND_PAGES)
    )
    return list(dict.fromkeys(filter(None, told)))

"""Word documents: paragraphs below their headings, tables as tables, in the order of the page, notes behind them."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, cast

from docx.document import Document as WordDocument
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.opc.part import PartFactory
from docx.oxml.exceptions import XmlchemyError
from docx.oxml.ns import qn
from docx.package import Package
from docx.parts.document import DocumentPart

from ingestion.extract.base import MAX_SECTION_CHARS, Extraction, TextPiece, join_pieces
from ingestion.extract.readers.office.drawn import drawn_texts
from ingestion.extract.readers.office.packages import explained, opened
from ingestion.extract.readers.office.word_chunks import place_chunks
from ingestion.extract.readers.office.word_notes import around_pages, place_notes
from ingestion.extract.readers.office.word_numbers import number_paragraphs
from ingestion.extract.readers.office.word_text import (
    CELL,
    PARAGRAPH,
    ROW,
    TABLE,
    inner,
    keep_what_is_said,
    place_descriptions,
    take_hidden,
    text_of,
    text_of_cell,
)
from ingestion.extract.readers.tables import table_pieces
from ingestion.extract.readers.titles import given_title

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
MAIN_WITH_MACROS = "application/vnd.ms-word.%s.macroEnabled.main+xml"
PartFactory.part_type_for |= dict.fromkeys(
    (MAIN, *(MAIN_WITH_MACROS % name for name in ("document", "template"))), DocumentPart
)
"""The library knows documents alone; templates and those with macros are the same."""

BROKEN = "It is broken: Word's format is not kept to. Open it in Word and save it anew."
ID, VALUE = qn("w:styleId"), qn("w:val")
MOST_BASES = 10
MOST_COLUMNS = 63
"""So many a table has in Word; what claims to be wider is not."""


def read(body: bytes) -> Extraction:
    with explained(BROKEN, OpcError, PythonDocxError, XmlchemyError):
        document = cast(DocumentPart, Package.open(opened(body)).main_document_part).document
        keep_what_is_said(document.element)
        number_paragraphs(document)
        hidden = take_hidden(document.element) + place_chunks(document)
        place_notes(document)
        place_descriptions(document.element)
        pieces = chain(_pieces(document), (TextPiece(text, hidden=True) for text in hidden))
        return join_pieces(pieces, title=given_title(document.core_properties.title or ""))


def _pieces(document: WordDocument) -> Iterator[TextPiece]:
    depths = _depths(document)
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    for block in inner(document.element.body, PARAGRAPH, TABLE):
        if block.tag == TABLE:
            yield TextPiece("\n\n".join(lines), section=_shown(path))
            lines = []
            yield from table_pieces(_rows(block), section=_shown(path))
            continue
        text, depth = text_of(block), depths.get(block.style)
        if depth is not None and text.strip():
            yield TextPiece("\n\n".join(lines), section=_shown(path))
            lines = []
            above = ((level, name) for level, name in path if level < depth)
            path = [*above, (depth, text.strip()[:MAX_SECTION_CHARS])]
        lines.append(text)
    yield TextPiece("\n\n".join(lines), section=_shown(path))
    yield TextPiece("\n\n".join([*drawn_texts(document.part), *around_pages(document)]))


def _rows(table: Any) -> Iterator[list[str]]:
    """A merged cell says the same in each place that it takes."""
    above: list[str] = []
    for row in inner(table, ROW):
        cells: list[str] = []
        for cell in inner(row, CELL):
            goes_on = cell.vMerge == "continue" and len(cells) < len(above)
            text = above[len(cells)] if goes_on else text_of_cell(cell)
            cells += [text] * min(max(cell.grid_span, 1), MOST_COLUMNS)
        yield cells
        above = cells


def _shown(path: list[tuple[int, str]]) -> str:
    return " › ".join(name for _, name in path)


def _depths(document: WordDocument) -> dict[str | None, int]:
    """Of the styles of headings, by id; one that builds on another is one. The library would walk all for each look."""
    depths: dict[str | None, int] = {}
    bases: dict[str | None, str | None] = {}
    for style in document.styles.element.iterchildren(qn("w:style")):
        style_id, name, base = style.get(ID), style.find(qn("w:name")), style.find(qn("w:basedOn"))
        named = "" if name is None else name.get(VALUE, "").lower()
        if named.startswith(("heading", "title")):
            depths[style_id] = _depth(named)
        elif base is not None:
            bases[style_id] = base.get(VALUE)
    for style_id, base_id in bases.items():
        for _ in range(MOST_BASES):
            base_id = base_id if base_id in depths else bases.get(base_id)
        if base_id in depths:
            depths[style_id] = depths[base_id]
    return depths


def _depth(style: str) -> int:
    """Of `heading 2` it is 2, of `title` 0; Word has nine."""
    number = style.split()[-1]
    return min(int(number), 9) if number.isdecimal() else 0

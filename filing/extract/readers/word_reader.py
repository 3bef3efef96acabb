"""Word documents: paragraphs below their headings, tables as tables, in the order of the page."""

import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.oxml.exceptions import XmlchemyError
from docx.oxml.ns import qn
from docx.table import Table

from filing.extract.base import MAX_SECTION_CHARS, Extraction, Piece, join_pieces
from filing.extract.readers.packages import explained
from filing.extract.readers.tables import table_pieces

BROKEN = "It is broken: Word's format is not kept to. Open it in Word and save it anew."
MOST_COLUMNS = 63
"""So many a table has in Word; what claims to be wider is not."""


def read(body: bytes) -> Extraction:
    with explained(BROKEN, OpcError, PythonDocxError, XmlchemyError):
        document = Document(io.BytesIO(body))
        return join_pieces(_pieces(document), title=(document.core_properties.title or "").strip())


def _pieces(document: WordDocument) -> Iterator[Piece]:
    styles = _style_names(document)
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield Piece("\n\n".join(lines), section=_shown(path))
            lines = []
            yield from table_pieces(_rows(block._tbl), section=_shown(path))
            continue
        style, text = styles.get(block._p.style, ""), block.text
        if style.startswith(("heading", "title")) and text.strip():
            yield Piece("\n\n".join(lines), section=_shown(path))
            lines = []
            depth = _depth(style)
            above = ((level, name) for level, name in path if level < depth)
            path = [*above, (depth, text.strip()[:MAX_SECTION_CHARS])]
        lines.append(text)
    yield Piece("\n\n".join(lines), section=_shown(path))


def _rows(table: Any) -> Iterator[list[str]]:
    """A merged cell says the same in each place that it takes."""
    above: list[str] = []
    for row in table.tr_lst:
        cells: list[str] = []
        for cell in row.tc_lst:
            goes_on = cell.vMerge == "continue" and len(cells) < len(above)
            text = above[len(cells)] if goes_on else "\n".join(paragraph.text for paragraph in cell.p_lst)
            cells += [text] * min(max(cell.grid_span, 1), MOST_COLUMNS)
        yield cells
        above = cells


def _depth(style: str) -> int:
    """Of `heading 2` it is 2, of `title` 0; Word has nine."""
    number = style.split()[-1]
    return min(int(number), 9) if number.isdecimal() else 0


def _shown(path: list[tuple[int, str]]) -> str:
    return " › ".join(name for _, name in path)


def _style_names(document: WordDocument) -> dict[str | None, str]:
    """By id, in small letters. The library would walk all styles for each paragraph."""
    found = document.styles.element.iterchildren(qn("w:style"))
    named = ((style.get(qn("w:styleId")), style.find(qn("w:name"))) for style in found)
    return {style_id: name.get(qn("w:val"), "").lower() for style_id, name in named if name is not None}

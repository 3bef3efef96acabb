"""Word documents: paragraphs below their headings, tables as tables, in the order of the page."""

import io
from collections.abc import Iterator
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from lxml.etree import XMLSyntaxError

from filing.extract.base import Extraction, Piece, Unreadable, join_pieces
from filing.extract.readers.tables import table_pieces


def read(body: bytes) -> Extraction:
    try:
        document = Document(io.BytesIO(body))
        return join_pieces(_pieces(document), title=(document.core_properties.title or "").strip())
    except (PackageNotFoundError, BadZipFile, XMLSyntaxError, KeyError, ValueError, AttributeError, OSError) as error:
        raise Unreadable("It is broken: Word's format is not kept to.") from error


def _pieces(document: WordDocument) -> Iterator[Piece]:
    styles = _style_names(document)
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    for block in document.iter_inner_content():
        section = " › ".join(name for _, name in path)
        if isinstance(block, Table):
            yield Piece("\n\n".join(lines), section=section)
            lines = []
            yield from table_pieces(([cell.text for cell in row.cells] for row in block.rows), section=section)
            continue
        style, text = styles.get(block._p.style, ""), block.text
        if style.startswith(("heading", "title")) and text.strip():
            yield Piece("\n\n".join(lines), section=section)
            lines = []
            depth = int(style.split()[-1]) if style.split()[-1].isdigit() else 0
            path = [*((level, name) for level, name in path if level < depth), (depth, text.strip())]
        lines.append(text)
    yield Piece("\n\n".join(lines), section=" › ".join(name for _, name in path))


def _style_names(document: WordDocument) -> dict[str | None, str]:
    """By id, in small letters. The library would walk all styles for each paragraph."""
    found = document.styles.element.iterchildren(qn("w:style"))
    named = ((style.get(qn("w:styleId")), style.find(qn("w:name"))) for style in found)
    return {style_id: name.get(qn("w:val"), "").lower() for style_id, name in named if name is not None}

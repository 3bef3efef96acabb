"""Web pages: the main text without menus and banners, its headings as sections, its tables as tables."""

import re
from collections.abc import Iterator

import trafilatura
from lxml import etree
from trafilatura.settings import Document

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.plain_reader import decode
from ingestion.extract.readers.tables import table_pieces

LONG_TAG = re.compile(r"<([A-Za-z][\w:-]{0,40})\s[^<>]{4000,}>")
"""One of thousands of attributes, each compared with all others, or of a picture that stands in its address."""

APART = ("p", "lb", "item", "cell", "row", "head", "quote")
MOST_TAGS_COMPARED = 10_000
"""Of larger pages one way of finding the main text is tried, and none beside it: one takes the square of their time."""

CELL_OR_ROW = re.compile(r"<t([dhr])\b", re.IGNORECASE)
MOST_CELLS = 1_000
"""Longer rows are broken: the library counts all cells of a row with each that it adds."""


def read(body: bytes) -> Extraction:
    text = _short_rows(LONG_TAG.sub(r"<\1>", _decoded(body)))
    document = trafilatura.bare_extraction(
        text,
        fast=text.count("<") > MOST_TAGS_COMPARED,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
    )
    if isinstance(document, Document) and document.body is not None:
        found = join_pieces(_pieces(document.body), title=(document.title or "").strip())
        if found.parts:
            return found
    plain = trafilatura.html2txt(text) or ""
    if not plain.strip():
        raise Unreadable("It is a page without text. If a program writes it in the browser, save it there as a PDF.")
    return join_pieces([TextPiece(plain)])


def _decoded(body: bytes) -> str:
    """Pages name their encoding in themselves; the library knows where to look."""
    decoded = trafilatura.utils.decode_file(body)
    return decoded if isinstance(decoded, str) else decode(body)


def _short_rows(text: str) -> str:
    cells, last, kept = 0, 0, []
    for found in CELL_OR_ROW.finditer(text):
        cells = 0 if found[1] in "rR" else cells + 1
        if cells > MOST_CELLS:
            kept.append(text[last : found.start()])
            cells, last = 1, found.start()
    return "</tr><tr>".join([*kept, text[last:]])


def _pieces(body: etree._Element) -> Iterator[TextPiece]:
    section = ""
    lines: list[str] = []
    for element in body.iterchildren():
        if element.tag == "head":
            yield TextPiece("\n\n".join(lines), section=section)
            section = " ".join("".join(element.itertext()).split())
            lines = [section]
        elif element.tag == "table":
            yield TextPiece("\n\n".join(lines), section=section)
            lines = []
            rows = ([_flat(cell) for cell in row.iter("cell")] for row in element.iter("row"))
            yield from table_pieces(rows, section=section)
        elif element.tag == "list":
            lines.append("\n".join(reversed(list(_points(element)))))
        elif element.tag == "code":
            lines.append("".join(element.itertext()).strip("\n"))
        else:
            lines.append(_flat(element))
    yield TextPiece("\n\n".join(lines), section=section)


def _points(element: etree._Element) -> Iterator[str]:
    """From the last to the first; those within one are points of their own, and not said twice."""
    for item in reversed(list(element.iter("item"))):
        if text := _flat(item):
            yield f"- {text}"
        item.clear(keep_tail=True)


def _flat(element: etree._Element) -> str:
    """On one line. Paragraphs and broken lines within it stay apart, words that are only marked do not."""
    for each in element.iterdescendants(*APART):
        each.text, each.tail = f" {each.text or ''}", f" {each.tail or ''}"
    return " ".join("".join(element.itertext()).split())

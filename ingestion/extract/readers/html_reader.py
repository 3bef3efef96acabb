"""Web pages: the main text without menus and banners, with its headings, points, code and tables.

What is hidden in it is read apart. See docs/decisions/0237.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import trafilatura
from lxml import etree
from lxml.html import HTMLParser, document_fromstring
from trafilatura.settings import Document
from trafilatura.utils import repair_faulty_html

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.encodings import decode
from ingestion.extract.readers.tables import table_pieces
from ingestion.extract.readers.web.blocks import PageBlock, WebPage, body_of, read_page
from ingestion.extract.readers.web.framing import words
from ingestion.extract.readers.web.main_part import main_blocks

PARSER = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
LONG_TAG = re.compile(r"<([A-Za-z][\w:-]{0,40})\s[^<>]{4000,}>")
"""One of thousands of attributes, each compared with all others, or of a picture that stands in its address."""

CELL_OR_ROW = re.compile(r"<t([dhr])\b", re.IGNORECASE)
MOST_CELLS = 1_000
"""Longer rows are broken: the library counts all cells of a row with each that it adds."""

ROOTS = words("root app __next __nuxt ___gatsby app-root react-root svelte ember-app mount")
"""What programs that write a page in the browser call the place for it."""
ASKS = r"(?:enabl|activat|requir|need|without|turn on|disabl|aktivier|activer)"
ASKS_FOR_PROGRAMS = re.compile(rf"\b{ASKS}[^.]{{0,80}}\bjavascript\b|\bjavascript\b[^.]{{0,80}}\b{ASKS}", re.IGNORECASE)
FEW_WORDS, MOST_PLEA_CHARS = 30, 2_000
SHELL = (
    "It is an empty page that a program fills in the browser (JavaScript), so there is nothing to read in it. "
    "Open it there and save it as a PDF."
)
NO_TEXT = "It is a page without text. If a program writes it in the browser, save it there as a PDF."


def read(body: bytes) -> Extraction:
    tree = _tree(_short_rows(LONG_TAG.sub(r"<\1>", _decoded(body))))
    page, found = read_page(tree), _found(tree)
    if sum(block.words for block in page.blocks) < FEW_WORDS:
        return _of_few_words(tree, page, found)
    span, blocks = main_blocks(page, body_of(tree), found)
    return join_pieces(_pieces(blocks, page, span), title=_title(tree))


def read_all(body: bytes) -> list[TextPiece]:
    """All that a page says, whatever frames it: of one that is a part of something larger. Raises Unreadable."""
    page = read_page(_tree(_short_rows(LONG_TAG.sub(r"<\1>", _decoded(body)))), framed=True)
    return list(_pieces(page.blocks, page, (0, len(page.blocks))))


def _tree(text: str) -> Any:
    """Of fragments, too, which the library itself refuses."""
    try:
        return document_fromstring(repair_faulty_html(text, text[:50].lower()).encode(errors="replace"), parser=PARSER)
    except etree.ParserError as error:
        raise Unreadable(NO_TEXT) from error


def _decoded(body: bytes) -> str:
    """Pages name their encoding in themselves; the library knows where to look."""
    decoded = trafilatura.utils.decode_file(body)
    return decoded if isinstance(decoded, str) else decode(body).text


def _short_rows(text: str) -> str:
    cells, last, kept = 0, 0, []
    for found in CELL_OR_ROW.finditer(text):
        cells = 0 if found[1] in "rR" else cells + 1
        if cells > MOST_CELLS:
            kept.append(text[last : found.start()])
            cells, last = 1, found.start()
    return "</tr><tr>".join([*kept, text[last:]])


def _found(tree: Any) -> str:
    """What the library takes for the main text. Its second opinions take the square of a large page's time."""
    document = trafilatura.bare_extraction(tree, fast=True, include_comments=False, include_tables=True)
    if not isinstance(document, Document) or document.body is None:
        return ""
    return " ".join(document.body.itertext())


def _of_few_words(tree: Any, page: WebPage, found: str) -> Extraction:
    """All that a short page says; where that is nothing, what stands around it, or what it says to programs alone."""
    if len(found.split()) >= FEW_WORDS:
        return join_pieces([TextPiece(found)], title=_title(tree))
    if _is_shell(tree):
        raise Unreadable(SHELL)
    page = page if page.blocks else read_page(tree, framed=True)
    if not page.blocks:
        raise Unreadable(NO_TEXT)
    return join_pieces(_pieces(page.blocks, page, (0, len(page.blocks))), title=_title(tree))


def _is_shell(tree: Any) -> bool:
    """A place that a program fills, or a word to those whose browser runs none."""
    if tree.find(".//script") is None:
        return False
    if any(
        each.get("id") in ROOTS and not each.text_content().strip() for each in tree.iter("div", "main", "app-root")
    ):
        return True
    return any(
        ASKS_FOR_PROGRAMS.search(each.text_content()[:MOST_PLEA_CHARS]) for each in tree.iter("noscript", "body")
    )


def _title(tree: Any) -> str:
    """The heading of the page where there is one, as its title often names the site, too."""
    titles = [each for each in (_text(tree.find(".//head/title")), _text(tree.find(".//title"))) if each]
    headings = [text for text in map(_text, tree.iter("h1")) if text]
    if len(headings) == 1 and (not titles or headings[0] in titles[0]):
        return headings[0]
    return titles[0] if titles else ""


def _text(element: Any) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _pieces(blocks: Sequence[PageBlock], page: WebPage, span: tuple[int, int]) -> Iterator[TextPiece]:
    """A piece for each heading with what stands below it, one for a table; last, what is hidden between the blocks."""
    section, texts = "", list[str]()
    for block in blocks:
        if block.heading or block.rows:
            yield TextPiece("".join(texts), section=section)
            texts = []
        if block.rows:
            yield from table_pieces(block.rows, section=section)
            continue
        section = block.text if block.heading else section
        texts += [block.before, block.text]
    yield TextPiece("".join(texts), section=section)
    for at, text in page.hidden:
        if span[0] <= at <= span[1]:
            yield TextPiece(text, hidden=True)

"""PDF by PDFium: the text of each page, whose number is kept, with what was filled in and remarked."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pypdfium2 as pdfium

from ingestion.extract.base import Extraction, Textless, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.pdf.hyphens import BROKEN, Vocabulary
from ingestion.extract.readers.pdf.lines import text_of
from ingestion.extract.readers.pdf.pdf_marks import page_with_marks
from ingestion.extract.readers.titles import given_title

MAX_PAGES = 5_000
MAX_CHARS = 40_000_000
"""What all pages say together before anything is left out of it; more is no text that anybody wrote."""
NO_PAGE = "It holds no text, perhaps only pictures of pages. Have its text recognised (OCR) first."
NO_TEXT = re.compile(f"[\0-\x08\x0b-\x1f\x7f{BROKEN}]")
"""Beside it, signs of fonts that do not say what their letters are, and hyphens between no words."""


def read(body: bytes) -> Extraction:
    try:
        document = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() and b"/Encrypt" in body:  # the library's last error outlives its cause
            raise Unreadable("It is protected by a password. Save it anew without one.") from error
        raise Unreadable("It is broken: no PDF reader can open it. Make it anew where it comes from.") from error
    with suppress(pdfium.PdfiumError):
        document.init_forms()
    if len(document) > MAX_PAGES:
        raise Unreadable(f"It has {len(document):,} pages; at most {MAX_PAGES:,} are read. Upload it in parts.")
    found = join_pieces(_mended(list(_pages(document))), title=_title(document))
    if not found.parts:
        raise Textless(NO_PAGE, pages=len(document))
    with_text = {part.page for part in found.parts}
    textless = tuple(number for number in range(1, len(document) + 1) if number not in with_text)
    return replace(found, pages=len(document), textless=textless)


def _title(document: pdfium.PdfDocument) -> str:
    try:
        return given_title(str(document.get_metadata_value("Title") or ""))
    except UnicodeDecodeError:
        return ""


def _pages(document: pdfium.PdfDocument) -> Iterator[tuple[int, str, list[str]]]:
    """The number of each, its text, and the remarks on it."""
    chars = 0
    for number in range(len(document)):
        try:
            page, remarks = page_with_marks(document, number)
            text = text_of(page)
        except pdfium.PdfiumError:
            continue  # one broken page is no reason to lose the others
        chars += len(text)
        if chars > MAX_CHARS:
            raise Unreadable(f"It holds more than {MAX_CHARS:,} characters of text. Upload it in parts.")
        yield number + 1, text.replace("\r\n", "\n"), remarks
        page.close()


def _mended(pages: list[tuple[int, str, list[str]]]) -> Iterator[TextPiece]:
    """Words that lines broke are whole again, as they stand elsewhere in the document."""
    is_broken = any(sign in text for _, text, _ in pages for sign in BROKEN)
    vocabulary = Vocabulary(text for _, text, _ in pages) if is_broken else None
    for number, text, remarks in pages:
        whole = vocabulary.mended(text) if vocabulary else text
        yield TextPiece("\n".join([NO_TEXT.sub(_without, whole), *remarks]), page=number)


def _without(sign: re.Match[str]) -> str:
    return "-" if sign[0] in BROKEN else ""

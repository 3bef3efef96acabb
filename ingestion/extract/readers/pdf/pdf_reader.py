"""PDF by PDFium: the text of each page, whose number is kept, with what was filled in and remarked."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pypdfium2 as pdfium

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.pdf.pdf_marks import page_with_marks

MAX_PAGES = 5_000
BROKEN = "\x02\ufffe"
"""A hyphen at the end of a line, where the library has put both ends together."""
NO_TEXT = re.compile(f"[\0-\x08\x0b-\x1f\x7f{BROKEN}]")
"""Beside it, signs of fonts that do not say what their letters are."""


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
    found = join_pieces(_pages(document), title=_title(document))
    if not found.parts:
        raise Unreadable("It holds no text, perhaps only pictures of pages. Have its text recognised (OCR) first.")
    return found


def _title(document: pdfium.PdfDocument) -> str:
    try:
        return str(document.get_metadata_value("Title") or "").strip()
    except UnicodeDecodeError:
        return ""


def _pages(document: pdfium.PdfDocument) -> Iterator[TextPiece]:
    for number in range(len(document)):
        try:
            page, remarks = page_with_marks(document, number)
            text = page.get_textpage().get_text_bounded()
        except pdfium.PdfiumError:
            continue  # one broken page is no reason to lose the others
        text = NO_TEXT.sub(_mended, text.replace("\r\n", "\n"))
        yield TextPiece("\n".join([text, *remarks]), page=number + 1)
        page.close()


def _mended(sign: re.Match[str]) -> str:
    """Within a word, in small letters or in capitals, there was no hyphen; in front of a name or a number there was."""
    if sign[0] not in BROKEN:
        return ""
    before, behind = sign.string[max(sign.start() - 1, 0) : sign.start()], sign.string[sign.end() : sign.end() + 2]
    within = behind[:1].islower() or (len(behind) == 2 and (before + behind).isupper())
    return "" if within else "-"

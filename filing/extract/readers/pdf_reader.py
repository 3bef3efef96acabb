"""PDF by PDFium: the text of each page, whose number is kept."""

from collections.abc import Iterator

import pypdfium2 as pdfium

from filing.extract.base import Extraction, Piece, Unreadable, join_pieces

MAX_PAGES = 5_000


def read(body: bytes) -> Extraction:
    try:
        document = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() and b"/Encrypt" in body:  # the library's last error outlives its cause
            raise Unreadable("It is protected by a password. Save it anew without one.") from error
        raise Unreadable("It is broken: no PDF reader can open it. Make it anew where it comes from.") from error
    if len(document) > MAX_PAGES:
        raise Unreadable(f"It has {len(document):,} pages; at most {MAX_PAGES:,} are read. Hand it in in parts.")
    found = join_pieces(_pages(document), title=_title(document))
    if not found.parts:
        raise Unreadable("It holds no text, perhaps only pictures of pages. Have its text recognised (OCR) first.")
    return found


def _title(document: pdfium.PdfDocument) -> str:
    try:
        return str(document.get_metadata_value("Title") or "").strip()
    except UnicodeDecodeError:
        return ""


def _pages(document: pdfium.PdfDocument) -> Iterator[Piece]:
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage().get_text_bounded()
        except pdfium.PdfiumError:
            continue  # one broken page is no reason to lose the others
        yield Piece(text.replace("\r\n", "\n").replace("\ufffe", ""), page=number + 1)
        page.close()

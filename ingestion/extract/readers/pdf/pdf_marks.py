"""What people have put onto the pages of a PDF: filled forms, boxes of text, remarks."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

SHOWN = (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP)
REMARKS = (
    raw.FPDF_ANNOT_TEXT,
    raw.FPDF_ANNOT_HIGHLIGHT,
    raw.FPDF_ANNOT_UNDERLINE,
    raw.FPDF_ANNOT_SQUIGGLY,
    raw.FPDF_ANNOT_STRIKEOUT,
    raw.FPDF_ANNOT_CARET,
)
MOST = 1_000
"""Of a page with more none is looked at: forms have hundreds, and the library takes the square of their time."""


def page_with_marks(document: pdfium.PdfDocument, number: int) -> tuple[pdfium.PdfPage, list[str]]:
    """The page with what is filled in as part of its text, and the remarks on it. Raises PdfiumError."""
    page, shown, remarks = document[number], False, []
    count = raw.FPDFPage_GetAnnotCount(page)
    for place in range(count if count <= MOST else 0):
        with _mark(page, place) as mark:
            kind = raw.FPDFAnnot_GetSubtype(mark)
            shown = shown or kind in SHOWN
            if kind in REMARKS and (said := _told(mark, b"Contents")):
                remarks.append(f"{_told(mark, b'T')}: {said}".removeprefix(": "))
    if shown and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS:
        page.close()
        page = document[number]
    return page, remarks


@contextmanager
def _mark(page: pdfium.PdfPage, place: int) -> Iterator[Any]:
    mark = raw.FPDFPage_GetAnnot(page, place)
    try:
        yield mark
    finally:
        raw.FPDFPage_CloseAnnot(mark)


def _told(mark: Any, name: bytes) -> str:
    size = raw.FPDFAnnot_GetStringValue(mark, name, None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(mark, name, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw.decode("utf-16-le", errors="replace").rstrip("\0").strip()

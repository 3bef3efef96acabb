"""One reader a kind: bytes in, an extraction out, Unreadable where there is none. They run in the sandbox only."""

from collections.abc import Callable
from importlib import import_module

from ingestion.extract.base import Extraction
from ingestion.kinds import Kind

READERS = {
    Kind.PDF: "pdf_reader",
    Kind.DOCX: "word_reader",
    Kind.PPTX: "slides_reader",
    Kind.XLSX: "sheets_reader",
    Kind.HTML: "html_reader",
    Kind.MARKDOWN: "markdown_reader",
    Kind.CSV: "csv_reader",
    Kind.JSON: "json_reader",
    Kind.EMAIL: "email_reader",
    Kind.TEXT: "plain_reader",
}


def reader_of(kind: str) -> Callable[[bytes], Extraction]:
    """A library is imported with the first file that needs it."""
    read: Callable[[bytes], Extraction] = import_module(f"file.extract.readers.{READERS[Kind(kind)]}").read
    return read

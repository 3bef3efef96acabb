"""The libraries by themselves, in this process, as their documentation shows it: all text, nothing kept of places."""

import csv
import email
import io
import json
from collections.abc import Callable
from email import policy

import pypdfium2 as pdfium
import trafilatura
from charset_normalizer import from_bytes
from docx import Document
from markdown_it import MarkdownIt
from pptx import Presentation
from python_calamine import CalamineWorkbook

from ingestion.extract.readers import markdown_reader


def read_pdf(body: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(body))


def read_docx(body: bytes) -> str:
    document = Document(io.BytesIO(body))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def read_pptx(body: bytes) -> str:
    slides = Presentation(io.BytesIO(body)).slides
    texts = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
    notes = [slide.notes_slide.notes_text_frame for slide in slides if slide.has_notes_slide]
    return "\n".join([*texts, *(note.text for note in notes if note is not None)])


def read_xlsx(body: bytes) -> str:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
    rows = (row for name in workbook.sheet_names for row in workbook.get_sheet_by_name(name).iter_rows())
    return "\n".join(" ".join(str(cell) for cell in row) for row in rows)


def read_csv(body: bytes) -> str:
    text = body.decode()
    dialect = csv.Sniffer().sniff(text[:1_024])
    return "\n".join(" ".join(row) for row in csv.reader(io.StringIO(text), dialect))


def read_html(body: bytes) -> str:
    return trafilatura.extract(body, include_comments=False, include_tables=True, with_metadata=True) or ""


def read_markdown(body: bytes) -> str:
    tokens = MarkdownIt().enable("table").parse(body.decode())
    return "\n".join(token.content for token in tokens if token.content)


def read_json(body: bytes) -> str:
    return json.dumps(json.loads(body), ensure_ascii=False, indent=1)


def read_mail(body: bytes) -> str:
    message = email.message_from_bytes(body, policy=policy.default)
    found = message.get_body(preferencelist=("plain", "html"))
    return f"{message['Subject']}\n{found.get_content() if found else ''}"


def read_text(body: bytes) -> str:
    return str(from_bytes(body).best())


Alone = tuple[str, Callable[[bytes], str]]

DIRECT: dict[str, Alone] = {
    "pdf": ("pypdfium2", read_pdf),
    "docx": ("python-docx", read_docx),
    "pptx": ("python-pptx", read_pptx),
    "xlsx": ("python-calamine", read_xlsx),
    "csv": ("csv", read_csv),
    "html": ("trafilatura", read_html),
    "md": ("markdown-it-py", read_markdown),
    "json": ("json", read_json),
    "eml": ("email", read_mail),
    "txt": ("charset-normalizer", read_text),
}

READER: dict[str, Alone] = {"md": ("its reader alone", lambda body: markdown_reader.read(body).text)}
"""Larder reads Markdown without a library, many times as fast as one; beside its own reader, handing over is seen."""

"""The libraries by themselves, in this process, as their documentation shows it: all text, nothing kept of places."""

import csv
import email
import io
import json
import zipfile
from collections.abc import Callable
from email import policy

import odfdo
import pypdfium2 as pdfium
import trafilatura
import xlrd
from charset_normalizer import from_bytes
from docx import Document
from icalendar import Calendar
from lxml.html import document_fromstring
from markdown_it import MarkdownIt
from oxmsg import Message
from pptx import Presentation
from python_calamine import CalamineWorkbook
from striprtf.striprtf import rtf_to_text

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


def read_opendocument(body: bytes) -> str:
    return str(odfdo.Document(io.BytesIO(body)).get_formatted_text())


def read_opendocument_sheets(body: bytes) -> str:
    tables = odfdo.Document(io.BytesIO(body)).body.tables
    return "\n".join(" ".join(map(str, row)) for table in tables for row in table.get_values())


def read_rich_text(body: bytes) -> str:
    return str(rtf_to_text(body.decode("latin-1"), errors="replace"))


def read_xls(body: bytes) -> str:
    workbook = xlrd.open_workbook(file_contents=body, formatting_info=True)
    rows = (sheet.row_values(number) for sheet in workbook.sheets() for number in range(sheet.nrows))
    return "\n".join(" ".join(map(str, row)) for row in rows)


def read_book(body: bytes) -> str:
    """No library's: its pages as lxml has them, in the order of the archive."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        pages = [archive.read(name) for name in archive.namelist() if name.endswith(("html", "htm"))]
    return "\n".join(" ".join(document_fromstring(page).find("body").itertext()) for page in pages)


def read_calendar(body: bytes) -> str:
    """What its events say in texts."""
    names = ("SUMMARY", "LOCATION", "DESCRIPTION")
    events = (event for each in Calendar.from_ical(body, multiple=True) for event in each.walk("VEVENT"))
    return "\n".join(str(event[name]) for event in events for name in names if name in event)


def read_notebook(body: bytes) -> str:
    return "\n".join(read_markdown("".join(cell["source"]).encode()) for cell in json.loads(body)["cells"])


def read_outlook(body: bytes) -> str:
    message = Message.load(body)
    return f"{message.subject}\n{message.body or message.html_body}"


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
    "odt": ("odfdo", read_opendocument),
    "ods": ("odfdo", read_opendocument_sheets),
    "odp": ("odfdo", read_opendocument),
    "rtf": ("striprtf", read_rich_text),
    "xls": ("xlrd", read_xls),
    "epub": ("lxml", read_book),
    "ics": ("icalendar", read_calendar),
    "ipynb": ("json, markdown-it-py", read_notebook),
    "msg": ("python-oxmsg", read_outlook),
    "txt": ("charset-normalizer", read_text),
}

READER: dict[str, Alone] = {"md": ("its reader alone", lambda body: markdown_reader.read(body).text)}
"""Larder reads Markdown without a library, many times as fast as one; beside its own reader, handing over is seen."""

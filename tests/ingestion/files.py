"""Files made for tests, each with the library that people's programs use, or by hand."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from email.message import EmailMessage

from docx import Document
from openpyxl import Workbook
from pptx import Presentation


def pdf(*pages: str, title: str = "", encrypted: bool = False, count: int | None = None) -> bytes:
    """A PDF with a line of text a page. `count`: the number of pages that it claims to have."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources %s >>"
        objects.append(page % (len(objects), font))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids) if count is None else count)
    trailer = b"/Root 1 0 R"
    if title:
        objects.append(b"<< /Title (%s) >>" % title.encode("latin-1"))
        trailer += b" /Info %d 0 R" % len(objects)
    if encrypted:
        lock = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (b"41" * 32, b"42" * 32)
        objects.append(lock)
        trailer += b" /Encrypt %d 0 R /ID [<41> <41>]" % len(objects)
    return pdf_of(objects, trailer=trailer)


def pdf_of(
    objects: Sequence[bytes], *, trailer: bytes = b"/Root 1 0 R", start: int | None = None, version: bytes = b"1.4"
) -> bytes:
    """Objects from 1 on, with a table of where they are. `start`: where the table is said to be."""
    body, places = bytearray(b"%%PDF-%s\n" % version), []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    said = table if start is None else start
    return bytes(body + b"trailer << /Size %d %s >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, said))


def word() -> bytes:
    document = Document()
    document.core_properties.title = "Travel policy"
    document.add_heading("Travel", level=1)
    document.add_paragraph("Book trips early.")
    document.add_heading("Trains", level=2)
    document.add_paragraph("Second class.")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, [("City", "Limit"), ("Riga", "90")], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    return saved(document)


def slides() -> bytes:
    deck = Presentation()
    for title, text in [("Plan", "Grow slowly"), ("Risks", "Few of them")]:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
    deck.slides[1].notes_slide.notes_text_frame.text = "Say this calmly"
    return saved(deck)


def sheets(rows: int = 2) -> bytes:
    return sheet_of([["Item", "Price"], *([f"thing {number}", number] for number in range(rows))])


def sheet_of(rows: Iterable[Sequence[object]], *, title: str = "") -> bytes:
    workbook = Workbook()
    workbook.properties.title = title
    sheet = workbook.active
    sheet.title = "Prices"
    for row in rows:
        sheet.append(row)
    return saved(workbook)


def mail(*, html: bool = False) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ann@example.org", "bob@example.org", "Lunch on Friday"
    if html:
        message.set_content("<html><body><p>Shall we meet at the <b>market</b>?</p></body></html>", subtype="html")
    else:
        message.set_content("Shall we meet at the market?")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="menu.pdf")
    return message.as_bytes()


def archive(**entries: bytes) -> bytes:
    """A zip of the entries; `__` in a name stands for `/`, `_xml` at its end for `.xml`."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        for name, data in entries.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return body.getvalue()


def saved(document: object) -> bytes:
    body = io.BytesIO()
    document.save(body)  # type: ignore[attr-defined]
    return body.getvalue()

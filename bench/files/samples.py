"""Files of the sizes that people have, the same in every run: made with what programs make them with, a PDF by hand."""

import csv
import io
import json
import random
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache
from html import escape
from typing import Any

import odfdo
import xlwt
from docx import Document
from openpyxl import Workbook
from pptx import Presentation

from bench.compare.programs import ROOT

Make = Callable[[random.Random], bytes]

LINE_WORDS, PAGE_LINES = 13, 45


@cache
def words() -> list[str]:
    """As they stand in this project's own documentation, so that the frequent ones are frequent."""
    texts = (path.read_text() for path in sorted((ROOT / "docs").glob("*.md")))
    return [word for text in texts for word in text.split() if word.isascii() and word.isalpha()]


def sentence(chance: random.Random, count: int = 15) -> str:
    return " ".join(chance.choices(words(), k=count)).capitalize() + "."


def paragraph(chance: random.Random, sentences: int = 5) -> str:
    return " ".join(sentence(chance) for _ in range(sentences))


def table(chance: random.Random, rows: int, columns: int) -> list[list[str]]:
    head = [f"column {number}" for number in range(columns)]
    cells = [[str(chance.randrange(100_000)), *chance.choices(words(), k=columns - 1)] for _ in range(rows)]
    return [head, *cells]


def make_pdf(chance: random.Random, pages: int = 20, said: str = "", ballast_bytes: int = 0) -> bytes:
    """Pages of lines in Helvetica, compressed as programs do it; the ballast is a picture that no page shows."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", font]
    for _ in range(pages):
        lines = [" ".join(chance.choices(words(), k=LINE_WORDS)) for _ in range(PAGE_LINES)] + [said]
        drawn = zlib.compress(b"BT /F1 10 Tf 14 TL 60 760 Td %s ET" % b"".join(b"(%s) '\n" % x.encode() for x in lines))
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        about = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(b"%s /Contents %d 0 R >>" % (about, len(objects)))
    kids = b" ".join(b"%d 0 R" % number for number in range(5, len(objects) + 1, 2))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages)
    if ballast_bytes:
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (ballast_bytes, chance.randbytes(ballast_bytes)))
    body, places = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(body + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))


def make_docx(chance: random.Random, pages: int = 30) -> bytes:
    document = Document()
    for number in range(pages):
        document.add_heading(sentence(chance, 4), level=1 + number % 3)
        for _ in range(5):
            document.add_paragraph(paragraph(chance))
        if number % 6 == 0:
            rows = table(chance, 8, 4)
            kept = document.add_table(rows=len(rows), cols=4)
            for row, cells in zip(kept.rows, rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
    return _saved(document)


def make_pptx(chance: random.Random, slides: int = 30) -> bytes:
    deck = Presentation()
    for _ in range(slides):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = sentence(chance, 4)
        slide.placeholders[1].text = "\n".join(sentence(chance, 8) for _ in range(5))
        slide.notes_slide.notes_text_frame.text = paragraph(chance, 2)
    return _saved(deck)


def make_xlsx(chance: random.Random, rows: int = 1_000) -> bytes:
    workbook = Workbook()
    for number in range(3):
        sheet = workbook.create_sheet(f"Part {number}")
        for cells in table(chance, rows, 8):
            sheet.append(cells)
    return _saved(workbook)


def make_csv(chance: random.Random, rows: int = 5_000) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(table(chance, rows, 8))
    return text.getvalue().encode()


def make_html(chance: random.Random, sections: int = 12) -> bytes:
    menu = "".join(f'<li><a href="/{number}">{sentence(chance, 2)}</a></li>' for number in range(60))
    parts = []
    for _ in range(sections):
        parts += [f"<h2>{sentence(chance, 4)}</h2>", *(f"<p>{escape(paragraph(chance))}</p>" for _ in range(6))]
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in table(chance, 20, 4))
    main = f"<main><h1>{sentence(chance, 4)}</h1>{''.join(parts)}<table>{rows}</table></main>"
    head = f"<!doctype html><html><head><title>{sentence(chance, 4)}</title></head>"
    return f"{head}<body><nav><ul>{menu}</ul></nav>{main}<footer>{menu}</footer></body></html>".encode()


def make_markdown(chance: random.Random, sections: int = 25) -> bytes:
    parts = []
    for number in range(sections):
        rows = "\n".join(f"| {' | '.join(cells)} |" for cells in table(chance, 5, 4))
        parts += [f"{'#' * (1 + number % 3)} {sentence(chance, 4)}", *(paragraph(chance) for _ in range(3)), rows]
    return "\n\n".join(parts).encode()


def make_json(chance: random.Random, records: int = 1_500) -> bytes:
    rows = [
        {"id": number, "name": sentence(chance, 3), "tags": chance.choices(words(), k=3), "note": sentence(chance)}
        for number in range(records)
    ]
    return json.dumps(rows).encode()


def make_text(chance: random.Random, paragraphs: int = 120) -> bytes:
    return "\n\n".join(paragraph(chance) for _ in range(paragraphs)).encode()


def make_mail(chance: random.Random) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ann@example.org", "bob@example.org", sentence(chance, 5)
    text = "\n\n".join(paragraph(chance) for _ in range(10))
    message.set_content(text)
    message.add_alternative(f"<html><body><p>{escape(text)}</p></body></html>", subtype="html")
    message.add_attachment(chance.randbytes(60_000), maintype="image", subtype="png", filename="picture.png")
    return message.as_bytes()


def make_odt(chance: random.Random, pages: int = 30) -> bytes:
    document = odfdo.Document("text")
    document.body.clear()
    for number in range(pages):
        document.body.append(odfdo.Header(1 + number % 3, sentence(chance, 4)))
        for _ in range(5):
            document.body.append(odfdo.Paragraph(paragraph(chance)))
        if number % 6 == 0:
            document.body.append(_grid(table(chance, 8, 4), "T"))
    return _saved(document)


def make_ods(chance: random.Random, rows: int = 300) -> bytes:
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    for number in range(3):
        document.body.append(_grid(table(chance, rows, 8), f"Part {number}"))
    return _saved(document)


def _grid(rows: list[list[str]], name: str) -> Any:
    grid = odfdo.Table(name)
    for cells in rows:
        row = odfdo.Row()
        row.set_values(cells)
        grid.append(row)
    return grid


def make_odp(chance: random.Random, slides: int = 30) -> bytes:
    document = odfdo.Document("presentation")
    document.body.clear()
    size = ("20cm", "5cm")
    for number in range(slides):
        page = odfdo.DrawPage(f"p{number}", name=f"Slide {number}")
        page.append(odfdo.Frame.text_frame(sentence(chance, 4), size=size, presentation_class="title"))
        page.append(odfdo.Frame.text_frame("\n".join(sentence(chance, 8) for _ in range(5)), size=size))
        document.body.append(page)
    return _saved(document)


def make_rtf(chance: random.Random, pages: int = 30) -> bytes:
    said = [f"\\pard {paragraph(chance)}\\par" for _ in range(pages * 5)]
    rows = (" ".join(f"{cell}\\cell" for cell in row) for row in table(chance, 40, 4))
    grid = [f"\\trowd\\cellx1\\cellx2\\cellx3\\cellx4\\pard\\intbl {row}\\row" for row in rows]
    fonts = "{\\fonttbl{\\f0\\fcharset0 Arial;}}"
    return ("{\\rtf1\\ansi" + fonts + "\n".join([*said, *grid]) + "}").encode()


def make_xls(chance: random.Random, rows: int = 1_000) -> bytes:
    workbook = xlwt.Workbook()
    for number in range(3):
        sheet = workbook.add_sheet(f"Part {number}")
        for at, cells in enumerate(table(chance, rows, 8)):
            for column, cell in enumerate(cells):
                sheet.write(at, column, cell)
    return _saved(workbook)


def make_ics(chance: random.Random, events: int = 200) -> bytes:
    told = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}\r\nDTSTART;TZID=Europe/Vienna:20260105T133000\r\n"
        f"SUMMARY:{sentence(chance, 4)}\r\nRRULE:FREQ=WEEKLY;BYDAY=MO\r\n"
        f"DESCRIPTION:{sentence(chance)}\r\nEND:VEVENT\r\n"
        for number in range(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{told}END:VCALENDAR\r\n".encode()


def make_notebook(chance: random.Random, cells: int = 60) -> bytes:
    told = [
        {"cell_type": "markdown", "metadata": {}, "source": f"# {sentence(chance, 4)}\n\n{paragraph(chance)}"}
        for _ in range(cells)
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": told}).encode()


MAKERS: dict[str, Make] = {
    "pdf": make_pdf,
    "docx": make_docx,
    "pptx": make_pptx,
    "xlsx": make_xlsx,
    "csv": make_csv,
    "html": make_html,
    "md": make_markdown,
    "json": make_json,
    "eml": make_mail,
    "odt": make_odt,
    "ods": make_ods,
    "odp": make_odp,
    "rtf": make_rtf,
    "xls": make_xls,
    "ics": make_ics,
    "ipynb": make_notebook,
    "txt": make_text,
}


def make_files(kind: str, count: int) -> list[bytes]:
    """So many different ones of the kind."""
    return [MAKERS[kind](random.Random(f"{kind} {number}")) for number in range(count)]


def _saved(document: Any) -> bytes:
    body = io.BytesIO()
    document.save(body)
    return body.getvalue()

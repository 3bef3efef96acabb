"""Files of OpenDocument, books, rich text, notebooks, calendars, mails of Outlook and old spreadsheets, for tests."""

import io
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlwt

from tests.ingestion.compound import Storage, compound_file

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = (
    " ".join(
        f'xmlns:{short}="{OFFICE}{name}:1.0"'
        for short, name in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("style", "style"),
            ("draw", "drawing"),
            ("presentation", "presentation"),
            ("svg", "svg-compatible"),
            ("meta", "meta"),
        )
    )
    + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
)
ODF = "application/vnd.oasis.opendocument."
ODT_BODY = """
<text:h text:outline-level="1">Travel</text:h>
<text:p>Book trips early.</text:p>
<text:h text:outline-level="2">Trains</text:h>
<text:p>Second class.</text:p>
<table:table table:name="T">
<table:table-row><table:table-cell><text:p>City</text:p></table:table-cell><table:table-cell><text:p>Limit</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>Riga</text:p></table:table-cell><table:table-cell><text:p>90</text:p></table:table-cell></table:table-row>
</table:table>
"""
ODP_BODY = """
<draw:page draw:name="p1" draw:style-name="dp1">
<draw:frame presentation:class="title"><draw:text-box><text:p>Plan</text:p></draw:text-box></draw:frame>
<draw:frame presentation:class="outline"><draw:text-box>
<text:list><text:list-item><text:p>Grow slowly</text:p></text:list-item></text:list>
</draw:text-box></draw:frame>
<presentation:notes><draw:page-thumbnail/><draw:frame presentation:class="notes">
<draw:text-box><text:p>Say this calmly</text:p></draw:text-box></draw:frame></presentation:notes>
</draw:page>
<draw:page draw:name="p2">
<draw:frame presentation:class="title"><draw:text-box><text:p>Risks</text:p></draw:text-box></draw:frame></draw:page>
"""
TITLED = "<office:meta><dc:title>Travel policy</dc:title></office:meta>"


def package(mimetype: str, parts: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for name, told in parts.items():
            archive.writestr(name, told)
    return made.getvalue()


def odf(kind: str, body: str, *, styles: str = "", named: str = "", meta: str = TITLED, **more: str) -> bytes:
    """`styles` are the file's own, `named` those that people gave names to, with what stands around pages."""
    content = (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document-content {SPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>"
        "</office:document-content>"
    )
    parts = {
        "content.xml": content,
        "styles.xml": f"<office:document-styles {SPACES}>{named}</office:document-styles>",
        "meta.xml": f"<office:document-meta {SPACES}>{meta}</office:document-meta>",
        "META-INF/manifest.xml": f"<manifest:manifest xmlns:manifest='{OFFICE}manifest:1.0'/>",
        **more,
    }
    return package(ODF + kind, parts)


def odt(body: str = ODT_BODY, **more: str) -> bytes:
    return odf("text", body, **more)


def ods(rows: str = "", **more: str) -> bytes:
    rows = rows or ods_rows([["Item", "Price"], ["thing 0", "0"], ["thing 1", "1"]])
    return odf("spreadsheet", f'<table:table table:name="Prices">{rows}</table:table>', **more)


def ods_rows(rows: Sequence[Sequence[str]]) -> str:
    told = (
        "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        for row in rows
    )
    return "".join(f"<table:table-row>{cells}</table:table-row>" for cells in told)


def odp(body: str = ODP_BODY, **more: str) -> bytes:
    return odf("presentation", body, **more)


def epub(*pages: str, title: str = "A book", listed: str = "", more: Mapping[str, str | bytes] | None = None) -> bytes:
    """Of pages' bodies; `listed` goes into the list of its parts."""
    pages = pages or ("<h1>One</h1><p>First words.</p>", "<h1>Two</h1><p>Other words<a id='x'/>.</p>")
    named = [f"p{number}.xhtml" for number, _ in enumerate(pages)]
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in named)
    order = "".join(f'<itemref idref="{name}"/>' for name in named)
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title></metadata><manifest>{items}{listed}</manifest><spine>{order}</spine></package>"
    )
    told = {
        name: f"<?xml version='1.0' encoding='utf-8'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/></head>"
        f"<body>{page}</body></html>"
        for name, page in zip(named, pages, strict=True)
    }
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
        'full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    parts = {f"OEBPS/{name}": text for name, text in told.items()}
    return package(
        "application/epub+zip", {"META-INF/container.xml": container, "OEBPS/book.opf": opf, **parts, **(more or {})}
    )


RTF_HEAD = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}"
    rb"{\f2\fcharset128 Gothic;}}"
    rb"{\colortbl;\red0\green0\blue0;}{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}}"
)


RTF_BODY = (
    rb"\pard\s1 Travel\par\pard Book{\footnote\pard A note.} early \u8364?20 {\v secret}\par"
    rb"{\listtext\pard 1.\tab}First\par"
    rb"{\f1 \'cf\'f0\'e8}{\header Head\par}{\field{\*\fldinst HYPERLINK}{\fldrslt link}}\par"
    rb"\trowd\cellx1000\cellx2000\pard\intbl City\cell Limit\cell\row"
    rb"\trowd\clvmrg\cellx1000\cellx2000\pard\intbl\cell 90\cell\row\pard after{\*\unknown words}\par"
)


def rtf(body: bytes = rb"\pard\s1 Travel\par\pard Book trips early.\par", *, title: bytes = b"Trips") -> bytes:
    return RTF_HEAD + rb"{\info{\title " + title + rb"}{\author Ann}}" + body + b"}"


def notebook(*cells: Mapping[str, Any], **more: Any) -> bytes:
    usual = (
        {"cell_type": "markdown", "metadata": {}, "source": ["# Dogs\n", "\n", "They may come."]},
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": 1,
            "source": "print(count)",
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["3 dogs\n"]}],
        },
    )
    told = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells or usual), **more}
    return json.dumps(told).encode()


def calendar(*events: str, name: str = "Team") -> bytes:
    usual = (
        "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/Vienna:20260105T133000\nDTEND;TZID=Europe/Vienna:20260105T143000\n"
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE\nSUMMARY:Stand-up\nLOCATION:Room 3\nEND:VEVENT\n"
    )
    told = "".join(events or (usual,))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nX-WR-CALNAME:{name}\n{told}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    ).encode()


def xls(rows: Sequence[Sequence[Any]] = (("Item", "Price"), ("thing 0", 0), ("thing 1", 1)), **looks: Any) -> bytes:
    """`formats` by column; `hidden_rows`, `hidden_columns`, `hidden` of the sheet."""
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Prices")
    formats = looks.get("formats", {})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            code = formats.get(column) or ("yyyy-mm-dd" if isinstance(value, date | datetime) else "General")
            sheet.write(number, column, value, xlwt.easyxf(num_format_str=code))
        sheet.row(number).hidden = number in looks.get("hidden_rows", ())
    for column in looks.get("hidden_columns", ()):
        sheet.col(column).hidden = True
    if looks.get("hidden"):
        sheet.visibility = 1
    made = io.BytesIO()
    workbook.save(made)
    return made.getvalue()


def msg(
    text: str = "Shall we meet at the market?",
    *,
    attached: Sequence[tuple[str, bytes] | Storage] = (),
    within: bool = False,
    **more: bytes,
) -> Storage:
    """The storage of a mail; `more` are further properties, by number and type in hexadecimal digits."""
    told = {
        "0037001F": "Lunch on Friday",
        "0C1A001F": "Ann",
        "5D01001F": "ann@example.org",
        "1000001F": text,
    }
    streams = {name: value.encode("utf-16-le") for name, value in told.items() if value}
    streams |= {name.removeprefix("x"): value for name, value in more.items()}
    submitted = int(
        (datetime(2026, 1, 5, 12, 30, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds() * 10**7
    )
    fixed = struct.pack("<IIQ", 0x00390040, 6, submitted)
    head = bytes(8) + struct.pack("<IIII", 1, len(attached), 1, len(attached)) + bytes(0 if within else 8)
    storage: dict[str, Any] = _properties(streams, head=head, fixed=fixed)
    person = {"3001001F": "Bob".encode("utf-16-le"), "39FE001F": "bob@example.org".encode("utf-16-le")}
    storage["__recip_version1.0_#00000000"] = _properties(
        person, head=bytes(8), fixed=struct.pack("<IIQ", 0x0C150003, 6, 1)
    )
    for number, each in enumerate(attached):
        storage[f"__attach_version1.0_#{number:08X}"] = _attachment(each)
    return storage


def msg_file(text: str = "Shall we meet at the market?", **more: Any) -> bytes:
    return compound_file({"__nameid_version1.0": {"__substg1.0_00020102": b""}, **msg(text, **more)})


def _attachment(attached: Any) -> Storage:
    if not isinstance(attached, tuple):
        made = dict(_properties({}, head=bytes(8), fixed=struct.pack("<IIQ", 0x37050003, 6, 5)))
        return {**made, "__substg1.0_3701000D": attached}
    name, body = attached
    streams = {"3707001F": name.encode("utf-16-le"), "37010102": body}
    return _properties(streams, head=bytes(8), fixed=struct.pack("<IIQ", 0x37050003, 6, 1))


def _properties(streams: Mapping[str, bytes], *, head: bytes, fixed: bytes) -> dict[str, Any]:
    told = b"".join(struct.pack("<IIII", int(name, 16), 6, len(body), 0) for name, body in streams.items())
    return {"__properties_version1.0": head + fixed + told} | {
        f"__substg1.0_{name}": body for name, body in streams.items()
    }

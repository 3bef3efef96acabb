"""OpenDocument files, books, notebooks and calendars that mean no good."""

import json
from collections.abc import Iterator

from ingestion.kinds import KINDS
from tests.ingestion import other_files
from tests.ingestion.hostile.office import hostile_markup
from tests.ingestion.hostile.zips import hostile_archives, repacked

CONTENT, PAGE, BOOK = "content.xml", "OEBPS/p0.xhtml", "OEBPS/book.opf"
HUGE = "2147483647"
Named = Iterator[tuple[str, bytes]]


def hostile_texts() -> Named:
    whole = other_files.odt()
    yield from hostile_archives(whole, CONTENT)
    yield from hostile_markup(whole, CONTENT)
    cell = "<table:table-cell{}><text:p>x</text:p></table:table-cell>"
    bodies = {
        "blanks": f'<text:p>a<text:s text:c="{HUGE}"/>b</text:p>',
        "many-blanks": '<text:p>a<text:s text:c="9999"/>b</text:p>' * 2_000,
        "a-deep-list": "<text:list><text:list-item>" * 110 + "<text:p>x</text:p>"
        + "</text:list-item></text:list>" * 110,
        "a-heading-of-any-depth": f'<text:h text:outline-level="{HUGE}">a</text:h>'
        '<text:h text:outline-level="-1">b</text:h>',
        "notes-in-notes": "<text:p>a" + "<text:note><text:note-body><text:p>n" * 60
        + "</text:p></text:note-body></text:note>" * 60 + "</text:p>",
        "many-notes": "<text:p>a<text:note><text:note-body><text:p>n</text:p></text:note-body></text:note>"
        "</text:p>" * 3_000,
        "rows-repeated": f'<table:table><table:table-row table:number-rows-repeated="{HUGE}">{cell.format("")}'
        "</table:table-row></table:table>",
        "cells-repeated": "<table:table><table:table-row>"
        + cell.format(f' table:number-columns-repeated="{HUGE}" table:number-columns-spanned="{HUGE}"')
        + "</table:table-row></table:table>",
        "cells-that-reach-down": "<table:table><table:table-row>"
        + cell.format(f' table:number-rows-spanned="{HUGE}"')
        + "</table:table-row>" + "<table:table-row><table:covered-table-cell/></table:table-row>" * 3_000
        + "</table:table>",
        "tables-in-tables": "<table:table><table:table-row><table:table-cell>" * 60
        + "</table:table-cell></table:table-row></table:table>" * 60,
        "frames-in-frames": "<text:p>" + "<draw:frame><draw:text-box><text:p>f" * 70
        + "</text:p></draw:text-box></draw:frame>" * 70 + "</text:p>",
        "a-drawing-of-itself": '<text:p><draw:frame><draw:object xlink:href="."/></draw:frame></text:p>' * 300,
        "a-drawing-outside": '<text:p><draw:frame><draw:object xlink:href="../../etc/passwd"/></draw:frame></text:p>',
        "nothing": "",
        "a-section-in-a-section": "<text:section>" * 200 + "<text:p>x</text:p>" + "</text:section>" * 200,
    }  # fmt: skip
    for label, body in bodies.items():
        yield label, other_files.odt(body)
    style = '<style:style style:name="{}" style:family="paragraph" style:parent-style-name="{}"/>'
    circle = style.format("x", "y") + style.format("y", "x")
    yield "styles-in-a-ring", other_files.odt('<text:p text:style-name="x">a</text:p>' * 500, styles=circle)
    level = f'<text:list-level-style-number text:level="1" style:num-format="I" text:start-value="{HUGE}"/>'
    counted = f'<text:list-style style:name="L">{level}</text:list-style>'
    listed = '<text:list text:style-name="L"><text:list-item><text:p>a</text:p></text:list-item></text:list>'
    yield "a-list-from-far-on", other_files.odt(listed, styles=counted)
    yield "torn-styles", repacked(whole, {"styles.xml": b"<office:document-styles"})
    yield "no-content", repacked(whole, {CONTENT: None})
    yield "a-password", repacked(whole, {"META-INF/manifest.xml": b"<a><manifest:encryption-data/></a>"})


def hostile_sheets() -> Named:
    whole = other_files.ods()
    yield from hostile_markup(whole, CONTENT)
    cell = '<table:table-cell office:value-type="{}" office:value="{}"{}><text:p>{}</text:p></table:table-cell>'
    usual, repeat = cell.format("float", "1", "", "1"), 'table:number-{}-repeated="{}"'
    row = "<table:table-row>{}</table:table-row>"
    wide = cell.format("float", 1, f" {repeat.format('columns', HUGE)}", 1)
    high = cell.format("float", 1, f' table:number-rows-spanned="{HUGE}"', 1)
    rows = {
        "a-row-repeated": f"<table:table-row {repeat.format('rows', HUGE)}>{usual}</table:table-row>",
        "an-empty-row-repeated": f"<table:table-row {repeat.format('rows', HUGE)}/>{row.format(usual)}",
        "a-cell-repeated": row.format(wide),
        "both-repeated": f"<table:table-row {repeat.format('rows', 1_000_000)}>{wide}</table:table-row>",
        "far-apart": "".join(
            row.format(f"<table:table-cell {repeat.format('columns', number * 100 + 1)}/>{usual}")
            for number in range(160)
        ),
        "empty-cells": row.format(f"<table:table-cell {repeat.format('columns', HUGE)}/>{usual}"),
        "repeated-below-zero": f"<table:table-row {repeat.format('rows', -5)}>{usual}</table:table-row>",
        "no-number": row.format(
            cell.format("float", "many", "", "")
            + cell.format("percentage", "1e999", "", "")
            + cell.format("currency", "NaN", "", "")
        ),
        "a-long-number": f"<table:table-row>{cell.format('float', '9' * 500_000, '', '')}</table:table-row>",
        "no-type": f"<table:table-row>{cell.format('zz', '1', '', '')}</table:table-row>",
        "no-date": '<table:table-row><table:table-cell office:value-type="date" office:date-value="9999-99-99T99"/>'
        '<table:table-cell office:value-type="time" office:time-value="PT99999999H"/></table:table-row>',
        "many-cells": f"<table:table-row>{usual * 16_400}</table:table-row>",
        "many-rows": f"<table:table-row>{usual}</table:table-row>" * 20_000,
        "reaching-down": row.format(high) + row.format(f"<table:table-cell/>{usual}") * 2_000,
        "columns-repeated": f"<table:table-column {repeat.format('columns', HUGE)} table:visibility='collapse'/>"
        f"<table:table-row>{usual}</table:table-row>",
        "many-columns": f"<table:table-column {repeat.format('columns', 16_000)} table:visibility='filter'/>" * 3_000,
        "groups-in-groups": "<table:table-row-group>" * 120 + f"<table:table-row>{usual}</table:table-row>"
        + "</table:table-row-group>" * 120,
    }  # fmt: skip
    for label, told in rows.items():
        yield label, other_files.ods(told)
    named = '<table:table table:name="{}">' + f"<table:table-row>{usual}</table:table-row></table:table>"
    yield "many-sheets", other_files.odf("spreadsheet", "".join(named.format(n) for n in range(3_000)))
    yield "a-sheet-of-a-long-name", other_files.odf("spreadsheet", named.format("x" * 100_000))
    yield "no-sheets", other_files.odf("spreadsheet", "")


def hostile_slides() -> Named:
    whole = other_files.odp()
    yield from hostile_markup(whole, CONTENT)
    titled = ' presentation:class="title"'
    box = "<draw:frame{}><draw:text-box><text:p>x</text:p></draw:text-box></draw:frame>"
    bodies = {
        "groups-in-groups": "<draw:page>" + "<draw:g>" * 200 + box.format("") + "</draw:g>" * 200 + "</draw:page>",
        "many-titles": f"<draw:page>{box.format(titled) * 2_000}</draw:page>",
        "many-slides": f"<draw:page>{box.format('')}</draw:page>" * 4_999,
        "too-many-slides": "<draw:page/>" * 5_001,
        "no-slides": "",
        "notes-in-notes": "<draw:page>" + "<presentation:notes>" * 100 + box.format("") + "</presentation:notes>" * 100
        + "</draw:page>",
        "a-table-of-nothing": "<draw:page><draw:frame><table:table/></draw:frame></draw:page>",
        "many-pictures": "<draw:page>" + "<draw:frame><draw:image/><svg:title>a</svg:title></draw:frame>" * 5_000
        + "</draw:page>",
    }  # fmt: skip
    for label, body in bodies.items():
        yield label, other_files.odp(body)


def hostile_books() -> Named:
    whole = other_files.epub()
    yield from hostile_archives(whole, PAGE)
    for part in (PAGE, BOOK):
        yield from ((f"{part[6:8]}-{label}", body) for label, body in hostile_markup(whole, part))
    order = '<itemref idref="p0.xhtml"/>'
    item = '<item id="p0.xhtml" href="{}" media-type="text/html"/>'
    opf = f"<package><metadata/><manifest>{item}</manifest><spine>{{}}</spine></package>"
    books = {
        "the-same-page-often": ("p0.xhtml", order * 10_000),
        "a-page-outside": ("../../../../etc/passwd", order),
        "a-page-on-the-net": ("http://127.0.0.1:9/", order),
        "a-page-that-is-the-list": ("book.opf", order),
        "a-page-of-no-name": ("", order),
        "no-pages": ("p0.xhtml", ""),
    }
    for label, (path, told) in books.items():
        yield label, repacked(whole, {BOOK: opf.format(path, told).encode()})
    yield "leads-to-nothing", repacked(whole, {"META-INF/container.xml": b"<container/>"})
    yield (
        "leads-to-itself",
        repacked(whole, {"META-INF/container.xml": b'<rootfile full-path="META-INF/container.xml"/>'}),
    )
    yield "leads-out", repacked(whole, {"META-INF/container.xml": b'<rootfile full-path="/etc/passwd"/>'})
    yield "rights", repacked(whole, {"META-INF/rights.xml": b"<a/>"})
    yield "closed-at-once", other_files.epub("<a/><script/><title/><p/>" * 20_000 + "words")
    yield "never-closed", other_files.epub("<p <" * 50_000)


def hostile_notebooks() -> Named:
    told = {
        "no-cells": {"nbformat": 4},
        "cells-of-nothing": {"nbformat": 4, "cells": [None, 1, "a", [], {}]},
        "cells-that-are-a-word": {"nbformat": 4, "cells": "cells"},
        "sheets-that-are-a-number": {"nbformat": 3, "worksheets": 5},
        "sheets-of-nothing": {"nbformat": 3, "worksheets": [{"cells": None}, {}]},
        "a-source-of-numbers": {"nbformat": 4, "cells": [{"cell_type": "code", "source": [1, None, {}]}]},
        "outputs-of-nothing": {
            "nbformat": 4,
            "cells": [{"cell_type": "code", "outputs": [None, {"data": []}, {"data": 5}]}],
        },
        "a-heading-of-any-depth": {
            "nbformat": 3,
            "worksheets": [{"cells": [{"cell_type": "heading", "level": 10**9}]}],
        },
        "a-page-that-is-broken": {
            "nbformat": 4,
            "cells": [{"cell_type": "code", "outputs": [{"data": {"text/html": "<table" + "<td" * 50_000}}]}],
        },
        "a-picture": {"nbformat": 4, "cells": [{"outputs": [{"data": {"image/png": "iVBOR" * 100_000}}]}]},
        "many-cells": {"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "# a"}] * 20_000},
        "a-long-title": {"nbformat": 4, "metadata": {"title": "x" * 500_000}, "cells": [{"source": "a"}]},
        "a-title-that-is-a-list": {"nbformat": 4, "metadata": {"title": [["x"]]}, "cells": [{"source": "a"}]},
        "signs-of-colour": {"nbformat": 4, "cells": [{"outputs": [{"text": "\x1b[" * 200_000}]}]},
        "a-figure-without-end": {"nbformat": 4, "cells": [{"outputs": [{"text": "<" * 200_000}]}]},
    }
    for label, notebook in told.items():
        yield label, json.dumps(notebook).encode()
    yield "deep", b'{"nbformat": 4, "cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    yield "half-a-letter", b'{"nbformat": 4, "cells": [{"source": "\\ud800 a"}]}'
    yield "twice", b'{"nbformat": 4, "cells": [{"source": "a"}], "cells": [{"source": "b"}]}'
    yield "a-list", b"[" + b'{"nbformat": 4},' * 1_000 + b"1]"


def hostile_calendars() -> Named:
    event = "BEGIN:VEVENT\nSUMMARY:x\n{}\nEND:VEVENT\n"
    lines = {
        "a-rule-of-everything": "DTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY;INTERVAL=1;BYSECOND="
        + ",".join(map(str, range(60))) + ";BYDAY=MO,TU,-1FR;COUNT=999999999",
        "a-rule-of-nothing": "RRULE:",
        "a-rule-that-is-broken": "RRULE:FREQ=NEVER;UNTIL=x;COUNT=many;BYDAY=XX;BYMONTH=99;BYMONTHDAY=-99",
        "a-number-beyond-all": f"RRULE:FREQ=DAILY;INTERVAL={'9' * 5_000}",
        "a-day-that-is-none": "DTSTART:99999999T999999",
        "ends-before-it-begins": "DTSTART:20260105T000000Z\nDTEND:20250105T000000Z",
        "lasts-for-ever": "DTSTART:20260105T000000Z\nDURATION:P999999999999W",
        "a-zone-outside": "DTSTART;TZID=../../../../etc/passwd:20260105T000000",
        "a-zone-that-is-none": f"DTSTART;TZID={'x' * 10_000}:20260105T000000",
        "many-people": "ATTENDEE;CN=x:mailto:x@example.org\n" * 5_000,
        "many-dates": f"EXDATE:{','.join(['20260105T000000Z'] * 5_000)}",
        "dates-of-several-kinds": "DTSTART;VALUE=DATE:20260105\nDTEND:20260105T000000Z\nRDATE;VALUE=PERIOD:x/y",
        "long-lines": f"DESCRIPTION:{'long ' * 400_000}",
        "folded-often": "DESCRIPTION:a" + "\n b" * 50_000,
        "parameters": f"SUMMARY;{';'.join(f'X-{n}=1' for n in range(2_000))}:x",
        "quoted-without-end": 'ATTENDEE;CN="x:mailto:x',
        "free": "BEGIN:VFREEBUSY\nFREEBUSY:19970308T160000Z/PT8H30M,x\nEND:VFREEBUSY",
        "bytes": f"ATTACH;ENCODING=BASE64;VALUE=BINARY:{'QUJD' * 50_000}",
    }  # fmt: skip
    for label, told in lines.items():
        yield label, other_files.calendar(event.format(told))
    yield "never-ended", b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 5_000
    yield "ended-too-often", b"BEGIN:VCALENDAR\r\n" + b"END:VEVENT\r\n" * 5_000
    yield (
        "deep",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 2_000 + b"END:VEVENT\r\n" * 2_000 + b"END:VCALENDAR\r\n",
    )
    zone = "BEGIN:VTIMEZONE\nTZID:Z\nBEGIN:STANDARD\nDTSTART:16010101T000000\nRRULE:FREQ=SECONDLY\nTZOFFSETFROM:+9999\n"
    yield (
        "a-zone-that-changes-each-second",
        other_files.calendar(
            f"{zone}TZOFFSETTO:-9999\nEND:STANDARD\nEND:VTIMEZONE\n", event.format("DTSTART;TZID=Z:20260105T000000")
        ),
    )
    yield "many-events", other_files.calendar(event.format("DTSTART:20260105T000000Z") * 2_000)
    yield "no-events", other_files.calendar("")


BY_HAND = {
    KINDS["odt"]: hostile_texts,
    KINDS["ods"]: hostile_sheets,
    KINDS["odp"]: hostile_slides,
    KINDS["epub"]: hostile_books,
    KINDS["ipynb"]: hostile_notebooks,
    KINDS["ics"]: hostile_calendars,
}

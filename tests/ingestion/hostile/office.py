"""Office files that mean no good: markup that bombs and lies, parts that lead in circles, cells beyond all bounds."""

from collections.abc import Iterator

from ingestion.kinds import KINDS
from tests.ingestion import files
from tests.ingestion.hostile.zips import altered, hostile_archives, part_of, repacked

WORD, DECK, SHEET = "word/document.xml", "ppt/slides/slide1.xml", "xl/worksheets/sheet1.xml"
RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
OUTSIDE = b'<!ENTITY e SYSTEM "file:///etc/passwd">'
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))


def relation(target: str, *, kind: str = "officeDocument", number: int = 1, mode: str = "Internal") -> bytes:
    told = f'<Relationship Id="rId{number}" Type="{TYPES}{kind}" Target="{target}" TargetMode="{mode}"/>'
    return told.encode()


def hostile_words() -> Iterator[tuple[str, bytes]]:
    whole = files.word()
    yield from _packages(whole, WORD, "word/document.xml")
    cell, row = b"<w:tc><w:p/></w:tc>", b"<w:tr><w:tc><w:p/></w:tc></w:tr>"
    body = {
        "a-wide-cell": (b"<w:tc>", b'<w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>'),
        "a-cell-below-zero": (b"<w:tc>", b'<w:tc><w:tcPr><w:gridSpan w:val="-9"/></w:tcPr>'),
        "a-cell-of-no-width": (b"<w:tc>", b'<w:tc><w:tcPr><w:gridSpan w:val="many"/></w:tcPr>'),
        "merged-from-above": (b"<w:tc>", b"<w:tc><w:tcPr><w:vMerge/></w:tcPr>"),
        "many-wide-cells": (
            b"<w:tc>",
            (b'<w:tc><w:tcPr><w:gridSpan w:val="999"/></w:tcPr><w:p/></w:tc>' * 300) + b"<w:tc>",
        ),
        "many-cells": (b"</w:tr>", cell * 20_000 + b"</w:tr>"),
        "many-rows": (b"</w:tbl>", row * 5_000 + b"</w:tbl>"),
        "rows-left-out": (b"<w:tr>", b'<w:tr><w:trPr><w:gridBefore w:val="1000000000"/></w:trPr>'),
        "a-table-within-a-table": (b"<w:tc>", b"<w:tc><w:tbl><w:tr><w:tc>" * 40 + b"</w:tc></w:tr></w:tbl>" * 40),
        "many-paragraphs": (b"<w:body>", b"<w:body>" + b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 10_000),
        "a-style-that-is-not": (b'"Heading1"', b'"Heading99999999999999999999"'),
        "a-style-without-a-name": (b'w:val="Heading1"', b'w:other=""'),
        "runs-within-runs": (b"<w:t>Travel</w:t>", b"<w:r>" * 200 + b"<w:t>deep</w:t>" + b"</w:r>" * 200),
        "a-long-text": (b"Travel</w:t>", b"long " * 2_000_000 + b"</w:t>"),
        "paragraphs-beyond-depth": (b"<w:body>", b"<w:body>" + b"<w:p>" * 100_000 + b"</w:p>" * 100_000),
        "fields-and-links": (b"<w:t>Travel", b'<w:instrText>INCLUDETEXT "/etc/passwd"</w:instrText><w:t>'),
        "an-equation-elsewhere": (b"<w:body>", b'<w:body><w:altChunk r:id="rId99"/><w:sdt><w:sdtContent/></w:sdt>'),
    }
    for label, (old, new) in body.items():
        yield label, altered(whole, WORD, old, new)
    heading = part_of(whole, WORD).partition(b"<w:p>")[2].partition(b"</w:p>")[0]
    long = b"<w:p>" + heading.replace(b"Travel", b"title " * 20_000) + b"</w:p>"
    yield "long-headings", altered(whole, WORD, b"<w:body>", b"<w:body>" + long * 20)
    second = b"<w:p>" + heading.replace(b"Heading1", b"Heading2") + b"</w:p>"
    yield "a-long-heading-above-many", altered(whole, WORD, b"<w:body>", b"<w:body>" + long + second * 5_000)
    for label, told in hostile_numbers():
        yield label, repacked(whole, {"word/numbering.xml": told})
    taken_over = relation("document.xml", kind="aFChunk") + relation("../docProps/core.xml", kind="aFChunk", number=2)
    chunk = RELATIONS % taken_over
    taken = altered(whole, WORD, b"<w:body>", b'<w:body><w:altChunk r:id="rId1"/><w:altChunk r:id="rId2"/>')
    yield "chunks-that-are-the-document", repacked(taken, {"word/_rels/document.xml.rels": chunk})
    yield "no-styles", repacked(whole, {"word/styles.xml": None})
    yield "torn-styles", repacked(whole, {"word/styles.xml": b"<w:styles"})


def hostile_numbers() -> Iterator[tuple[str, bytes]]:
    """Definitions of lists that mean no good."""
    spaces = b'<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">%s</w:numbering>'
    level = b'<w:lvl w:ilvl="%s"><w:start w:val="%s"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/></w:lvl>'
    levels = {
        "a-number-beyond-all": level % (b"0", b"9" * 30, b"upperRoman", b"%1"),
        "letters-beyond-all": level % (b"0", b"999999", b"lowerLetter", b"%1" * 5_000),
        "a-level-of-no-number": level % (b"many", b"-1", b"none-such", b"%9%0%%"),
        "many-levels": level % (b"1", b"1", b"decimal", b"%1.%2") * 5_000,
    }
    for label, told in levels.items():
        number = b'<w:abstractNum w:abstractNumId="0">%s</w:abstractNum>'
        number += b'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        yield f"numbers-{label}", spaces % (number % told)
    yield "numbers-torn", b"<w:numbering"


def hostile_slides() -> Iterator[tuple[str, bytes]]:
    whole = files.slides()
    yield from _packages(whole, DECK, "ppt/presentation.xml")
    main, relations = "ppt/presentation.xml", "ppt/_rels/presentation.xml.rels"
    shape = part_of(whole, DECK).partition(b"</p:grpSpPr>")[2] or part_of(whole, DECK).partition(b"<p:grpSpPr/>")[2]
    shape = shape.partition(b"</p:sp>")[0] + b"</p:sp>"
    group, ungroup = b"<p:grpSp><p:nvGrpSpPr/><p:grpSpPr/>", b"</p:grpSp>"
    slide = {
        "groups-within-groups": (b"<p:sp>", group * 100 + shape + ungroup * 100 + b"<p:sp>"),
        "groups-beyond-depth": (b"<p:sp>", group * 20_000 + ungroup * 20_000 + b"<p:sp>"),
        "many-groups": (b"<p:sp>", (group + ungroup) * 10_000 + b"<p:sp>"),
        "many-titles": (b"<p:sp>", shape * 1_000 + b"<p:sp>"),
        "a-shape-of-nothing": (b"<p:sp>", b"<p:sp/><p:pic/><p:cxnSp/><p:graphicFrame/><p:contentPart/><p:sp>"),
        "a-place-that-is-not": (b'<p:ph idx="1"/>', b'<p:ph idx="4294967295" type="body"/>'),
        "a-place-of-no-type": (b'type="title"', b'type="no such type"'),
        "a-place-of-no-number": (b'idx="1"', b'idx="first"'),
        "a-long-text": (b"Plan", b"long " * 1_000_000),
        "many-paragraphs": (b"<a:p>", b"<a:p/>" * 50_000 + b"<a:p>"),
        "breaks": (b"<a:r>", b"<a:br/>" * 50_000 + b"<a:r>"),
        "no-text-body": (b"<p:txBody>", b"<p:txBody/><p:txBody>"),
        "a-number-too-large": (b'id="2"', b'id="99999999999999999999999"'),
    }
    for label, (old, new) in slide.items():
        yield label, altered(whole, DECK, old, new)
    frame = (
        b"<p:graphicFrame><p:nvGraphicFramePr/><p:xfrm/><a:graphic><a:graphicData uri=%s>%s</a:graphicData></a:graphic>"
    )
    table = b'"http://schemas.openxmlformats.org/drawingml/2006/table"'
    wide = b'<a:tbl><a:tr><a:tc gridSpan="2000000000" rowSpan="2000000000"/></a:tr><a:tr/></a:tbl>'
    for label, held in (("a-wide-cell", wide), ("no-table-after-all", b""), ("many-rows", b"<a:tbl>%s</a:tbl>")):
        made = frame % (table, held.replace(b"%s", b"<a:tr><a:tc/></a:tr>" * 3_000)) + b"</p:graphicFrame><p:sp>"
        yield label, altered(whole, DECK, b"<p:sp>", made)
    ids = part_of(whole, main).partition(b"<p:sldIdLst>")[2].partition(b"</p:sldIdLst>")[0]
    for label, told in (
        ("the-same-slide-often", ids * 1_000),
        ("six-thousand-slides", ids * 3_001),
        ("no-slides", b""),
    ):
        yield label, altered(whole, main, ids, told)
    yield "a-slide-that-is-not", repacked(whole, {"ppt/slides/slide2.xml": None})
    yield "a-slide-that-is-the-deck", altered(whole, relations, b"slides/slide1.xml", b"presentation.xml")
    yield "a-slide-that-is-a-layout", altered(whole, relations, b"slides/slide1.xml", b"slideLayouts/slideLayout2.xml")
    yield (
        "a-slide-elsewhere",
        altered(whole, relations, b'Target="slides/slide1.xml"', b'Target="http://127.0.0.1:9/" TargetMode="External"'),
    )
    notes = "ppt/slides/_rels/slide2.xml.rels"
    yield "notes-that-are-a-slide", altered(whole, notes, b"../notesSlides/notesSlide1.xml", b"slide2.xml")


def hostile_sheets() -> Iterator[tuple[str, bytes]]:
    whole = files.sheets()
    yield from _packages(whole, SHEET, "xl/workbook.xml")
    cells = {
        "the-last-cell": b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "a-row-behind-the-last": b'<row r="99999999"><c r="A99999999"><v>1</v></c></row>',
        "a-row-below-zero": b'<row r="-5"><c r="A-5"><v>1</v></c></row>',
        "a-row-of-no-number": b'<row r="last"><c r="??"><v>1</v></c></row>',
        "a-column-behind-the-last": b'<row r="9"><c r="ZZZZZZZ9"><v>1</v></c></row>',
        "cells-in-disorder": b'<row r="9"><c r="Z9"><v>1</v></c><c r="A9"><v>2</v></c></row><row r="2"/>',
        "a-string-that-is-not": b'<row r="9"><c r="A9" t="s"><v>2000000000</v></c></row>',
        "a-string-below-zero": b'<row r="9"><c r="A9" t="s"><v>-1</v></c></row>',
        "a-type-that-is-not": b'<row r="9"><c r="A9" t="zz"><v>1</v></c></row>',
        "a-style-that-is-not": b'<row r="9"><c r="A9" s="99999"><v>1</v></c></row>',
        "a-style-of-no-number": b'<row r="9"><c r="A9" s="bold"><v>1</v></c></row>',
        "a-number-that-is-none": b'<row r="9"><c r="A9"><v>one</v></c></row>',
        "a-number-of-many-digits": b'<row r="9"><c r="A9"><v>' + b"9" * 500_000 + b"</v></c></row>",
        "numbers-beyond-all": b'<row r="9"><c><v>1e999</v></c><c><v>NaN</v></c><c><v>-inf</v></c></row>',
        "a-date-that-is-none": b'<row r="9"><c r="A9" t="d"><v>9999-99-99T99:99:99</v></c></row>',
        "an-error-and-a-truth": b'<row r="9"><c r="A9" t="e"><v>#</v></c><c r="B9" t="b"><v>2</v></c></row>',
        "a-formula-of-itself": b'<row r="9"><c r="A9"><f t="shared" si="0" ref="A1:XFD1048576">A9</f></c></row>',
        "an-array-over-everything": b'<row r="9"><c r="A9"><f t="array" ref="A1:XFD1048576">A9</f><v>1</v></c></row>',
        "a-formula-outside": b'<row r="9"><c r="A9"><f>WEBSERVICE("http://127.0.0.1:9/")</f></c></row>',
        "many-rows": b"<row><c><v>1</v></c></row>" * 20_000,
        "many-empty-rows": b"<row/>" * 100_000,
        "many-cells": b"<row>" + b"<c><v>1</v></c>" * 30_000 + b"</row>",
        "rows-far-apart": b"".join(b'<row r="%d"><c><v>1</v></c></row>' % (n * 10_000) for n in range(1, 100)),
        "a-long-text": b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"long " * 1_000_000 + b"</t></is></c></row>",
    }
    for label, told in cells.items():
        yield label, altered(whole, SHEET, b"</sheetData>", told + b"</sheetData>")
    far = altered(whole, SHEET, b"</sheetData>", cells["the-last-cell"] + b"</sheetData>")
    data = part_of(far, SHEET).replace(b"<v>1</v></c></row></sheetData>", b"<v>&%s;</v></c></row></sheetData>")
    for label, told, name in (("laughs", b'<!ENTITY l0 "ha">' + LAUGHS, b"l11"), ("is-outside", OUTSIDE, b"e")):
        yield f"a-last-cell-that-{label}", repacked(whole, {SHEET: b"<!DOCTYPE x [%s]>" % told + data % name})
    yield "a-last-cell-that-is-torn", repacked(whole, {SHEET: part_of(far, SHEET).replace(b"</row></sheetData>", b"")})
    spread = b"".join(
        b'<row><c r="%s%d"><v>1</v></c></row>' % (b"ABCDEFGH"[n % 8 : n % 8 + 1] * 9, n) for n in range(9)
    )
    yield "columns-behind-the-last", altered(whole, SHEET, b"</sheetData>", spread + b"</sheetData>")
    many = b"".join(b'<row r="%d"><c r="ZZZ%d"><v>1</v></c></row>' % (n * 9, n * 9) for n in range(1, 12_000))
    yield "many-far-rows", altered(whole, SHEET, b"</sheetData>", many + b"</sheetData>")
    remarks = {"laugh": b"<!DOCTYPE x [%s]><x>&l11;</x>" % LAUGHS, "are-torn": b"<comments><comment", "are-none": b""}
    for label, told in remarks.items():
        related = RELATIONS % relation("../comments1.xml", kind="comments")
        beside = {"xl/worksheets/_rels/sheet1.xml.rels": related, "xl/comments1.xml": told}
        yield f"remarks-that-{label}", repacked(whole, beside)
    circle = RELATIONS % (
        relation("sheet1.xml", kind="drawing") + relation("/xl/workbook.xml", kind="comments", number=2)
    )
    yield (
        "remarks-in-a-ring",
        repacked(whole, {"xl/worksheets/_rels/sheet1.xml.rels": circle, "xl/comments1.xml": b"<x/>"}),
    )
    merged = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 100 + b"</mergeCells>"
    yield "merged-over-everything", altered(whole, SHEET, b"</sheetData>", merged)
    down = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:A1048576"/>' * 5_000 + b"</mergeCells>"
    yield "merged-downwards-often", altered(whole, SHEET, b"</sheetData>", down)
    for label, told in (("large", b"A1:XFD1048576"), ("small", b"A1"), ("none", b"::"), ("backward", b"Z9:A1")):
        yield f"a-size-that-is-{label}", altered(whole, SHEET, b"A1:B3", told)
    book, styles = "xl/workbook.xml", "xl/styles.xml"
    sheet = part_of(whole, book).partition(b"<sheets>")[2].partition(b"</sheets>")[0]
    yield "the-same-sheet-often", altered(whole, book, sheet, sheet * 500)
    yield "a-sheet-that-is-not", repacked(whole, {SHEET: None})
    yield "a-sheet-of-no-name", altered(whole, book, b'name="Prices"', b'name="' + b"x" * 100_000 + b'"')
    yield "years-from-another-age", altered(whole, book, b"<workbookPr/>", b'<workbookPr date1904="maybe"/>')
    names = b"<definedNames>" + b'<definedName name="a">#REF!</definedName>' * 10_000 + b"</definedNames>"
    yield "many-names", altered(whole, book, b"<definedNames/>", names)
    form = b'<numFmts><numFmt numFmtId="164" formatCode="' + b"[yy]" * 50_000 + b'"/></numFmts><fonts'
    yield "a-long-format", altered(whole, styles, b"<fonts", form)
    yield "torn-styles", repacked(whole, {styles: b"<styleSheet><cellXfs"})


def hostile_markup(whole: bytes, part: str) -> Iterator[tuple[str, bytes]]:
    """What any archive of markup may hold: `part` is what the words stand in."""
    data = part_of(whole, part)
    root = data[data.index(b"<", data.index(b"?>") if b"?>" in data else 0) :]
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [%s]>' + root.replace(b"</", b"&%s;</", 3)
    markup = {
        "laughs": doctype % (b'<!ENTITY l0 "ha">' + LAUGHS, b"l11", b"l11", b"l11"),
        "a-long-entity": doctype
        % (b'<!ENTITY a "%s">' % (b"x" * 100_000), b"a;" * 1 + b"&a", b"a" + b";&a" * 900, b"a"),
        "an-entity-outside": doctype % (b'<!ENTITY e SYSTEM "file:///etc/passwd">', b"e", b"e", b"e"),
        "an-entity-on-the-net": doctype % (b'<!ENTITY e SYSTEM "http://127.0.0.1:9/">', b"e", b"e", b"e"),
        "an-entity-of-itself": doctype % (b'<!ENTITY e "&e;">', b"e", b"e", b"e"),
        "a-grammar-outside": b'<!DOCTYPE x SYSTEM "file:///etc/passwd" [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]>'
        + root,
        "another-root": b"<html><body>words</body></html>",
        "no-markup": b"words alone",
        "nothing": b"",
        "a-mark-alone": b"\xef\xbb\xbf",
        "torn": data[: len(data) // 2],
        "deep": root[: root.index(b">") + 1] + b"<a>" * 5_000 + b"</a>" * 5_000,
        "attributes": b"<a " + b" ".join(b'a%d="1"' % n for n in range(50_000)) + b"/>",
        "a-long-attribute": root.replace(b">", b' a="' + b"x" * 11_000_000 + b'">', 1),
        "spaces-of-names": b"<a " + b" ".join(b'xmlns:n%d="n"' % n for n in range(5_000)) + b"/>",
        "remarks": root.replace(b">", b">" + b"<!-- x --><?pi x?>" * 50_000, 1),
        "a-nul": root.replace(b"</", b"\0</", 1),
        "no-encoding": b'<?xml version="1.0" encoding="none-such"?>' + root,
        "another-encoding": b'<?xml version="1.0" encoding="UTF-16"?>' + root,
        "half-a-letter": root.replace(b"</", b"\xed\xa0\x80\xff</", 3),
        "a-letter-that-is-none": root.replace(b"</", b"&#0;&#xD800;</", 3),
    }
    for label, told in markup.items():
        yield f"markup-{label}", repacked(whole, {part: told})


def _packages(whole: bytes, part: str, main: str) -> Iterator[tuple[str, bytes]]:
    """What any Office file may hold: `part` is what the words stand in, `main` what leads to it."""
    yield from hostile_archives(whole, part)
    yield from hostile_markup(whole, part)
    beside = f"{main.rpartition('/')[0]}/_rels/{main.rpartition('/')[2]}.rels"
    packages: dict[str, tuple[str, bytes | None]] = {
        "types-that-are-torn": ("[Content_Types].xml", b"<Types"),
        "types-of-nothing": ("[Content_Types].xml", b"<Types/>"),
        "laughing-types": ("[Content_Types].xml", b"<!DOCTYPE x [%s]><Types>&l11;</Types>" % LAUGHS),
        "nothing-leads-in": ("_rels/.rels", None),
        "nothing-leads-on": (beside, None),
        "no-main-part": (main, None),
        "an-empty-main-part": (main, b""),
        "a-laughing-main-part": (main, b"<!DOCTYPE x [<!ENTITY l0 'ha'>%s]><x>&l11;</x>" % LAUGHS),
        "a-main-part-outside": (main, b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
        "leads-to-itself": ("_rels/.rels", RELATIONS % relation("_rels/.rels")),
        "leads-out": ("_rels/.rels", RELATIONS % relation("../../../../etc/passwd")),
        "leads-to-a-file": ("_rels/.rels", RELATIONS % relation("file:///etc/passwd", mode="External")),
        "leads-to-the-net": ("_rels/.rels", RELATIONS % relation("http://127.0.0.1:9/", mode="External")),
        "leads-to-a-folder": ("_rels/.rels", RELATIONS % relation(main.rpartition("/")[0] + "/")),
        "leads-to-nothing": ("_rels/.rels", RELATIONS % relation("")),
        "leads-in-a-ring": (beside, RELATIONS % relation(main.rpartition("/")[2], kind="slide")),
        "leads-to-ten-thousand": (beside, RELATIONS % b"".join(relation("a.xml", number=n) for n in range(10_000))),
        "the-same-number-twice": (beside, RELATIONS % (relation("a.xml") * 2)),
        "a-title-of-many-words": ("docProps/core.xml", _core(b"<dc:title>%s</dc:title>" % (b"title " * 100_000))),
        "made-on-no-day": ("docProps/core.xml", _core(b"<dcterms:created>99999-99-99T99:99:99Z</dcterms:created>")),
        "a-torn-title": ("docProps/core.xml", b"<cp:coreProperties"),
    }
    for label, (name, part_told) in packages.items():
        yield label, repacked(whole, {name: part_told})


def _core(told: bytes) -> bytes:
    spaces = (
        b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    )
    told = told.replace(b"<dcterms:created>", b'<dcterms:created xsi:type="dcterms:W3CDTF">')
    return b"<cp:coreProperties %s>%s</cp:coreProperties>" % (spaces, told)


BY_HAND = {KINDS["docx"]: hostile_words, KINDS["pptx"]: hostile_slides, KINDS["xlsx"]: hostile_sheets}

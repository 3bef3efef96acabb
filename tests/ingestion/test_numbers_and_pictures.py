"""What Office shows and keeps elsewhere: numbers of paragraphs, words about pictures, files within a document."""

import io
import struct
import zlib
from typing import Any

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from lxml import etree
from pptx import Presentation

from ingestion.kinds import KINDS
from tests.ingestion import files, other_files
from tests.ingestion.reading import read

LEVELS = (("decimal", "%1."), ("lowerLetter", "%2)"), ("upperRoman", "%1.%2.%3"))
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def picture() -> io.BytesIO:
    told = ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(4))), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in told
    )
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + body)


def said(document: Any) -> list[str]:
    return [each for each in read(files.saved(document), "a.docx").text.split("\n\n") if each.strip()]


def numbered(document: Any, *begins: str) -> list[int]:
    """A definition of three levels, and the numbers of lists of it: one, and one for each `begins`."""
    root = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(LEVELS)
    )
    spaces = nsdecls("w")
    first = root.find(qn("w:num"))
    first.addprevious(parse_xml(f'<w:abstractNum {spaces} w:abstractNumId="90">{levels}</w:abstractNum>'))
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{}"/></w:lvlOverride>'
    lists = ["", *(override.format(each) for each in begins)]
    for number, told in enumerate(lists, start=90):
        root.append(parse_xml(f'<w:num {spaces} w:numId="{number}"><w:abstractNumId w:val="90"/>{told}</w:num>'))
    return [90 + number for number, _ in enumerate(lists)]


def add(document: Any, text: str, number: int, depth: int = 0) -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    told = parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')
    properties.append(told)


def test_numbered_paragraphs_of_word_keep_their_numbers() -> None:
    document = Document()
    [number] = numbered(document)
    for text, depth in (("one", 0), ("one a", 1), ("one b", 1), ("deep", 2), ("two", 0), ("two a", 1)):
        add(document, text, number, depth)
    assert said(document) == ["1. one", "a) one a", "b) one b", "1.b.I deep", "2. two", "a) two a"]


def test_a_list_may_begin_elsewhere_and_goes_on_after_other_text() -> None:
    document = Document()
    number, again = numbered(document, "7")
    add(document, "one", number)
    document.add_paragraph("between")
    add(document, "two", number)
    add(document, "seven", again)
    assert said(document) == ["1. one", "between", "2. two", "7. seven"]


def test_styles_number_their_paragraphs_and_points_have_no_number() -> None:
    document = Document()
    for text, style in (("one", "List Number"), ("two", "List Number"), ("point", "List Bullet")):
        document.add_paragraph(text, style=style)
    assert said(document) == ["1. one", "2. two", "point"]


@pytest.mark.parametrize("told", ["A map of the town", "Ein Plan"])
def test_pictures_of_word_say_what_is_said_of_them(told: str) -> None:
    document = Document()
    document.add_picture(picture())
    document.inline_shapes[0]._inline.docPr.set("descr", told)
    assert said(document) == [told]


def test_the_name_of_a_file_describes_no_picture() -> None:
    document = Document()
    document.add_paragraph("words")
    document.add_picture(picture())
    document.inline_shapes[0]._inline.docPr.set("descr", "IMG_2041.jpeg")
    assert said(document) == ["words"]


@pytest.mark.parametrize(
    ("body", "name", "content_type", "text"),
    [
        (b"<html><body><p>From a page</p></body></html>", "c.htm", "text/html", "From a page"),
        (other_files.rtf(rb"From rich text\par"), "c.rtf", "application/rtf", "From rich text"),
        (b"From a text", "c.txt", "text/plain", "From a text"),
    ],
)
def test_what_a_document_takes_over_from_other_files_stands_in_its_place(
    body: bytes, name: str, content_type: str, text: str
) -> None:
    document = Document()
    before = document.add_paragraph("before")
    document.add_paragraph("behind")
    part = Part(PackURI(f"/word/{name}"), content_type, body, document.part.package)
    chunk = OxmlElement("w:altChunk")
    chunk.set(qn("r:id"), document.part.relate_to(part, RELATIONSHIP_TYPE.A_F_CHUNK))
    before._p.addnext(chunk)
    assert said(document) == ["before", text, "behind"]


def test_a_document_that_takes_over_itself_ends() -> None:
    document = Document()
    document.add_paragraph("words")
    body = files.saved(document)
    for depth in range(8):
        document = Document(io.BytesIO(body))
        part = Part(PackURI(f"/word/inner{depth}.docx"), KINDS["docx"].media_type, body, document.part.package)
        chunk = OxmlElement("w:altChunk")
        chunk.set(qn("r:id"), document.part.relate_to(part, RELATIONSHIP_TYPE.A_F_CHUNK))
        document.element.body.insert(0, chunk)
        body = files.saved(document)
    assert "words" in read(body, "a.docx").text


def test_slides_keep_numbers_and_what_is_said_of_pictures() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Plan"
    slide.shapes.add_picture(picture(), 0, 0)._element.nvPicPr.cNvPr.set("descr", "Sales by year")
    frame = slide.placeholders[1].text_frame
    frame.text = "first"
    for text, level in (("inner", 1), ("second", 0)):
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = text, level
    for paragraph, form in zip(frame.paragraphs, ("arabicPeriod", "alphaLcParenR", "arabicPeriod"), strict=True):
        etree.SubElement(paragraph._p.get_or_add_pPr(), f"{DRAWING}buAutoNum", type=form)
    assert read(files.saved(deck), "a.pptx").text == "Plan\n1. first\na) inner\n2. second\nSales by year"

"""What legal files hold beside their plain text: notes, boxes, insertions, diagrams, filled forms, forwarded mail."""

import io
from email.message import EmailMessage

import pytest
from docx import Document
from docx.oxml import parse_xml
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE

from tests.ingestion import files
from tests.ingestion.hostile.office import TYPES, relation
from tests.ingestion.hostile.pdfs import page, stream
from tests.ingestion.hostile.zips import altered, repacked
from tests.ingestion.reading import places, read

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
NOTE_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
HEAD = b"From: a@example.org\nSubject: s\n"


def read_paragraph(markup: str) -> str:
    document = Document()
    document.element.body.insert(0, parse_xml(f"<w:p {W} {MC}>{markup}</w:p>"))
    return read(files.saved(document), "a.docx").text


def run(text: str, tag: str = "t") -> str:
    return f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (run("kept ") + f"<w:ins>{run('inserted')}</w:ins><w:del>{run(' struck', 'delText')}</w:del>", "kept inserted"),
        (f"<w:moveFrom>{run('moved away')}</w:moveFrom>{run('here')}", "here"),
        (f'<w:fldSimple w:instr="DATE">{run("5 May")}</w:fldSimple>', "5 May"),
        (run("INCLUDETEXT x", "instrText") + run("what it came to"), "what it came to"),
        (f"<w:sdt><w:sdtContent>{run('of a control')}</w:sdtContent></w:sdt>", "of a control"),
        (f"<w:smartTag>{run('Berlin')}</w:smartTag>", "Berlin"),
        (
            "<w:r><w:t>non</w:t><w:noBreakHyphen/><w:t>stop</w:t><w:softHyphen/><w:tab/><w:t>x</w:t></w:r>",
            "non-stop\tx",
        ),
        (f"<w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>{run('no tabulator')}", "no tabulator"),
        (run("syl\u00adla\u00adble"), "syllable"),
    ],
)
def test_a_paragraph_of_word_says_what_stands_on_the_page(markup: str, text: str) -> None:
    assert read_paragraph(markup) == text


def test_a_box_of_text_stands_behind_its_paragraph_once() -> None:
    box = f"<w:txbxContent><w:p>{run('in a box')}</w:p><w:p>{run('and below')}</w:p></w:txbxContent>"
    twice = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert read_paragraph(f"{run('beside ')}<w:r>{twice}</w:r>{run('it')}") == "beside it\n\nin a box\n\nand below"


def test_notes_stand_behind_the_paragraph_that_names_them_and_remarks_say_whose_they_are() -> None:
    document = Document()
    first = document.add_paragraph("Revenue grew")
    first._p.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="2"/></w:r>'))
    first.add_run(" again.")
    second = document.add_paragraph("And costs fell.")
    document.add_comment(runs=second.runs, text="Is that so?", author="Bob")
    notes = f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p>{run("--")}</w:p></w:footnote>'
    notes += f'<w:footnote w:id="2"><w:p>{run(" After inflation.")}</w:p></w:footnote></w:footnotes>'
    body = repacked(files.saved(document), {"word/footnotes.xml": notes.encode()})
    override = b'<Override PartName="/word/footnotes.xml" ContentType="%s"/></Types>' % NOTE_TYPE
    body = altered(body, "[Content_Types].xml", b"</Types>", override)
    told = relation("footnotes.xml", kind="footnotes", number=900) + b"</Relationships>"
    body = altered(body, "word/_rels/document.xml.rels", b"</Relationships>", told)
    assert read(body, "a.docx").text.split("\n\n") == [
        "Revenue grew[1] again.",
        "[1] After inflation.",
        "And costs fell.",
        "Bob: Is that so?",
    ]


def test_content_controls_tables_within_tables_and_the_heads_of_pages_are_read() -> None:
    document = Document()
    control = f"<w:sdt {W}><w:sdtContent><w:p>{run('in a control')}</w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(0, parse_xml(control))
    outer = document.add_table(rows=1, cols=2)
    outer.cell(0, 0).text = "outer"
    inner = outer.cell(0, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "one", "two"
    document.sections[0].header.paragraphs[0].text = "Confidential"
    document.sections[0].footer.paragraphs[0].text = "Acme Ltd"
    assert [text for text, *_ in places(read(files.saved(document), "a.docx"))] == [
        "in a control",
        "outer | one, two",
        "Confidential\n\nAcme Ltd",
    ]


def test_a_style_that_builds_on_a_heading_is_one() -> None:
    document = Document()
    style = document.styles.add_style("Chapter of ours", 1)
    style.base_style = document.styles["Heading 2"]
    document.add_paragraph("Trains", style=style)
    document.add_paragraph("Fast.")
    assert places(read(files.saved(document), "a.docx")) == [("Trains\n\nFast.", None, "Trains", "text")]


def test_a_slide_says_what_its_groups_charts_and_diagrams_say() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Plan\vof ours"
    table = slide.shapes.add_table(1, 2, 0, 0, 9, 9).table
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    slide.shapes.add_group_shape().shapes.add_textbox(0, 0, 9, 9).text_frame.text = "in a group"
    data = CategoryChartData()
    data.categories = ["East", "West"]
    data.add_series("Sales", (1, 2))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.PIE, 0, 0, 9, 9, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "By region"
    slide.notes_slide.notes_text_frame.text = "Say it calmly"
    body = io.BytesIO()
    deck.save(body)
    words = (
        b'<x xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p><a:t>Fir</a:t><a:t>st</a:t></a:p></x>'
    )
    with_diagram = repacked(body.getvalue(), {"ppt/diagrams/data1.xml": words})
    told = f'<Relationship Id="rId90" Type="{TYPES}diagramData" Target="../diagrams/data1.xml"/></Relationships>'
    with_diagram = altered(with_diagram, "ppt/slides/_rels/slide1.xml.rels", b"</Relationships>", told.encode())
    assert places(read(with_diagram, "a.pptx")) == [
        (
            "Plan\nof ours\nin a group\nBy region\nSales\nEast\nWest\nFirst\nSay it calmly",
            1,
            "Plan of ours",
            "text",
        ),
        ("left | right", 1, "Plan of ours", "table"),
    ]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (b"(the responsi-) Tj T* (bilities of) Tj", "the responsibilities of"),
        (b"(the A-) Tj T* (Team of 2019-) Tj T* (2020) Tj", "the A-Team of 2019-\n2020"),
        (b"(is OP-) Tj T* (TIONAL\x0d\x05) Tj", "is OPTIONAL"),
    ],
)
def test_a_word_that_is_broken_at_the_end_of_a_line_is_one(lines: bytes, text: str) -> None:
    assert read(page(b"BT /F1 12 Tf 72 720 Td 14 TL %s ET" % lines), "a.pdf").text == text


def marked(*marks: bytes, form: bytes = b"<< >>") -> str:
    """What is read of a page with these marks, of which the first may refer to `9 0 R` for its looks."""
    looks = b"/Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 5 0 R >> >>"
    on_page = [b"<< /Type /Annot /Rect [72 600 272 620] /P 3 0 R /F 4 %s >>" % mark for mark in marks]
    drawn = stream(b"BT /F1 12 Tf 2 2 Td (as it looks) Tj ET", looks)
    body = page(
        b"BT /F1 12 Tf 20 604 Td (Name:) Tj ET", form, *on_page, *[b"<< >>"] * (2 - len(marks)), drawn,
        told=b"/Annots [%s]" % b" ".join(b"%d 0 R" % (7 + number) for number in range(len(marks))),
    )  # fmt: skip
    return read(body, "a.pdf").text


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (b"/Subtype /Widget /FT /Tx /T (name) /V (Ann) /AP << /N 9 0 R >>", "as it looks"),
        (b"/Subtype /Widget /FT /Tx /T (name) /V (Ann) /DA (/F1 12 Tf 0 g)", "Ann"),
        (b"/Subtype /FreeText /Contents (typed over) /AP << /N 9 0 R >>", "as it looks"),
        (b"/Subtype /Text /T (Ann) /Contents (Ask Joe.)", "Ann: Ask Joe."),
        (b"/Subtype /Highlight /Contents (Ask Joe.)", "Ask Joe."),
        (b"/Subtype /Link /Contents (a way out)", ""),
    ],
)
def test_what_is_filled_in_and_remarked_on_a_page_is_read(mark: bytes, text: str) -> None:
    form = b"<< /Fields [7 0 R] /DA (/F1 12 Tf 0 g) /DR << /Font << /F1 5 0 R >> >> >>"
    assert marked(mark, form=form) == f"Name:\n{text}".strip()


def test_several_marks_of_a_page_are_read_without_a_form() -> None:
    drawn, remark = b"/Subtype /FreeText /AP << /N 9 0 R >>", b"/Subtype /Caret /Contents (Here.)"
    assert marked(drawn, remark) == "Name:\nas it looks\nHere."


def test_a_mail_that_is_passed_on_is_read_with_its_heads() -> None:
    inner, outer = EmailMessage(), EmailMessage()
    inner["From"], inner["Subject"] = "carl@example.org", "The question"
    inner.set_content("Where is it?")
    outer["From"], outer["Subject"] = "ann@example.org", "Fwd: The question"
    outer.set_content("See below.")
    outer.add_attachment(inner)
    outer.add_attachment("of their own", filename="note.txt")
    found = read(outer.as_bytes(), "m.eml")
    assert found.title == "Fwd: The question"
    assert found.text.split("\n\n") == [
        "From: ann@example.org\nSubject: Fwd: The question",
        "See below.",
        "From: carl@example.org\nSubject: The question",
        "Where is it?",
        "Attachments: note.txt",
        "of their own",
    ]


def test_where_the_plain_text_is_empty_the_page_is_read_and_a_short_one_is_no_loss() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@example.org", "s"
    message.set_content(" \n")
    message.add_alternative("<html><body>Yes, agreed.</body></html>", subtype="html")
    assert read(message.as_bytes(), "m.eml").text.endswith("\n\nYes, agreed.")


def test_each_text_of_a_mail_is_read() -> None:
    parts = b"".join(b"--x\nContent-Type: text/plain\n\n%s\n" % text for text in (b"First.", b"Second."))
    body = HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n" + parts + b"--x--\n"
    assert read(body, "m.eml").text.endswith("First.\n\nSecond.")


@pytest.mark.parametrize(
    ("told", "body", "text"),
    [
        (b"", "Größe".encode(), "Größe"),
        (b"", "Größe".encode("cp1252"), "Größe"),
        (b"Content-Type: text/plain; charset=us-ascii\n", "Größe".encode(), "Größe"),
        (b"Content-Type: text/plain; charset=iso-8859-1\n", "“5 €”".encode("cp1252"), "“5 €”"),
        (b"Content-Type: text/plain; charset=koi8-r\n", "Съешь".encode("koi8-r"), "Съешь"),
        (
            b"Content-Type: text/plain; format=flowed\n",
            b"One line \nof two.\n\n-- \nAnn",
            "One line of two.\n\n-- \nAnn",
        ),
    ],
)
def test_a_mail_is_read_as_it_was_meant(told: bytes, body: bytes, text: str) -> None:
    assert read(HEAD + told + b"\n" + body, "m.eml").text.removeprefix("From: a@example.org\nSubject: s\n\n") == text


@pytest.mark.parametrize(
    ("body", "name", "text"),
    [
        (b"sep=;\r\na,1;b\r\n2;3\r\n", "a.csv", "a,1 | b\n2 | 3"),
        (b'{"a": "\\u00fc"}\n\n{"a": [1]}\n', "a.json", '{\n "a": "ü"\n}\n{\n "a": [\n  1\n ]\n}'),
        (b"one\r\n\r\ntwo\rthree", "a.txt", "one\n\ntwo\nthree"),
    ],
)
def test_texts_of_other_programs_read_well(body: bytes, name: str, text: str) -> None:
    assert read(body, name).text == text


def test_underlined_headings_and_the_front_matter_of_toml_are_known() -> None:
    body = b"+++\ntitle = 'Trips'\n+++\n\nTrains\n===\n\nFast.\n\nNight {#n}\n---\nSlow.\n\n- a point\n---\n\n"
    body += b"## By bus {#bus}\nx"
    found = read(body, "a.md")
    assert found.title == "Trips"
    assert [section for _, _, section, _ in places(found)] == [
        "Trips",
        "Trains",
        "Trains › Night",
        "Trains › By bus",
    ]


def test_lists_within_lists_and_code_and_lines_of_cells_read_well() -> None:
    kept = "<p>Words that are long enough to be kept, by whoever looks for words in a page.</p>"
    page = (
        f"<!doctype html><html><body><main><h1>Handbook</h1>{kept}"
        "<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>"
        f"<pre><code>a:\n    b</code></pre>{kept}<table><tr><td><p>Dear Bob,</p><p>it is <b>late</b></p></td>"
        "<td>5<br>EUR</td></tr></table></main></body></html>"
    )
    found = read(page.encode(), "p.html").text
    assert "- one\n- two\n- three\n\na:\n    b" in found
    assert "Dear Bob, it is late | 5 EUR" in found

import csv
import json

import pytest

from ingestion.errors import ExtractionFailed, KindRefused
from ingestion.kinds import KINDS, DeclaredType, Kind, recognise
from tests.ingestion import files
from tests.ingestion.reading import places, read

PAGE = b"""<!doctype html><html><head><title>Dogs at work</title></head><body>
<nav><a href="/">Home</a> <a href="/about">About us</a></nav>
<main><h1>Dogs at work</h1><p>Dogs may come to the office on Fridays, when they are calm and their people are, too.</p>
<h2>Cleaning</h2><p>Whoever brings a dog brings a towel and leaves the kitchen as it was found in the morning.</p>
<table><tr><th>Day</th><th>Dogs</th></tr><tr><td>Friday</td><td>3</td></tr></table></main>
<script>alert("never shown")</script></body></html>"""


def test_a_pdf_keeps_its_pages() -> None:
    found = read(files.pdf("first page", "second page", title="Report"), "r.pdf")
    assert places(found) == [("first page", 1, "", "text"), ("second page", 2, "", "text")]
    assert found.title == "Report"


def test_a_word_document_keeps_headings_and_tables() -> None:
    found = read(files.word(), "t.docx")
    assert places(found) == [
        ("Travel\n\nBook trips early.", None, "Travel", "text"),
        ("Trains\n\nSecond class.", None, "Travel › Trains", "text"),
        ("City | Limit\nRiga | 90", None, "Travel › Trains", "table"),
    ]
    assert found.title == "Travel policy"


def test_slides_are_pages_under_their_titles() -> None:
    assert places(read(files.slides(), "s.pptx")) == [
        ("Plan\nGrow slowly", 1, "Plan", "text"),
        ("Risks\nFew of them\nSay this calmly", 2, "Risks", "text"),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_rows_are_read_whatever_separates_them(separator: str) -> None:
    body = "\n".join(separator.join(row) for row in [("name", "age"), ("Ann", "30"), ("Bob", "40")]).encode()
    assert places(read(body, "a.csv")) == [("name | age\nAnn | 30\nBob | 40", None, "", "table")]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("price;from\n1,5;2,5\n3,5;4,5\n", "price | from\n1,5 | 2,5\n3,5 | 4,5"),
        ("name, place\n'Ann', \"Ulm, Neu-Ulm\"\n", "name | place\n'Ann' | Ulm, Neu-Ulm"),
        ("a|b\r\n1|2\r\n", "a | b\n1 | 2"),
        ("one column\n1\n2\n", "one column\n1\n2"),
        ("notes\nwell, yes\nno\n", "notes\nwell | yes\nno"),
    ],
)
def test_the_separator_is_what_makes_rows_alike(body: str, text: str) -> None:
    assert read(body.encode(), "a.csv").text == text


def test_a_web_page_is_its_main_text() -> None:
    found = read(PAGE, content_type="text/html; charset=utf-8")
    assert found.title == "Dogs at work"
    assert "Dogs may come to the office" in found.text
    assert "About us" not in found.text
    assert "never shown" not in found.text
    assert ("Cleaning", "table") in [(section, form) for _, _, section, form in places(found)]


def test_a_row_of_thousands_of_cells_is_broken_into_lines() -> None:
    row = "".join(f"<TD>cell {number}" for number in range(2_500))
    page = f"<html><body><p>Words that are long enough to be kept.</p><table><tr>{row}</table></body></html>"
    first, *others = [text for text, _, _, form in places(read(page.encode(), "p.html")) if form == "table"]
    rows = [*first.split("\n"), *(line for table in others for line in table.split("\n")[1:])]
    assert [row.count("cell") for row in rows] == [1_000, 1_000, 500]
    assert rows[-1].endswith("cell 2498 | cell 2499")


def test_markdown_keeps_its_headings_as_sections() -> None:
    below = b"# Trains\nFast.\n\n```\n# no heading\n```\n\n## Night\nSlow.\n\n# Bus\nCheap."
    body = b"---\ntitle: Trips\n---\nBefore.\n\n" + below
    found = read(body, "t.md")
    assert found.title == "Trips"
    assert [section for _, _, section, _ in places(found)] == ["Trips", "Trains", "Trains › Night", "Bus"]
    assert "# no heading" in places(found)[1][0]


@pytest.mark.parametrize("body", [b"## Night\nSlow.", b"\n# trips\n## Night\nSlow."])
def test_a_page_s_title_stands_above_its_text_once(body: bytes) -> None:
    found = read(b"---\ntitle: 'Trips'\n---\n" + body, "t.md")
    assert found.text.lower().count("# trips") == 1
    assert places(found)[-1][2].lower() == "trips › night"


def test_mail_is_its_heads_and_its_text() -> None:
    for body in (files.mail(), files.mail(html=True)):
        found = read(body, "m.eml")
        assert found.title == "Lunch on Friday"
        assert "From: ann@example.org" in found.text
        assert "meet at the" in found.text
        assert "Attachments: menu.pdf" in found.text


@pytest.mark.parametrize(
    "body",
    [
        '{"a":[1,2],"b":{},"c":[]}',
        '{"a": NaN, "b": -Infinity, "d": -0.0, "e": 0.1, "f": 1e+16}',
        '{"a": 123456789012345678901234567890, "ä": "\\u00e9\\u007f\\u2028"}',
        "[" * 600 + "1" + "]" * 600,
    ],
)
def test_json_is_indented(body: str) -> None:
    shown = json.dumps(json.loads(body), ensure_ascii=False, indent=1)
    assert read(body.encode(), "a.json").text == shown


def test_half_a_character_in_json_loses_nothing_else() -> None:
    assert '"kept"' in read(b'{"a": "\\ud800", "b": "kept"}', "a.json").text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1251"])
def test_text_is_read_whatever_it_is_encoded_in(encoding: str) -> None:
    text = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 5
    text = text if encoding != "cp1252" else "Düsseldorf liegt schön am Rhein, süße Äpfel gibt es überall. " * 5
    assert read(text.encode(encoding), "t.txt").text == text


@pytest.mark.parametrize(
    ("body", "name", "kind"),
    [
        (files.pdf("x"), "", KINDS["pdf"]),
        (files.pdf("x"), "x.pdf", KINDS["pdf"]),
        (files.word(), "", KINDS["docx"]),
        (files.slides(), "", KINDS["pptx"]),
        (files.sheets(), "", KINDS["xlsx"]),
        (PAGE, "", KINDS["html"]),
        (b'{"a": 1}', "", KINDS["json"]),
        (files.mail(), "", KINDS["email"]),
        (b"# not known to be markdown", "", KINDS["text"]),
        (b"# known", "x.md", KINDS["markdown"]),
        (b"a,b", "x.csv", KINDS["csv"]),
    ],
)
def test_a_kind_is_known_by_its_content(body: bytes, name: str, kind: Kind) -> None:
    assert recognise(body, DeclaredType(name=name)) == kind


def nested_mail(depth: int) -> bytes:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    return b"From: ann@example.org\nSubject: deep\n" + opened + b"\ntext"


def test_a_head_row_without_end_is_not_repeated_whole() -> None:
    found = read(b"head " * 20_000 + b",b\n" + b"1,2\n" * 20_000, "a.csv")
    assert found.text.count("1 | 2") == 20_000
    assert len(found.text) < 1_000_000


def test_a_mail_to_thousands_names_the_first_of_them() -> None:
    mail = b"From: ann@example.org\nSubject: news\nTo: " + b"bob@example.org, " * 16_000 + b"\n\nHere is the news."
    found = read(mail, "a.eml")
    assert found.title == "news"
    assert found.text.endswith("Here is the news.")
    assert 100 < found.text.count("bob@example.org") < 1_000


@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        (b"plain", "x.pdf", "claims to be a PDF, but it does not begin like one"),
        (files.word(), "x.pdf", "claims to be a PDF, but it is a Word document"),
        (b"\x89PNG\r\n", "x.txt", "a picture, an archive or a program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.docx", "encrypted Office file, or one of before 2007"),
        (b"PK\x03\x04 and no more", "x.docx", "it is broken"),
        (files.archive(other=b"x"), "x.zip", "This is an archive"),
        (b"text\0binary", "x.txt", "binary data"),
        (files.archive(word__document_xml=b"0" * 600_000_00), "x.docx", "unpacks to far more"),
    ],
)
def test_what_cannot_be_read_is_refused_before_it_is_kept(body: bytes, name: str, sentence: str) -> None:
    with pytest.raises(KindRefused, match=sentence):
        recognise(body, DeclaredType(name=name))


@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        (files.pdf("secret", encrypted=True), "x.pdf", "protected by a password"),
        (files.pdf(), "x.pdf", "holds no text|broken"),
        (b"%PDF-1.4 and then nothing", "x.pdf", "broken"),
        (files.word()[:-400] + b"\0" * 400, "x.docx", "broken"),
        (b'"' + b"a" * 2_000_000 + b",b", "x.csv", "rows cannot be told apart"),
        (nested_mail(1_200), "x.eml", "too deep to be read"),
    ],
)
def test_an_unreadable_file_ends_with_a_sentence(body: bytes, name: str, sentence: str) -> None:
    with pytest.raises(ExtractionFailed, match=sentence) as failed:
        read(body, name)
    assert failed.value.detail.startswith("x.")
    assert not failed.value.temporary


@pytest.mark.parametrize(
    "rows",
    [
        ["a,b,c", "1,2,3", "4,5,6"],
        ["a,b,c", ",2,3", "4,,6", "7,8,"],
        ["a,b,c", "", ",,", "  , ,", "1,2,3"],
        ["a,b,c", " 1 ,2  2,\t3", '"two\nlines",x,y'],
        ["a,b", *(f"{number},x" for number in range(100))],
        ["a,b", *(f"{number},x" for number in range(800))],
        ["a,b", '"1, or more",x', "2,y"],
        ["a,b", "1\v2,x\u2028y", "\u00a0 3,\u3000"],
        ["", ",", "a,b", "1,2"],
    ],
)
def test_rows_lose_their_white_space_and_nothing_else(rows: list[str]) -> None:
    told = [[" ".join(cell.split()) for cell in row] for row in csv.reader(rows)]
    head, *others = [" | ".join(cells) for cells in told if any(cells)]
    found = read("\n".join(rows).encode(), "a.csv")
    pieces = [text.split("\n") for text, *_ in places(found)]
    assert [first for first, *_ in pieces] == [head] * len(pieces)
    assert [row for _, *rows in pieces for row in rows] == others
    assert all(len("\n".join(piece)) <= 1_600 for piece in pieces)

"""Rich text: its letters, its headings, tables, notes, and what nobody sees of it."""

import struct

import pytest

from ingestion.extract.readers.mails.packed_text import unpacked
from tests.ingestion.other_files import RTF_BODY, rtf
from tests.ingestion.reading import places, read


def said(body: bytes) -> str:
    return read(rtf(body), "a.rtf").text


def test_a_whole_text_keeps_its_structure() -> None:
    found = read(rtf(RTF_BODY), "a.rtf")
    assert found.title == "Trips"
    assert places(found) == [
        ("Travel\n\nBook[1] early €20\n\n[1] A note.\n\n1.\tFirst\n\nПриlink", None, "Travel", "text"),
        ("City | Limit\nCity | 90", None, "Travel", "table"),
        ("after", None, "Travel", "text"),
        ("Head", None, "", "text"),
        ("secret", None, "", "text"),
    ]
    assert [part.hidden for part in found.parts] == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb"na\'efve \ldblquote so\rdblquote\~\emdash\endash\bullet", "naïve “so” —–•"),
        (rb"\u8364?\u-10179?\u-8704?x", "€😀x"),
        (rb"\uc2\u8364ab\uc1\u8364?c", "€€c"),
        (rb"\uc0\u8364 d", "€d"),
        (rb"{\f1 \'cf\'f0\'e8}\'e9", "Приé"),
        (rb"{\f2 \'93\'fa\'96\'7b}", "日本"),
        (rb"co\-op\_ed \{a\}\\", "coop-ed {a}\\"),
        (rb"a\line b\tab c", "a\nb\tc"),
        (rb"{\*\unknown no}{\pict 89504e}yes{\object{\*\objdata 41}{\result seen}}", "yesseen"),
        (rb"kept {\deleted gone}", "kept"),
        (
            rb"{\shp{\*\shpinst{\sp{\sn wzDescription}{\sv A map}}{\shptxt In a box\par}}}text\par",
            "In a box\n\nA map\n\ntext",
        ),
    ],
)
def test_letters_and_signs(body: bytes, text: str) -> None:
    assert said(body) == text


def test_points_and_remarks() -> None:
    body = rb"{\listtext\f0\'b7\tab}point{\*\atnauthor Ann}{\*\annotation Really?}\par"
    assert said(body) == "- point\n\nReally?"


def test_a_level_of_the_outline_makes_a_heading() -> None:
    found = read(rtf(rb"\pard\outlinelevel0 A\par\pard\outlinelevel1 B\par\pard text\par"), "a.rtf")
    assert places(found) == [("A", None, "A", "text"), ("B\n\ntext", None, "A › B", "text")]


def test_a_table_within_a_cell_is_a_line_a_row() -> None:
    nested = rb"\pard\intbl\itap2 x\nestcell y\nestcell{\*\nesttableprops\trowd\nestrow}\pard\intbl\itap1 "
    row = rb"\trowd\cellx1\cellx2\pard\intbl a\cell %bb\cell\row\pard end\par"
    assert said(row % nested) == "a | x, y b\n\nend"


def test_rich_text_under_the_suffix_of_a_word_document_is_read() -> None:
    assert read(rtf(rb"words\par"), "letter.doc").text == "words"


def test_text_that_outlook_packed() -> None:
    """The example of the format's own description, [MS-OXRTFCP] 4.1.1."""
    packed = "2d0000002b0000004c5a4675f1c5c7a703000a0072637067313235 42320af32068656c090020627705b06c647d0a800fa0"
    assert unpacked(bytes.fromhex(packed)) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_a_run_may_reach_into_itself() -> None:
    """The second example, 4.1.2."""
    packed = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert unpacked(packed) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_what_is_not_packed_is_told_as_it_is() -> None:
    assert unpacked(struct.pack("<II4sI", 20, 5, b"MELA", 0) + b"words and more") == b"words"

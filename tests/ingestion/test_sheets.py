import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from xlsxwriter import Workbook as Written

from ingestion.errors import ExtractionFailed
from ingestion.extract import Extraction
from tests.ingestion import files
from tests.ingestion.hostile.zips import altered, part_of, repacked
from tests.ingestion.reading import places, read

SHEET = "xl/worksheets/sheet1.xml"
FAR = b'<row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData>'
GONE = b'<dimension ref="A1:B3"/>'


def written(write: Callable[[Any], None]) -> bytes:
    """A workbook by a program that writes what Excel would, remarks and boxes included."""
    body = io.BytesIO()
    with Written(body) as workbook:
        write(workbook)
    return body.getvalue()


def read_cells(cells: dict[str, object]) -> Extraction:
    workbook = Workbook()
    for place, value in cells.items():
        workbook.active[place] = value
    return read(files.saved(workbook), "a.xlsx")


def test_a_sheet_is_a_table_whose_head_stands_over_every_piece() -> None:
    found = places(read(files.sheets(rows=150), "p.xlsx"))
    assert [(section, form) for _, _, section, form in found] == [("Prices", "table")] * 2
    assert all(text.startswith("Item | Price\n") for text, *_ in found)


def test_a_table_s_name_above_its_columns_is_of_its_head() -> None:
    things = ([f"thing {number}", number] for number in range(130))
    rows: list[list[object]] = [["Prices of this year"], [], ["Item", "Price"], *things]
    first, second = places(read(files.sheet_of(rows), "p.xlsx"))
    assert first[0].startswith("Prices of this year\nItem | Price\nthing 0 | 0\n")
    assert second[0].startswith("Prices of this year\nItem | Price\nthing 1")


def test_a_list_of_one_column_has_its_first_row_for_a_head() -> None:
    first, second = places(read(files.sheet_of([["Names"], *([f"name {number}"] for number in range(200))]), "p.xlsx"))
    assert first[0].startswith("Names\nname 0\n")
    assert second[0].startswith("Names\nname 1")


def test_cells_are_shown_as_people_see_them() -> None:
    rows: list[list[object]] = [
        ["whole", 5, -3.0, 0, 12_345_678_901],
        ["broken", 0.25, 1e300, 0.1 + 0.2, -1e-7],
        ["when", date(2024, 1, 5), datetime(2024, 1, 5, 13, 30), time(9, 15)],  # noqa: DTZ001 - the format has no zones
        ["for", timedelta(hours=36)],
        ["said", True, "two\nlines", None, "#N/A", None],
        [None, None],
        [None, "behind a gap"],
    ]
    found = read(files.sheet_of(rows, title="All sorts"), "p.xlsx")
    assert found.title == "All sorts"
    assert found.text.split("\n") == [
        "whole | 5 | -3 | 0 | 12345678901",
        "broken | 0.25 | 1e+300 | 0.3 | -1e-07",
        "when | 2024-01-05 | 2024-01-05 13:30:00 | 09:15:00",
        "for | 36:00:00",
        "said | True | two lines",
        " | behind a gap",
    ]


def test_formulas_are_what_they_came_to_and_nothing_where_nobody_reckoned() -> None:
    def write(workbook: Any) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["sum", "error", "word", "never"])
        sheet.write_formula(1, 0, "=1+2", None, 3)
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 2, '="a"&"b"', None, "ab")
        sheet.write_formula(1, 3, "=A1", None, "")

    assert read(written(write), "a.xlsx").text == "sum | error | word | never\n3 |  | ab"


@pytest.mark.parametrize("stray", ["XFD1048576", "ZZ900000", "A1048576", "XFD1", "B1048576", "AAA20000"])
def test_a_stray_cell_far_from_the_others_is_read_with_them(stray: str) -> None:
    when = datetime(2024, 5, 6, 7, 8)  # noqa: DTZ001 - the format has no zones
    found = read_cells({"A1": "Item", "B1": "Since", "A3": "nails", "B3": when, stray: "stray"})
    assert [line.split(" | ") for line in found.text.split("\n") if "stray" not in line][-1] == [
        "nails",
        "2024-05-06 07:08:00",
    ]
    assert found.text.startswith("Item | Since")
    assert found.text.count("stray") == 1
    assert len(found.text) < 80


def test_a_workbook_of_many_sheets_with_strays_is_read() -> None:
    workbook = Workbook()
    for number in range(6):
        sheet = workbook.create_sheet(f"Sheet {number} of us")
        sheet["A1"], sheet["XFD1048576"], sheet["B1048000"] = number, "stray", True
    found = places(read(files.saved(workbook), "a.xlsx"))
    wanted = [(f"{number}\n | True\n |  | stray", None, f"Sheet {number} of us", "table") for number in range(6)]
    assert found == wanted


@pytest.mark.parametrize("size", [b"", b'<dimension ref="A1"/>', b'<dimension ref="A1:XFD1048576"/>', GONE])
def test_a_size_that_is_told_wrongly_changes_nothing(size: bytes) -> None:
    body = altered(files.sheets(), SHEET, GONE, size)
    assert read(body, "p.xlsx").text == "Item | Price\nthing 0 | 0\nthing 1 | 1"
    far = altered(body, SHEET, b"</sheetData>", FAR)
    assert read(far, "p.xlsx").text == "Item | Price\nthing 0 | 0\nthing 1 | 1\n |  | 7"


def test_a_large_sheet_that_names_no_size_is_searched_for_strays_to_its_end() -> None:
    body = files.sheet_of([[f"some words {number}"] * 4 for number in range(12_000)])
    bare = altered(altered(body, SHEET, b'<dimension ref="A1:D12000"/>', b""), SHEET, b"</sheetData>", FAR)
    found = read(bare, "p.xlsx").text
    assert found.count("some words 11999") == 4
    assert found.endswith(" |  |  |  | 7")


def test_cells_that_name_no_place_are_moved_as_they_follow_one_another() -> None:
    bare = b"<row><c><v>1</v></c><c><v></v></c><c><v>3</v></c></row>" + FAR.replace(b' r="XFD1048576"', b"")
    body = altered(
        altered(files.sheets(), SHEET, GONE, b'<dimension ref="A1:XFD1048576"/>'), SHEET, b"</sheetData>", bare
    )
    assert read(body, "p.xlsx").text.endswith("thing 1 | 1\n1 |  | 3\n7")


def test_cells_far_apart_in_each_way_are_refused_with_a_sentence() -> None:
    with pytest.raises(ExtractionFailed, match="Its cells lie too far apart"):
        read(spread(4_000), "p.xlsx")


def spread(count: int) -> bytes:
    workbook = Workbook()
    for number in range(1, count + 1):
        workbook.active.cell(row=number * 4, column=number * 4, value=number)
    return files.saved(workbook)


def test_an_entity_in_a_sheet_that_is_moved_is_not_expanded() -> None:
    data = part_of(altered(files.sheets(), SHEET, b"</sheetData>", FAR), SHEET)
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
    told = b'<!DOCTYPE worksheet [<!ENTITY l0 "ha"><!ENTITY out SYSTEM "file:///etc/passwd">' + laughs + b"]>"
    for entity in (b"&l11;", b"&out;"):
        changed = told + data[data.index(b"<worksheet") :].replace(b"<v>7</v>", b"<v>" + entity + b"</v>")
        try:
            text = read(repacked(files.sheets(), {SHEET: changed}), "p.xlsx").text
        except ExtractionFailed as failed:
            text = failed.detail
        assert "haha" not in text
        assert "root:" not in text


def test_all_columns_are_read() -> None:
    found = read(files.sheet_of([[f"head {number}" for number in range(2_000)], list(range(2_000))]), "p.xlsx").text
    assert found.endswith(" | 1998 | 1999")
    assert found.count(" | ") == 2 * 1_999


def test_a_cell_merged_downwards_says_the_same_in_each_of_its_rows() -> None:
    def write(workbook: Any) -> None:
        sheet = workbook.add_worksheet()
        sheet.merge_range("C3:D3", "Over two")
        sheet.merge_range("C5:C8", "North")
        for row in (4, 5, 7):
            sheet.write(row, 3, f"place {row}")

    assert read(written(write), "a.xlsx").text == "Over two\nNorth | place 4\nNorth | place 5\nNorth | place 7"


def test_hidden_sheets_are_read_and_empty_ones_and_charts_are_not_missed() -> None:
    def write(workbook: Any) -> None:
        shown, hidden, deep, _, chart = (
            *(workbook.add_worksheet(name) for name in ("Näch & <außen>", "it's hidden", "deep.down", "empty")),
            workbook.add_chartsheet("A chart"),
        )
        for sheet in (shown, hidden, deep):
            sheet.write(0, 0, f"of {sheet.name}")
        hidden.hide()
        deep.very_hidden()
        line = workbook.add_chart({"type": "line"})
        line.add_series({"values": "=deep.down!$A$1:$A$1"})
        chart.set_chart(line)

    assert places(read(written(write), "a.xlsx")) == [
        (f"of {name}", None, name, "table") for name in ("Näch & <außen>", "it's hidden", "deep.down")
    ]


def test_remarks_and_boxes_of_text_are_read_with_their_sheet() -> None:
    def write(workbook: Any) -> None:
        first, second = workbook.add_worksheet("Plan"), workbook.add_worksheet("Costs")
        first.write("A1", "plan")
        second.write("B2", "costs")
        second.write_comment("B2", "Ask Ann\nabout these")
        second.insert_textbox("D4", "Without\nVAT")

    assert places(read(written(write), "a.xlsx")) == [
        ("plan", None, "Plan", "table"),
        ("costs", None, "Costs", "table"),
        ("B2: Ask Ann\nabout these\nWithout\nVAT", None, "Costs", "text"),
    ]


def test_a_thread_of_remarks_is_read_once() -> None:
    def write(workbook: Any) -> None:
        sheet = workbook.add_worksheet("Plan")
        sheet.write_comment("A1", "[Threaded comment] Your version of this program lets you read it. Is it so?")
        sheet.write_comment("A2", "An old one")

    thread = (
        b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        b'<threadedComment ref="A1"><text>Is it so?</text></threadedComment>'
        b'<threadedComment ref="A1"><text>It is.</text></threadedComment></ThreadedComments>'
    )
    related = (
        b'<Relationship Id="rIdT" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" '
        b'Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    )
    body = repacked(written(write), {"xl/threadedComments/threadedComment1.xml": thread})
    body = altered(body, "xl/worksheets/_rels/sheet1.xml.rels", b"</Relationships>", related)
    assert set(read(body, "a.xlsx").text.split("\n")) == {"A1: Is it so?", "A1: It is.", "A2: An old one"}

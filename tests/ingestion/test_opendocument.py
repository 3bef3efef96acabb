"""Texts, sheets and slides of OpenDocument: what stands on their pages, where, and what nobody sees."""

import pytest

from ingestion.errors import ExtractionFailed
from ingestion.extract.readers.numerals import letters, roman
from tests.ingestion import other_files
from tests.ingestion.other_files import odf, odp, ods, odt
from tests.ingestion.reading import places, read


def said(body: str, **more: str) -> str:
    return read(odt(body, **more), "a.odt").text


def test_headings_are_sections_and_a_table_is_a_part_of_its_own() -> None:
    found = read(odt(), "a.odt")
    assert found.title == "Travel policy"
    assert places(found) == [
        ("Travel\n\nBook trips early.", None, "Travel", "text"),
        ("Trains\n\nSecond class.", None, "Travel › Trains", "text"),
        ("City | Limit\nRiga | 90", None, "Travel › Trains", "table"),
    ]


def test_blanks_tabs_and_lines_of_a_paragraph_are_kept_and_those_of_the_markup_are_not() -> None:
    body = '<text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d\n   <text:span>e</text:span>f</text:p>'
    assert said(body) == "a  b\tc\nd ef"


def test_notes_and_remarks_stand_behind_the_paragraph_that_they_hang_on() -> None:
    body = "<text:note-body><text:p>Or by ship.</text:p></text:note-body>"
    note = f"<text:note><text:note-citation>1</text:note-citation>{body}</text:note>"
    remark = "<office:annotation><dc:creator>Ann</dc:creator><text:p>Really?</text:p></office:annotation>"
    assert said(f"<text:p>By train{note}, always{remark}.</text:p>").split("\n\n") == [
        "By train[1], always.",
        "[1] Or by ship.",
        "Ann: Really?",
    ]


NUMBERED = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
    'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
    '</text:list-style><text:list-style style:name="B"><text:list-level-style-bullet text:level="1"/></text:list-style>'
)


def test_points_of_lists_keep_their_numbers() -> None:
    inner = "<text:list><text:list-item><text:p>one a</text:p></text:list-item></text:list>"
    listed = (
        f'<text:list text:style-name="L"><text:list-item><text:p>one</text:p>{inner}</text:list-item>'
        "<text:list-item><text:p>two</text:p></text:list-item></text:list>"
        '<text:list text:style-name="B"><text:list-item><text:p>point</text:p></text:list-item></text:list>'
        '<text:list text:style-name="L" text:continue-numbering="true"><text:list-item><text:p>three</text:p>'
        "</text:list-item></text:list>"
    )
    assert said(listed, styles=NUMBERED).split("\n\n") == ["1. one", "a) one a", "2. two", "- point", "3. three"]


def test_headings_keep_the_numbers_of_the_outline() -> None:
    level = '<text:outline-level-style text:level="{}" style:num-format="1" text:display-levels="{}"/>'
    levels = level.format(1, 1) + level.format(2, 2)
    named = f"<office:styles><text:outline-style>{levels}</text:outline-style></office:styles>"
    body = "".join(
        f'<text:h text:outline-level="{depth}">{name}</text:h>' for depth, name in ((1, "A"), (2, "B"), (2, "C"))
    )
    assert said(body, named=named).split("\n\n") == ["1 A", "1.1 B", "1.2 C"]


def test_pictures_say_what_is_said_of_them_and_boxes_what_is_in_them() -> None:
    picture = (
        "<draw:frame><draw:image/><svg:title>Map</svg:title><svg:desc>The way to the station</svg:desc></draw:frame>"
    )
    box = "<draw:frame><draw:text-box><text:p>In a box</text:p></draw:text-box></draw:frame>"
    assert said(f"<text:p>See{picture}{box}.</text:p>").split("\n\n") == [
        "See.",
        "Map",
        "The way to the station",
        "In a box",
    ]


def test_a_chart_says_its_words() -> None:
    words = "<text:p>Trips a year</text:p><text:p>2024</text:p>"
    chart = f"<office:document-content {other_files.SPACES}>{words}</office:document-content>"
    body = '<text:p>See<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p>'
    assert said(body, **{"Object 1/content.xml": chart}) == "See\n\nTrips a year\n2024"


def test_what_was_struck_out_is_not_said() -> None:
    gone = "<text:tracked-changes><text:deletion><text:p>gone</text:p></text:deletion></text:tracked-changes>"
    assert said(f"{gone}<text:p>kept</text:p>") == "kept"


def test_hidden_text_is_read_apart() -> None:
    hides = '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    section = '<text:section text:display="none"><text:p>a hidden section</text:p></text:section>'
    found = read(
        odt(f'<text:p>seen <text:span text:style-name="H">unseen</text:span></text:p>{section}', styles=hides), "a.odt"
    )
    told = [(found.text[part.start : part.end], part.hidden) for part in found.parts]
    assert told == [("seen", False), ("unseen", True), ("a hidden section", True)]


def test_heads_and_feet_are_said_once() -> None:
    pages = (
        "<office:master-styles>"
        + "<style:header><text:p>Secret plan</text:p></style:header>" * 2
        + "</office:master-styles>"
    )
    assert said("<text:p>text</text:p>", named=pages) == "text\n\nSecret plan"


def test_a_merged_cell_says_the_same_in_each_place() -> None:
    cell, row = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>", "<table:table-row>{}</table:table-row>"
    high, wide = (
        cell.format(' table:number-rows-spanned="2"', "a"),
        cell.format(' table:number-columns-spanned="2"', "b"),
    )
    covered = "<table:covered-table-cell/>"
    rows = row.format(high + wide + covered) + row.format(covered + cell.format("", "c") + cell.format("", "d"))
    table = f"<table:table>{rows}</table:table>"
    assert said(table) == "a | b | b\na | c | d"


CELL = '<table:table-cell office:value-type="{}" {}>{}</table:table-cell>'


def cells(*told: tuple[str, str, str]) -> str:
    made = "".join(
        CELL.format(kind, values, f"<text:p>{shown}</text:p>" if shown else "") for kind, values, shown in told
    )
    return f"<table:table-row>{made}</table:table-row>"


def test_cells_are_read_as_they_look() -> None:
    row = cells(
        ("percentage", 'office:value="0.075"', "7.5%"),
        ("currency", 'office:value="1234.5" office:currency="USD"', "$1,234.50"),
        ("float", 'office:value="42"', "00042"),
        ("date", 'office:date-value="2024-01-05"', "05/01/24"),
        ("date", 'office:date-value="2024-01-05T13:30:00"', "5 Jan"),
        ("time", 'office:time-value="PT13H30M00S"', "01:30 PM"),
        ("time", 'office:time-value="PT00H30M05S"', "30:05"),
        ("boolean", 'office:boolean-value="true"', "TRUE"),
    )
    assert read(ods(row), "a.ods").text == (
        "7.5% | $1,234.50 | 00042 | 2024-01-05 | 2024-01-05 13:30:00 | 13:30:00 | 30:05 | TRUE"
    )


def test_values_that_nobody_wrote_out_are_told_all_the_same() -> None:
    row = cells(
        ("percentage", 'office:value="0.5"', ""),
        ("currency", 'office:value="3" office:currency="EUR"', ""),
        ("float", 'office:value="2.50"', ""),
        ("string", 'office:string-value="x"', ""),
        ("boolean", 'office:boolean-value="true"', ""),
    )
    assert read(ods(row), "a.ods").text == "50% | 3 EUR | 2.5 | x | TRUE"


def test_hidden_rows_columns_and_sheets_are_read_apart() -> None:
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    row = f"<table:table-row{{}}>{cell}{cell}</table:table-row>"
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    rows = row.format("", "a", "b") + row.format(' table:visibility="filter"', "c", "d")
    hides = (
        '<style:style style:name="T" style:family="table"><style:table-properties table:display="false"/></style:style>'
    )
    sheets = (
        f'<table:table table:name="One">{columns}{rows}</table:table>'
        f'<table:table table:name="Two" table:style-name="T">{row.format("", "e", "f")}</table:table>'
    )
    found = read(odf("spreadsheet", sheets, styles=hides), "a.ods")
    told = [(found.text[part.start : part.end], part.section, part.hidden) for part in found.parts]
    assert told == [("a", "One", False), ("a | b\nc | d", "One", True), ("e | f", "Two", True)]


def test_remarks_on_cells_name_their_cell_and_boxes_are_read() -> None:
    remark = "<office:annotation><dc:creator>Ann</dc:creator><text:p>too high</text:p></office:annotation>"
    shapes = (
        "<table:shapes><draw:frame><draw:text-box><text:p>A box</text:p></draw:text-box></draw:frame></table:shapes>"
    )
    cell = f"<table:table-cell>{remark}<text:p>5</text:p></table:table-cell>"
    row = f"<table:table-row><table:table-cell/>{cell}</table:table-row>"
    assert read(ods(shapes + row), "a.ods").text == "5\n\nB1: Ann: too high\nA box"


def test_cells_that_lie_far_apart_are_moved_together() -> None:
    gap = '<table:table-cell table:number-columns-repeated="9000"/>'
    rows = cells(("string", "", "a")).replace(
        "</table:table-row>", f"{gap}{CELL.format('string', '', '<text:p>b</text:p>')}</table:table-row>"
    )
    far = '<table:table-row table:number-rows-repeated="900000"/>'
    assert read(ods(rows + far + cells(("string", "", "c"))), "a.ods").text == "a | b\nc"


def test_what_is_merged_downwards_is_said_in_each_row() -> None:
    spans = 'table:number-columns-spanned="1" table:number-rows-spanned="2"'
    high = f"<table:table-cell {spans}><text:p>North</text:p></table:table-cell>"
    other = [CELL.format("string", "", f"<text:p>{name}</text:p>") for name in "ab"]
    rows = f"<table:table-row>{high}{other[0]}</table:table-row>"
    rows += f"<table:table-row><table:covered-table-cell/>{other[1]}</table:table-row>"
    assert read(ods(rows), "a.ods").text == "North | a\nNorth | b"


def test_a_slide_is_a_page_with_its_title_and_its_notes() -> None:
    assert places(read(odp(), "a.odp")) == [
        ("Plan\nGrow slowly\nSay this calmly", 1, "Plan", "text"),
        ("Risks", 2, "Risks", "text"),
    ]


def test_tables_groups_and_hidden_slides() -> None:
    hides = (
        '<style:style style:name="dp1" style:family="drawing-page"><style:drawing-page-properties '
        'presentation:visibility="hidden"/></style:style>'
    )
    table = f"<draw:frame><table:table>{cells(('string', '', 'a'), ('string', '', 'b'))}</table:table></draw:frame>"
    group = "<draw:g><draw:custom-shape><text:p>grouped</text:p></draw:custom-shape></draw:g>"
    found = read(odp(f'<draw:page draw:style-name="dp1">{group}{table}</draw:page>', styles=hides), "a.odp")
    told = [(found.text[part.start : part.end], part.page, part.form, part.hidden) for part in found.parts]
    assert told == [("grouped", 1, "text", True), ("a | b", 1, "table", True)]


def test_a_password_is_told() -> None:
    with pytest.raises(ExtractionFailed, match="protected by a password"):
        read(odt(**{"META-INF/manifest.xml": "<a><manifest:encryption-data/></a>"}), "a.odt")


@pytest.mark.parametrize(
    ("number", "shown"), [(1, "a i"), (4, "d iv"), (26, "z xxvi"), (27, "aa xxvii"), (52, "zz lii"), (0, "0 0")]
)
def test_letters_and_roman_numbers(number: int, shown: str) -> None:
    assert f"{letters(number)} {roman(number)}" == shown

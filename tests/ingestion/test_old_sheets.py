"""Spreadsheets of before 2007: cells as they look, what is hidden apart, merges, dates."""

import io
from datetime import UTC, date, datetime, time

import xlwt

from tests.ingestion.other_files import xls
from tests.ingestion.reading import places, read


def test_a_sheet_is_a_section_and_a_table() -> None:
    assert places(read(xls(), "a.xls")) == [("Item | Price\nthing 0 | 0\nthing 1 | 1", None, "Prices", "table")]


def test_cells_are_read_as_they_look() -> None:
    row = (
        0.075,
        42,
        1234.5,
        date(2024, 1, 5),
        datetime(2024, 1, 5, 13, 30, tzinfo=UTC).replace(tzinfo=None),
        time(13, 30),
        True,
        1.2208 / 24 * 24 / 24,
    )
    formats = {0: "0.0%", 1: "00000", 2: '"$"#,##0.00', 5: "h:mm AM/PM", 7: "[h]:mm:ss"}
    assert read(xls([row], formats=formats), "a.xls").text == (
        "7.5% | 00042 | $1,234.50 | 2024-01-05 | 2024-01-05 13:30:00 | 13:30:00 | True | 1:13:15"
    )


def test_hidden_rows_and_columns_are_read_apart() -> None:
    found = read(xls([("a", "b"), ("c", "d")], hidden_rows=[1], hidden_columns=[1]), "a.xls")
    told = [(found.text[part.start : part.end], part.hidden) for part in found.parts]
    assert told == [("a", False), ("a | b\nc | d", True)]


def test_a_hidden_sheet_is_read_apart() -> None:
    workbook = xlwt.Workbook()
    for name, visibility in (("Shown", 0), ("Unseen", 1)):
        sheet = workbook.add_sheet(name)
        sheet.write(0, 0, name)
        sheet.visibility = visibility
    made = io.BytesIO()
    workbook.save(made)
    found = read(made.getvalue(), "a.xls")
    assert [(part.section, part.hidden) for part in found.parts] == [("Shown", False), ("Unseen", True)]


def test_what_is_merged_downwards_is_said_in_each_row() -> None:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("x")
    sheet.write_merge(0, 1, 0, 0, "North")
    for row, said in enumerate("ab"):
        sheet.write(row, 1, said)
    made = io.BytesIO()
    workbook.save(made)
    assert read(made.getvalue(), "a.xls").text == "North | a\nNorth | b"

"""Cells as people see them, and what a workbook, a deck or a document hides."""

from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from openpyxl import Workbook
from pptx import Presentation

from ingestion.extract import Extraction
from ingestion.extract.readers.office.number_formats import shown_by
from tests.ingestion import files
from tests.ingestion.reading import read
from tests.ingestion.test_sheets import written

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("0.0%", 0.075, "7.5%"),
        ("0%", 0.075, "8%"),
        ("00000", 42, "00042"),
        ('"$"#,##0.00', 1234.5, "$1,234.50"),
        ("[$€-407] #,##0.00", 1234.5, "€ 1,234.50"),
        ('#,##0.00\\ "€"', -1234.5, "-1,234.50 €"),
        ('"$"#,##0_);("$"#,##0)', -1234.5, "($1,235)"),
        ("#,##0.00;[Red]-#,##0.00", -0.5, "-0.50"),
        ("0.00", 2.675, "2.68"),
        ("0.00", -0.001, "0.00"),
        ("0.##", 2.5, "2.5"),
        ("0.##", 2, "2"),
        ("000-00-0000", 123456789, "123-45-6789"),
        ("0.00E+00", 12345, "1.23E+04"),
        ('0.0,,"M"', 1_250_000, "1.3M"),
        ("0", 4111111111111111, "4111111111111111"),
        ('0 "kg";-0 "kg";"none"', 0, "none"),
        ("[h]:mm", 1.25, "30:00"),
        ("[h]:mm:ss", 1.5, "36:00:00"),
        ("[mm]:ss", 1805 / 86_400, "30:05"),
        ("mm:ss", 1805 / 86_400, "30:05"),
    ],
)
def test_a_number_looks_as_its_format_says(code: str, value: float, shown: str) -> None:
    show = shown_by(code)
    assert show is not None
    assert show(value) == shown


@pytest.mark.parametrize(
    "code", ["", "General", "yyyy-mm-dd", "h:mm", "# ?/?", "[>=100]0.0;0", "@", '"' * 300, "0" * 300]
)
def test_of_other_formats_nothing_is_claimed(code: str) -> None:
    assert shown_by(code) is None


def test_cells_of_a_sheet_look_as_in_the_program_by_which_it_was_made() -> None:
    workbook = Workbook()
    sheet = workbook.active
    told = [(0.075, "0.0%"), (42, "00000"), (1234.5, '"$"#,##0.00'), (4111111111111111, "General"), (0.1, "General")]
    sheet["C2"] = "Rate"
    for column, (value, code) in enumerate(told, start=4):
        sheet.cell(row=3, column=column, value=value).number_format = code
    assert read(files.saved(workbook), "a.xlsx").text == "Rate\n | 7.5% | 00042 | $1,234.50 | 4111111111111111 | 0.1"


def test_formulas_and_many_rows_look_so_too() -> None:
    def write(workbook: Any) -> None:
        sheet, percent = workbook.add_worksheet(), workbook.add_format({"num_format": "0.0%"})
        sheet.write_row(0, 0, ["n", "rate", "all"])
        for row in range(1, 30_000):
            sheet.write(row, 0, row)
            sheet.write(row, 1, row / 1_000, percent)
            sheet.write_formula(row, 2, "=B2", percent, 0.5)

    found = read(written(write), "a.xlsx").text.split("\n")
    assert [line for line in found if line.startswith("29999 |")] == ["29999 | 2999.9% | 50.0%"]
    assert len([line for line in found if line.endswith("| 50.0%")]) == 29_999


def shown_and_hidden(found: Extraction) -> tuple[list[str], list[str]]:
    texts = [(found.text[part.start : part.end], part.hidden) for part in found.parts]
    return [text for text, hidden in texts if not hidden], [text for text, hidden in texts if hidden]


def of_rows(change: Callable[[Any], None]) -> tuple[list[str], list[str]]:
    workbook = Workbook()
    for row in [["Name", "Pay", "Town"], ["Ann", 10, "Riga"], ["Bob", 20, "Ulm"]]:
        workbook.active.append(row)
    change(workbook)
    return shown_and_hidden(read(files.saved(workbook), "a.xlsx"))


def test_a_hidden_row_column_or_sheet_is_read_apart() -> None:
    def hide_row(workbook: Any) -> None:
        workbook.active.row_dimensions[2].hidden = True

    def hide_column(workbook: Any) -> None:
        workbook.active.column_dimensions["B"].hidden = True

    def hide_sheet(workbook: Any) -> None:
        sheet = workbook.create_sheet("Secret")
        sheet["A1"], sheet.sheet_state = "kept apart", "hidden"

    def hide_row_of_far_cells(workbook: Any) -> None:
        hide_row(workbook)
        workbook.active["A1048576"] = "far"

    assert of_rows(hide_row) == (["Name | Pay | Town\nBob | 20 | Ulm"], ["Ann | 10 | Riga"])
    assert of_rows(hide_row_of_far_cells) == (["Name | Pay | Town\nBob | 20 | Ulm\nfar"], ["Ann | 10 | Riga"])
    assert of_rows(hide_column) == (["Name | Town\nAnn | Riga\nBob | Ulm"], ["Name | Pay\nAnn | 10\nBob | 20"])
    assert of_rows(hide_sheet) == (["Name | Pay | Town\nAnn | 10 | Riga\nBob | 20 | Ulm"], ["kept apart"])


def test_a_hidden_slide_is_read_apart() -> None:
    deck = Presentation()
    for title in ("Shown", "Kept back"):
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = title
    deck.slides[1]._element.set("show", "0")
    assert shown_and_hidden(read(files.saved(deck), "a.pptx")) == (["Shown"], ["Kept back"])


@pytest.mark.parametrize(("mark", "is_hidden"), [("<w:vanish/>", True), ('<w:vanish w:val="0"/>', False)])
def test_hidden_text_of_word_is_read_apart(mark: str, is_hidden: bool) -> None:
    document = Document()
    run = f"<w:r><w:rPr>{mark}</w:rPr><w:t>obey me</w:t></w:r>"
    document.element.body.insert(
        0, parse_xml(f"<w:p {W}><w:r><w:t>It is </w:t></w:r>{run}<w:r><w:t>.</w:t></w:r></w:p>")
    )
    found = shown_and_hidden(read(files.saved(document), "a.docx"))
    assert found == ((["It is ."], ["obey me"]) if is_hidden else (["It is obey me."], []))

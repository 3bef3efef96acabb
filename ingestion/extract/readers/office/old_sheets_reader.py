"""Spreadsheets of before 2007: each sheet a section, its rows a table, cells as people see them.

What is hidden of a sheet stands behind what is shown of it, by the rule of docs/decisions/0240.
"""

import io
import struct
from collections.abc import Callable, Iterator
from typing import Any

import olefile
import xlrd
from xlrd.biffh import error_text_from_code

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.office.number_formats import Shown, shown_by
from ingestion.extract.readers.office.packages import explained
from ingestion.extract.readers.office.sheets_reader import shown_number
from ingestion.extract.readers.tables import table_pieces
from ingestion.extract.readers.titles import given_title

BROKEN = "It is broken: the format of spreadsheets is not kept to. Open it where it was made and save it anew."
LOCKED = "It is protected by a password. Save it anew without one."
SUMMARY = "\x05SummaryInformation"

MIDNIGHT = " 00:00:00"
ERRORS = (xlrd.XLRDError, xlrd.compdoc.CompDocError, struct.error, AssertionError, ArithmeticError)


class Nowhere(io.StringIO):
    """The library tells of oddities line by line; nobody listens."""

    def write(self, told: str) -> int:
        return len(told)


def read(body: bytes) -> Extraction:
    with explained(BROKEN, *ERRORS):
        try:
            workbook = xlrd.open_workbook(
                file_contents=body, formatting_info=True, on_demand=True, ragged_rows=True, logfile=Nowhere()
            )
        except xlrd.XLRDError as error:
            raise Unreadable(LOCKED if "encrypted" in str(error).lower() else BROKEN) from error
        return join_pieces(_pieces(workbook), title=_title(body))


def _title(body: bytes) -> str:
    """As its properties name it, in the encoding that they name; none where they are torn."""
    with olefile.OleFileIO(body) as compound:
        try:
            about = compound.get_metadata()
            told = about.title or b""
            return given_title(told.decode(f"cp{about.codepage or 1252}"))
        except (OSError, ValueError, LookupError, AttributeError, TypeError, struct.error):
            return ""


def _pieces(workbook: Any) -> Iterator[TextPiece]:
    shows = Cells(workbook)
    for number in range(workbook.nsheets):
        sheet = workbook.sheet_by_index(number)
        hidden, apart = bool(sheet.visibility), list[list[str]]()
        yield from table_pieces(_shown_rows(sheet, shows, apart), section=sheet.name, hidden=hidden)
        yield from table_pieces(apart, section=sheet.name, hidden=True)
        yield TextPiece("\n".join(_remarks(sheet)), section=sheet.name, hidden=hidden)
        workbook.unload_sheet(number)


def _shown_rows(sheet: Any, shows: "Cells", apart: list[list[str]]) -> Iterator[list[str]]:
    """Whole rows that are hidden go `apart`; of hidden columns so do the cells, each behind the first cell of its row
    that is shown, so that it can be told whose they are."""
    hidden_rows = {number for number, row in sheet.rowinfo_map.items() if row.hidden}
    hidden_columns = {number for number, column in sheet.colinfo_map.items() if column.hidden}
    merged = _merged_downwards(sheet)
    above: dict[int, tuple[int, str]] = {}
    for number in range(sheet.nrows):
        cells = shows.row(sheet, number)
        if merged and any(cells):
            for column, (end, text) in above.items():
                if number < end:
                    cells += [""] * (column + 1 - len(cells))
                    cells[column] = cells[column] or text
            above |= {column: (end, cells[column]) for column, end in merged.get(number, ()) if column < len(cells)}
        if number in hidden_rows:
            apart.append(cells)
        elif not hidden_columns:
            yield cells
        else:
            shown = [cell for column, cell in enumerate(cells) if column not in hidden_columns]
            kept = [cell for column, cell in enumerate(cells) if column in hidden_columns]
            if any(kept):
                apart.append([*shown[:1], *kept])
            yield shown


def _merged_downwards(sheet: Any) -> dict[int, list[tuple[int, int]]]:
    """By the first row, the column of what is merged with cells below it, and the row behind its last."""
    merged: dict[int, list[tuple[int, int]]] = {}
    for top, end, column, _ in sheet.merged_cells:
        if end - top > 1:
            merged.setdefault(top, []).append((column, end))
    return merged


def _remarks(sheet: Any) -> Iterator[str]:
    for row, column in sorted(sheet.cell_note_map):
        note = sheet.cell_note_map[row, column]
        if text := (note.text or "").replace("\r", "\n").strip():
            yield f"{xlrd.colname(column)}{row + 1}: {text}"


class Cells:
    """How the cells of a workbook look; a format is looked at once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._formats: dict[int, Shown | None] = {}
        self._by_type: dict[int, Callable[[Any, int], str]] = {
            xlrd.XL_CELL_NUMBER: self._number,
            xlrd.XL_CELL_DATE: self._date,
            xlrd.XL_CELL_BOOLEAN: lambda value, _: str(bool(value)),
            xlrd.XL_CELL_ERROR: lambda value, _: error_text_from_code.get(value, "#N/A"),
        }

    def row(self, sheet: Any, number: int) -> list[str]:
        values: list[Any] = sheet.row_values(number)
        types = sheet.row_types(number)
        for column, (value, kind) in enumerate(zip(values, types, strict=True)):
            if shows := self._by_type.get(kind):
                values[column] = shows(value, sheet.cell_xf_index(number, column))
        return values

    def _number(self, value: float, style: int) -> str:
        show = self._shown_by(style)
        try:
            return show(value) if show else shown_number(value)
        except (ValueError, OverflowError):
            return str(value)

    def _date(self, value: float, style: int) -> str:
        """Hours that run on beyond a day are told by their format, other times and days as ISO has them."""
        if show := self._shown_by(style):
            return show(value)
        try:
            told = xlrd.xldate_as_datetime(value, self._workbook.datemode)
        except (ValueError, OverflowError):
            return shown_number(value)
        return f"{told:%H:%M:%S}" if 0 <= value < 1 else str(told).removesuffix(MIDNIGHT)

    def _shown_by(self, style: int) -> Shown | None:
        if style not in self._formats:
            self._formats[style] = self._format(style)
        return self._formats[style]

    def _format(self, style: int) -> Shown | None:
        styles, formats = self._workbook.xf_list, self._workbook.format_map
        if not 0 <= style < len(styles) or styles[style].format_key not in formats:
            return None
        return shown_by(formats[styles[style].format_key].format_str or "")

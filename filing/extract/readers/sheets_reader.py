"""Spreadsheets: each sheet a section, its rows a table, as last calculated."""

import io
from collections.abc import Iterator
from itertools import count
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from filing.extract.base import Extraction, Piece, Unreadable, join_pieces
from filing.extract.readers.packages import explained
from filing.extract.readers.tables import table_pieces

BROKEN = "It is broken: the format of spreadsheets is not kept to. Open it where it was made and save it anew."
MAX_COLUMNS = 500
MAX_ROWS = 2_000_000


def read(body: bytes) -> Extraction:
    with explained(BROKEN, InvalidFileException):
        workbook = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        return join_pieces(_pieces(workbook), title=(workbook.properties.title or "").strip())


def _pieces(workbook: Any) -> Iterator[Piece]:
    numbers = count(1)
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
        yield from table_pieces(_rows(sheet, numbers), section=sheet.title)


def _rows(sheet: Any, numbers: Iterator[int]) -> Iterator[list[str]]:
    """Of all sheets MAX_ROWS together: a file names one far below, and all that are empty above it come, too."""
    for row in sheet.iter_rows(values_only=True):
        if next(numbers) > MAX_ROWS:
            raise Unreadable(f"It has more than {MAX_ROWS:,} rows, empty ones with them. Hand it in in parts.")
        yield [_shown(cell) for cell in row[:MAX_COLUMNS]]


def _shown(value: Any) -> str:
    return "" if value is None else str(value)

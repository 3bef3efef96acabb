"""Spreadsheets: each sheet a section, its rows a table, as last calculated."""

import io
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

from lxml.etree import XMLParser, fromstring
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from filing.extract.base import Extraction, Piece, Unreadable, join_pieces
from filing.extract.readers.packages import explained
from filing.extract.readers.tables import table_pieces

BROKEN = "It is broken: the format of spreadsheets is not kept to. Open it where it was made and save it anew."
MAX_COLUMNS = 500
MAX_ROWS = 2_000_000
EXACT = 1e15
"""Up to here the format keeps each digit."""

PROPERTIES = "docProps/core.xml"
TITLE = "{http://purl.org/dc/elements/1.1/}title"


def read(body: bytes) -> Extraction:
    with explained(BROKEN, CalamineError):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
        return join_pieces(_pieces(workbook), title=_title(body))


def _pieces(workbook: CalamineWorkbook) -> Iterator[Piece]:
    left = MAX_ROWS
    for about in workbook.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(about.name)
        left -= sheet.height  # a file names one far below, and all that are empty above it come, too
        if left < 0:
            raise Unreadable(f"It has more than {MAX_ROWS:,} rows, empty ones with them. Hand it in in parts.")
        yield from table_pieces(map(_cells, sheet.iter_rows()), section=about.name)


def _cells(row: list[Any]) -> list[str]:
    """As people see them. All rows come as wide as the widest; nobody misses the empty ends."""
    cells = [cell if type(cell) is str else _shown(cell) for cell in row[:MAX_COLUMNS]]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _shown(value: Any) -> str:
    """A number without the fraction that it does not have: the format knows no whole ones."""
    whole = type(value) is float and value.is_integer() and abs(value) < EXACT
    return str(int(value) if whole else value)


def _title(body: bytes) -> str:
    with ZipFile(io.BytesIO(body)) as archive:
        if PROPERTIES not in archive.namelist():
            return ""
        about = fromstring(archive.read(PROPERTIES), XMLParser(resolve_entities=False))
    return (about.findtext(TITLE) or "").strip()

"""Spreadsheets: each sheet a section, its rows a table, as last calculated."""

import io
from collections.abc import Iterator, Mapping
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.office.far_cells import move_together
from ingestion.extract.readers.office.packages import explained, parse_part
from ingestion.extract.readers.office.sheet_remarks import remarks_of
from ingestion.extract.readers.tables import table_pieces

BROKEN = "It is broken: the format of spreadsheets is not kept to. Open it where it was made and save it anew."
MAX_ROWS = 2_000_000
EXACT = 1e15
"""Up to here the format keeps each digit."""

PROPERTIES = "docProps/core.xml"
TITLE = "{http://purl.org/dc/elements/1.1/}title"


def read(body: bytes) -> Extraction:
    with explained(BROKEN, CalamineError), ZipFile(io.BytesIO(body)) as archive:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(move_together(body, archive)))
        return join_pieces(_pieces(workbook, remarks_of(archive)), title=_title(archive))


def _pieces(workbook: CalamineWorkbook, remarks: Mapping[str, list[str]]) -> Iterator[TextPiece]:
    left = MAX_ROWS
    for about in workbook.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(about.name)
        left -= sheet.height  # a file names one far below, and all that are empty above it come, too
        if left < 0:
            raise Unreadable(f"It has more than {MAX_ROWS:,} rows, empty ones with them. Upload it in parts.")
        yield from table_pieces(map(_cells, _rows(sheet)), section=about.name)
        yield TextPiece("\n".join(remarks.get(about.name, ())), section=about.name)


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """What is merged with cells below it is said in each of their rows. Columns begin with the first used one."""
    _, left = sheet.start or (0, 0)
    merged: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        if bottom > top and left <= column < left + sheet.width:
            merged.setdefault(top, []).append((column - left, bottom))
    if not merged:
        yield from sheet.iter_rows()
        return
    above: dict[int, tuple[int, Any]] = {}
    for number, row in enumerate(sheet.iter_rows()):
        if any(cell != "" for cell in row):
            for column, (bottom, value) in above.items():
                row[column] = value if number <= bottom else row[column]
        above |= {column: (bottom, row[column]) for column, bottom in merged.get(number, ())}
        yield row


def _cells(row: list[Any]) -> list[str]:
    """As people see them."""
    return [cell if type(cell) is str else _shown(cell) for cell in row]


def _shown(value: Any) -> str:
    """A number without the fraction that it does not have, for the format knows no whole ones, and to 15 digits."""
    if type(value) is not float:
        return str(value)
    return str(int(value)) if value.is_integer() and abs(value) < EXACT else f"{value:.15g}"


def _title(archive: ZipFile) -> str:
    if PROPERTIES not in archive.namelist():
        return ""
    return (parse_part(archive, PROPERTIES).findtext(TITLE) or "").strip()

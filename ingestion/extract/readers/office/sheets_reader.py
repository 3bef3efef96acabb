"""Spreadsheets: each sheet a section, its rows a table, as last calculated."""

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.office.far_cells import move_together
from ingestion.extract.readers.office.packages import explained, opened, parse_part
from ingestion.extract.readers.office.sheet_looks import HIDDEN, Look, SheetLooks, formats_of, looks_of
from ingestion.extract.readers.office.sheet_remarks import remarks_of
from ingestion.extract.readers.office.workbook_parts import sheet_paths
from ingestion.extract.readers.tables import table_pieces
from ingestion.extract.readers.titles import given_title

BROKEN = "It is broken: the format of spreadsheets is not kept to. Open it where it was made and save it anew."
MAX_ROWS = 2_000_000
EXACT = 2**53
"""Up to here each whole number is kept."""
MOST_COLUMNS = 16_384

PROPERTIES = "docProps/core.xml"
TITLE = "{http://purl.org/dc/elements/1.1/}title"

Merged = Mapping[int, list[tuple[int, int]]]
"""By its first row, the column of what is merged downwards, and its last row."""

NO_LOOKS = SheetLooks(frozenset(), iter(()))


def read(body: bytes) -> Extraction:
    with explained(BROKEN, CalamineError):
        body = opened(body).getvalue()
    with explained(BROKEN, CalamineError), ZipFile(io.BytesIO(body)) as archive:
        moved = move_together(body, archive)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(moved))
        looked_at = archive if moved is body else ZipFile(io.BytesIO(moved))
        return join_pieces(_pieces(workbook, looked_at), title=_title(archive))


def _pieces(workbook: CalamineWorkbook, archive: ZipFile) -> Iterator[TextPiece]:
    """What is hidden of a sheet stands behind what is shown of it."""
    left, names = MAX_ROWS, frozenset(archive.namelist())
    paths, formats = sheet_paths(archive, names), formats_of(archive, names)
    remarks = remarks_of(archive, paths, names)
    for about in workbook.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(about.name)
        left -= sheet.height  # a file names one far below, and all that are empty above it come, too
        if left < 0:
            raise Unreadable(f"It has more than {MAX_ROWS:,} rows, empty ones with them. Upload it in parts.")
        looks = looks_of(archive, paths[about.name], formats, width=MOST_COLUMNS) if about.name in paths else NO_LOOKS
        apart, hidden = list[list[str]](), about.visible != SheetVisibleEnum.Visible
        yield from table_pieces(_shown_rows(sheet, looks, apart), section=about.name, hidden=hidden)
        yield from table_pieces(apart, section=about.name, hidden=True)
        yield TextPiece("\n".join(remarks.get(about.name, ())), section=about.name, hidden=hidden)


def _shown_rows(sheet: CalamineSheet, looks: SheetLooks, apart: list[list[str]]) -> Iterator[list[str]]:
    """As people see them. Whole rows that are hidden go `apart`; of hidden columns so do the cells, each behind the
    first cell of its row that is shown, so that it can be told whose they are."""
    _, left = sheet.start or (0, 0)
    look, merged = next(looks.by_row, None), _merged_downwards(sheet, left)
    if look is None and not merged and not looks.hidden_columns:
        yield from map(_cells, sheet.iter_rows())
        return
    hidden = {column - left for column in looks.hidden_columns}
    for row, is_hidden in _rows(sheet, chain([look] if look else [], looks.by_row), merged, left=left):
        cells = _cells(row)
        if is_hidden:
            apart.append(cells)
        elif not hidden:
            yield cells
        else:
            shown = [cell for number, cell in enumerate(cells) if number not in hidden]
            kept = [cell for number, cell in enumerate(cells) if number in hidden]
            if any(kept):
                apart.append([*shown[:1], *kept])
            yield shown


def _rows(
    sheet: CalamineSheet, looks: Iterator[tuple[int, list[Look]]], merged: Merged, *, left: int
) -> Iterator[tuple[list[Any], bool]]:
    """Each with whether it is hidden. What is merged with cells below it is said in each of their rows. Columns begin
    with the first used one."""
    above: dict[int, tuple[int, Any]] = {}
    look = next(looks, None)
    for number, row in enumerate(sheet.iter_rows()):
        is_hidden = False
        while look is not None and look[0] <= number + 1:
            if look[0] == number + 1:
                is_hidden = _put_on(row, look[1], left=left)
            look = next(looks, None)
        if merged:
            if any(cell != "" for cell in row):
                for column, (bottom, value) in above.items():
                    row[column] = value if number <= bottom else row[column]
            above |= {column: (bottom, row[column]) for column, bottom in merged.get(number, ())}
        yield row, is_hidden


def _merged_downwards(sheet: CalamineSheet, left: int) -> Merged:
    merged: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        if bottom > top and left <= column < left + sheet.width:
            merged.setdefault(top, []).append((column - left, bottom))
    return merged


def _put_on(row: list[Any], looks: Sequence[Look], *, left: int) -> bool:
    """The cells as they look; whether the row is hidden."""
    is_hidden = False
    for _, column, shown in looks:
        if column == HIDDEN:
            is_hidden = True
        elif 0 <= column - left < len(row) and row[column - left] != "":
            row[column - left] = shown
    return is_hidden


def _cells(row: list[Any]) -> list[str]:
    """As people see them."""
    return [cell if type(cell) is str else shown_number(cell) for cell in row]


def shown_number(value: Any) -> str:
    """A number without the fraction that it does not have, for the format knows no whole ones, and to 15 digits."""
    if type(value) is not float:
        return str(value)
    return str(int(value)) if value.is_integer() and abs(value) < EXACT else f"{value:.15g}"


def _title(archive: ZipFile) -> str:
    if PROPERTIES not in archive.namelist():
        return ""
    return given_title(parse_part(archive, PROPERTIES).findtext(TITLE) or "")

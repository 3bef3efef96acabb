"""Spreadsheets of OpenDocument: each sheet a section, its rows a table, cells as people see them.

What is hidden of a sheet stands behind what is shown of it, by the rule of docs/decisions/0240.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.opendocument.cells import shown_value
from ingestion.extract.readers.opendocument.flow import (
    BROAD,
    HIGH,
    NUMBER_COLUMNS,
    NUMBER_ROWS,
    Flow,
    frame_texts,
    rows_of,
    span,
)
from ingestion.extract.readers.opendocument.names import CELL, COLUMN, COVERED, FRAME, GRID, REMARK, TABLE
from ingestion.extract.readers.opendocument.packages import Package, opened
from ingestion.extract.readers.opendocument.styles import Styles
from ingestion.extract.readers.outline import Outline
from ingestion.extract.readers.tables import table_pieces

BROKEN = "It is broken: the format of OpenDocument is not kept to. Open it where it was made and save it anew."
MAX_ROWS = 2_000_000
MOST_CELLS = 10_000_000
MOST_COLUMNS = 16_384
NEAR = 500
"""So many columns are laid out, empty ones with them; of wider sheets those that are used."""

SPREAD = "Its cells lie too far apart, in rows and in columns. Take out those that are far from the others."
UNSEEN = ("collapse", "filter")

Row = dict[int, str]
"""What is in the columns, counted from 0, that hold something."""


@dataclass
class Sheet:
    """Rows that hold something, each with whether it is hidden; hidden columns; remarks, and what is drawn."""

    name: str
    rows: list[tuple[Row, bool]] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)


def read(body: bytes) -> Extraction:
    with opened(body, broken=BROKEN) as package:
        return join_pieces(_pieces(package), title=package.title)


def _pieces(package: Package) -> Iterator[TextPiece]:
    styles, left = Styles(package), MAX_ROWS
    flow = Flow(package, styles, Outline())
    for grid in package.body.iterchildren(GRID):
        sheet = _sheet(package, flow, grid, left)
        left -= len(sheet.rows)
        is_hidden = styles.hides("table", grid.get(f"{TABLE}style-name"))
        apart = list[list[str]]()
        yield from table_pieces(_laid_out(sheet, apart), section=sheet.name, hidden=is_hidden)
        yield from table_pieces(apart, section=sheet.name, hidden=True)
        yield TextPiece("\n".join(sheet.remarks), section=sheet.name, hidden=is_hidden)
    for text in flow.hidden:
        yield TextPiece(text, hidden=True)


def _sheet(package: Package, flow: Flow, grid: Any, most_rows: int) -> Sheet:
    sheet = Sheet(grid.get(f"{TABLE}name") or "", hidden_columns=set(_hidden_columns(grid)))
    below: dict[int, tuple[int, str]] = {}
    number, cells = 0, 0
    for row in rows_of(grid):
        told = _row(flow, sheet, row, number)
        _reach_down(row, told, below)
        repeated = span(row, NUMBER_ROWS)
        is_hidden = row.get(f"{TABLE}visibility") in UNSEEN
        if told:
            if len(sheet.rows) + repeated > most_rows:
                raise Unreadable(f"It has more than {MAX_ROWS:,} rows. Upload it in parts.")
            cells += len(told) * repeated
            if cells > MOST_CELLS:
                raise Unreadable(f"It has more than {MOST_CELLS:,} cells. Upload it in parts.")
            sheet.rows += [(told, is_hidden)] * repeated
        number += repeated
    for shapes in grid.iterchildren(f"{TABLE}shapes"):
        sheet.remarks += [text for frame in shapes.iter(FRAME) for text in frame_texts(flow, package, frame)]
    return sheet


def _hidden_columns(grid: Any) -> Iterator[int]:
    at = 0
    for column in grid.iter(COLUMN):
        repeated = span(column, NUMBER_COLUMNS)
        if column.get(f"{TABLE}visibility") in UNSEEN:
            yield from range(at, min(at + repeated, MOST_COLUMNS))
        at += repeated
        if at >= MOST_COLUMNS:
            return


def _row(flow: Flow, sheet: Sheet, row: Any, number: int) -> Row:
    told: Row = {}
    at = 0
    for cell in row.iterchildren(CELL, COVERED):
        repeated = span(cell, NUMBER_COLUMNS)
        if len(cell) or cell.attrib:
            for remark in cell.iterchildren(REMARK):
                flow.text_of_block(remark)
            if held := flow.held():
                sheet.remarks += [f"{_letters(at)}{number + 1}: {text}" for text in held]
            if text := shown_value(cell, flow):
                told.update((column, text) for column in range(at, min(at + repeated, MOST_COLUMNS)))
        at += repeated
        if at >= MOST_COLUMNS:
            break
    return told


def _reach_down(row: Any, told: Row, below: dict[int, tuple[int, str]]) -> None:
    """What is merged with cells below it is said in each of their rows that says anything."""
    if below:
        for column in list(below):
            left, text = below.pop(column)
            if told:
                told.setdefault(column, text)
            if left > 1:
                below[column] = (left - 1, text)
    at = 0
    for cell in row.iterchildren(CELL, COVERED):
        if (high := span(cell, HIGH)) > 1 and at in told and cell.get(BROAD) is not None:
            below[at] = (high - 1, told[at])
        at += span(cell, NUMBER_COLUMNS)


def _laid_out(sheet: Sheet, apart: list[list[str]]) -> Iterator[list[str]]:
    """Whole rows that are hidden go `apart`; of hidden columns so do the cells, each behind the first cell of its row
    that is shown, so that it can be told whose they are."""
    columns = _columns(sheet)
    shown = [column for column in columns if column not in sheet.hidden_columns]
    kept_apart = [column for column in columns if column in sheet.hidden_columns]
    for row, is_hidden in sheet.rows:
        if is_hidden:
            apart.append(_cells(row, columns))
            continue
        cells, kept = _cells(row, shown), _cells(row, kept_apart)
        if any(kept):
            apart.append([*cells[:1], *kept])
        yield cells


def _columns(sheet: Sheet) -> list[int]:
    used = sorted(set().union(*(row.keys() for row, _ in sheet.rows)))
    if not used:
        return []
    columns = used if used[-1] - used[0] > NEAR else list(range(used[0], used[-1] + 1))
    if len(columns) * len(sheet.rows) > MOST_CELLS:
        raise Unreadable(SPREAD)
    return columns


def _cells(row: Mapping[int, str], columns: list[int]) -> list[str]:
    return [row.get(column, "") for column in columns]


def _letters(column: int) -> str:
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(65 + last)

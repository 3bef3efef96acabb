"""Spreadsheets: each sheet a section, its rows a table, as last calculated."""

import io
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from filing.extract.base import Extraction, Piece, Unreadable, join_pieces
from filing.extract.readers.tables import table_pieces

MAX_COLUMNS = 500


def read(body: bytes) -> Extraction:
    try:
        workbook = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        return join_pieces(_pieces(workbook), title=(workbook.properties.title or "").strip())
    except (
        InvalidFileException,
        BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        SyntaxError,
    ) as error:
        raise Unreadable("It is broken: the format of spreadsheets is not kept to.") from error


def _pieces(workbook: Any) -> Iterator[Piece]:
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
        rows = ([_shown(cell) for cell in row[:MAX_COLUMNS]] for row in sheet.iter_rows(values_only=True))
        yield from table_pieces(rows, section=sheet.title)


def _shown(value: Any) -> str:
    return "" if value is None else str(value)

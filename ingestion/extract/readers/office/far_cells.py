"""Sheets of few cells that lie far apart, as one stray key makes them: what is used of them is moved together.

The library lays out all cells between the first and the last, which may be 17 thousand million. Rows and columns in
which nothing stands are left out before it looks; what stands in the others keeps its order and its format.

See docs/decisions/0110.
"""

import io
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, groupby
from operator import itemgetter
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

from ingestion.extract.base import Unreadable

SHEETS = "xl/worksheets/"
FEW = 10_000
"""So many cells are laid out without a second look."""
MOST = 10_000_000
SPREAD = "Its cells lie too far apart, in rows and in columns. Take out those that are far from the others."

LEAST_BYTES, USUAL_BYTES = 2, 100
"""Of a sheet for a cell: of fewer, nearly all are empty; of more, there may be more cells than it says."""
SMALL_BYTES = 65_536
HEAD_BYTES = 4_096
AT_ONCE_BYTES = 1024 * 1024
TORN_BYTES = 16

SIZE = re.compile(rb'<(?:\w+:)?dimension\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
FAR = re.compile(rb' r="(?=[A-Z]{3}|[A-Z]{2}\d{5}|[A-Z]?\d{6})([A-Z]*)(\d+)')
"""A cell behind column ZZ or row 99,999, or far off both ways; also such a row."""
PLACE = re.compile(r"([A-Z]+)(\d+)")
OPENED = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSED = b"</sheetData></worksheet>"

Cell = tuple[int, int, etree._Element]
"""Its row and its column, from 1 on, and all that is said of it."""


def move_together(body: bytes, archive: ZipFile) -> bytes:
    """The workbook with those sheets changed that need it, otherwise `body` itself.

    Raises Unreadable where even what is used is too much to lay out.
    """
    sheets = [entry for entry in archive.infolist() if entry.filename.startswith(SHEETS)]
    far = {sheet.filename for sheet in sheets if _is_far(archive, sheet)}
    if not far:
        return body
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED, compresslevel=1) as other:
        for name in dict.fromkeys(archive.namelist()):
            with other.open(name, "w", force_zip64=True) as kept:
                for block in _moved(archive, name) if name in far else _blocks(archive, name):
                    kept.write(block)
    return made.getvalue()


def _is_far(archive: ZipFile, sheet: ZipInfo) -> bool:
    """By the size that it names, if that may be; many programs name none, or always the same."""
    with archive.open(sheet) as part:
        area = _claimed(part.read(HEAD_BYTES))
    if area <= FEW and (sheet.file_size < SMALL_BYTES or area * USUAL_BYTES < sheet.file_size):
        area = _reached(_blocks(archive, sheet.filename))
    return area > FEW and area * LEAST_BYTES > sheet.file_size


def _claimed(head: bytes) -> int:
    if not (size := SIZE.search(head)):
        return 0
    left, top, right, bottom = size[1].decode(), int(size[2]), size[3].decode(), int(size[4])
    return (column_number(right) - column_number(left) + 1) * (bottom - top + 1)


def _reached(blocks: Iterable[bytes]) -> int:
    """The area up to the farthest cells, as far as any is far at all."""
    bottom, right, torn = 0, 1, b""
    for block in blocks:
        for column, row in FAR.findall(torn + block):
            bottom, right = max(bottom, int(row)), max(right, column_number(column.decode()))
        torn = block[-TORN_BYTES:]
    return bottom * right


def _blocks(archive: ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as part:
        while block := part.read(AT_ONCE_BYTES):
            yield block


def _moved(archive: ZipFile, name: str) -> Iterator[bytes]:
    """The sheet's cells alone, once more, in the rows and columns that are used."""
    places = {(row, column) for row, column, _ in _cells(archive, name)}
    rows, columns = (sorted(set(map(itemgetter(way), places))) for way in (0, 1))
    if len(rows) * len(columns) > MOST:
        raise Unreadable(SPREAD)
    row_of, column_of = ({was: number for number, was in enumerate(used, start=1)} for used in (rows, columns))
    yield OPENED
    for row, cells in groupby(_cells(archive, name), key=itemgetter(0)):
        first = next(cells)
        is_hidden = first[2].getparent().get("hidden") in ("1", "true")
        yield b'<row r="%d"%b>' % (row_of[row], b' hidden="1"' if is_hidden else b"")
        for _, column, cell in chain([first], cells):
            cell.set("r", f"{_letters(column_of[column])}{row_of[row]}")
            yield etree.tostring(cell, with_tail=False)
        yield b"</row>"
    yield CLOSED


def _cells(archive: ZipFile, name: str) -> Iterator[Cell]:
    """Those in which something stands. Who gives no place stands behind the one before."""
    number = 0
    with archive.open(name) as sheet:
        for _, row in etree.iterparse(sheet, tag="{*}row", resolve_entities=False):
            number = int(row.get("r", number + 1))
            column = 0
            for cell in row.iterchildren("{*}c"):
                column = column_number(place[1]) if (place := PLACE.match(cell.get("r", ""))) else column + 1
                if any(held.text or len(held) for held in cell.iterchildren("{*}v", "{*}is")):
                    yield number, column, cell
            row.clear()
            while row.getprevious() is not None:
                del row.getparent()[0]


@cache
def column_number(letters: str) -> int:
    """Of column `A` it is 1, of `AA` 27."""
    return sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(letters)))


@cache
def _letters(number: int) -> str:
    before, last = divmod(number - 1, 26)
    return (_letters(before) if before else "") + chr(65 + last)

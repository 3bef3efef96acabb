"""How a sheet looks where the library tells values alone: numbers by their format, rows and columns that are hidden.

A sheet's part is walked through in blocks, in step with its rows. See docs/decisions/0240.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from zipfile import ZipFile

from ingestion.extract.readers.office.far_cells import column_number
from ingestion.extract.readers.office.number_formats import BUILT_IN, Shown, shown_by
from ingestion.extract.readers.office.packages import parse_part
from ingestion.extract.readers.office.workbook_parts import STYLES

AT_ONCE_BYTES = 1024 * 1024
MOST_TORN_BYTES = 4 * AT_ONCE_BYTES
ENDS = b"</c>"
HIDDEN_COLUMN = re.compile(rb'<col\b(?=[^>]*\bhidden="(?:1|true)")(?=[^>]*\bmin="(\d{1,5})")[^>]*\bmax="(\d{1,5})"')
HIDDEN_ROW = rb'<row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d{1,7})"'
CELL = (
    rb'|<c r="([A-Z]{1,3})(\d{1,7})" s="(%b)"(?: t="n")?>'
    rb"(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?<v>([^<]{1,40})<"
)

Formats = Mapping[bytes, Shown]
"""Of the styles whose numbers look otherwise than they are, by number."""

Look = tuple[int, int, str]
"""A row, from 1 on, and a column of it, from 0 on, with what is shown there; column -1: all of the row is hidden."""
HIDDEN = -1


@dataclass(frozen=True)
class SheetLooks:
    """`hidden_columns` from 0 on; `by_row` in order, those that have any."""

    hidden_columns: frozenset[int]
    by_row: Iterator[tuple[int, list[Look]]]


def formats_of(archive: ZipFile, names: frozenset[str]) -> Formats:
    if STYLES not in names:
        return {}
    styles = parse_part(archive, STYLES)
    codes = {each.get("numFmtId"): each.get("formatCode", "") for each in styles.iter("{*}numFmt")}
    codes = {str(number): code for number, code in BUILT_IN.items()} | codes
    found = {}
    for number, style in enumerate(styles.iterfind("{*}cellXfs/{*}xf")):
        if shown := shown_by(codes.get(style.get("numFmtId"), "")):
            found[b"%d" % number] = shown
    return found


def looks_of(archive: ZipFile, path: str, formats: Formats, *, width: int) -> SheetLooks:
    blocks = _blocks(archive, path)
    first = next(blocks, b"")
    told = HIDDEN_COLUMN.findall(first.partition(b"<sheetData")[0])
    columns = (range(int(low) - 1, min(int(high), width)) for low, high in told)
    looks = groupby(_looks(first, blocks, formats), key=itemgetter(0))
    return SheetLooks(
        frozenset(column for span in columns for column in span), ((row, list(group)) for row, group in looks)
    )


def _blocks(archive: ZipFile, path: str) -> Iterator[bytes]:
    """Each but the last ends behind a cell."""
    torn = b""
    with archive.open(path) as part:
        while block := part.read(AT_ONCE_BYTES):
            block = torn + block
            end = block.rfind(ENDS) + len(ENDS)
            if end >= len(ENDS):
                yield block[:end]
                torn = block[end:]
            else:
                torn = block if len(block) < MOST_TORN_BYTES else b""
    yield torn


def _looks(first: bytes, others: Iterator[bytes], formats: Formats) -> Iterator[Look]:
    marks = re.compile(HIDDEN_ROW + (CELL % b"|".join(formats) if formats else b"|(?!)()()()()"))
    block: bytes | None = first
    while block is not None:
        if formats or b' hidden="' in block:
            for hidden, column, row, style, value in marks.findall(block):
                if hidden:
                    yield int(hidden), HIDDEN, ""
                elif (shown := _shown(formats[style], value)) is not None:
                    yield int(row), _place(column), shown
        block = next(others, None)


@cache
def _place(letters: bytes) -> int:
    return column_number(letters.decode()) - 1


def _shown(show: Shown, value: bytes) -> str | None:
    try:
        return show(float(value))
    except (ValueError, OverflowError):
        return None

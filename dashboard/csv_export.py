"""Lists as CSV files: sent row by row as they are read, and harmless to the spreadsheet that opens them."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the code page of its country."""
ROWS_A_CHUNK = 200


class _Echo:
    """A file of sorts that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def stream_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The download `<name>.csv`. `rows` is read while it is sent: hand over a generator that asks for page after page.

    Instants are ISO 8601 with their zone, lists and objects JSON, None an empty cell.
    """
    response = StreamingHttpResponse(_chunks(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv") or "attachment"
    return response


def _chunks(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    chunk = [BYTE_ORDER_MARK, writer.writerow(header)]
    for row in rows:
        chunk.append(writer.writerow([_cell(value) for value in row]))
        if len(chunk) >= ROWS_A_CHUNK:
            yield "".join(chunk)
            chunk = []
    yield "".join(chunk)


def _cell(value: Any) -> str | int | float:
    """Text that a spreadsheet would execute gets an apostrophe in front, which tells it to leave the text alone."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"'{text}" if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text

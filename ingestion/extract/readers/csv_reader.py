"""Comma-separated values, whatever separates them."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ingestion.extract.base import Extraction, Unreadable, join_pieces
from ingestion.extract.encodings import decode
from ingestion.extract.readers.tables import BAR, line_pieces

SEPARATORS = ",;\t|"
NAMED = re.compile(r'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)
"""A first line for the spreadsheet program alone."""
LOOK_CHARS, LOOK_LINES = 4_096, 30
MAX_CELL_CHARS = 1_000_000
NO_NEW_ROW = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
"""What `str.splitlines` takes for the end of a line and this format does not."""


def read(body: bytes) -> Extraction:
    decoded = decode(body)
    text = decoded.text
    named = NAMED.match(text)
    text = text[named.end() :] if named else text
    csv.field_size_limit(MAX_CELL_CHARS)
    try:
        lines = _lines(text, named[1] if named else _separator(text))
        return join_pieces(line_pieces(lines), guessed=decoded.guessed)
    except csv.Error as error:
        raise Unreadable(
            f"Its rows cannot be told apart: {error}. A quotation mark may never be closed; save it anew."
        ) from error


def _lines(text: str, separator: str) -> Iterable[str]:
    """A row a line, cells between bars. Where nothing is quoted, a row is what its line says."""
    if '"' in text or any(mark in text for mark in NO_NEW_ROW):
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
        return map(BAR.join, rows)
    return text.replace(separator, BAR).splitlines()


def _separator(text: str) -> str:
    """The one that gives most rows of the same width, and more than one column."""
    lines = text[:LOOK_CHARS].splitlines()[:LOOK_LINES]
    return max(SEPARATORS, key=lambda separator: _alike(lines, separator))


def _alike(lines: Sequence[str], separator: str) -> tuple[int, int]:
    widths = Counter(map(len, csv.reader(lines, delimiter=separator, skipinitialspace=True)))
    return max(((rows, width) for width, rows in widths.items() if width > 1), default=(0, 0))

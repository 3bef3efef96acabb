"""Comma-separated values, whatever separates them."""

import csv
import io

from filing.extract.base import Extraction, Unreadable, join_pieces
from filing.extract.readers.plain_reader import decode
from filing.extract.readers.tables import table_pieces

SNIFF_CHARS = 4_096
MAX_CELL_CHARS = 1_000_000


def read(body: bytes) -> Extraction:
    text = decode(body)
    csv.field_size_limit(MAX_CELL_CHARS)
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:SNIFF_CHARS], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        return join_pieces(table_pieces(csv.reader(io.StringIO(text, newline=""), dialect)))
    except csv.Error as error:
        raise Unreadable(f"Its rows cannot be told apart ({error}).") from error

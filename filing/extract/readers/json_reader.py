"""JSON, indented, so that it reads like text; what is no JSON after all is read as text."""

import json

from filing.extract.base import Extraction, Piece, join_pieces
from filing.extract.readers.plain_reader import decode


def read(body: bytes) -> Extraction:
    text = decode(body)
    try:
        shown = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except (ValueError, RecursionError):
        shown = text
    return join_pieces([Piece(shown)])

"""Plain text, whatever it is encoded in."""

from ingestion.extract.base import Extraction, TextPiece, join_pieces
from ingestion.extract.encodings import decode


def read(body: bytes) -> Extraction:
    decoded = decode(body)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    return join_pieces([TextPiece(text)], guessed=decoded.guessed)

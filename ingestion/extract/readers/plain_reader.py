"""Plain text, whatever it is encoded in."""

from charset_normalizer import from_bytes

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces

DETECT_BYTES = 200_000


def read(body: bytes) -> Extraction:
    return join_pieces([TextPiece(decode(body).replace("\r\n", "\n").replace("\r", "\n"))])


def decode(body: bytes) -> str:
    """UTF-8 and UTF-16 by their marks, UTF-8 wherever it fits, otherwise the most likely encoding."""
    for encoding in ("utf-16",) if body.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig",):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            pass
    best = from_bytes(body[:DETECT_BYTES]).best()
    if best is None:
        raise Unreadable("It is text of an encoding that cannot be recognised. Save it as UTF-8.")
    return body.decode(best.encoding, errors="replace")

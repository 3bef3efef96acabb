"""Bytes as text, whatever their encoding. Knows no Django: it decides before a file is kept, and when one is read."""

import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from ingestion.extract.base import Unreadable

DETECT_BYTES = 200_000
UTF16 = (b"\xff\xfe", b"\xfe\xff")
WESTERN = "windows-1252"
LETTER = rb"\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xc0-\xd6\xd8-\xf6\xf8-\xff"
IN_A_WORD = re.compile(rb"[A-Za-z][%b]|[%b][A-Za-z]" % (LETTER, LETTER))
OTHERS = re.compile(
    rb"[\0-\x08\x81\x8d\x8f\x90\x9d]|[%b]{3}|[A-Za-z][\xa1-\xa9\xab-\xb3\xb5\xb6\xb8\xb9\xbb-\xbf][A-Za-z]" % LETTER
)
"""Bytes that no text has in this encoding; words of letters that are rare in it, as in Cyrillic; signs within words, as
Polish letters would be."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """`guessed` is the encoding where nothing says it for sure, and "" elsewhere."""

    text: str
    guessed: str = ""


def decode(body: bytes) -> Decoded:
    """By its mark, as UTF-8 wherever that fits, otherwise in the most likely encoding. Raises Unreadable."""
    if (text := decode_surely(body)) is not None:
        return Decoded(text)
    if is_western(body):
        return Decoded(body.decode("cp1252"), WESTERN)
    best = from_bytes(body[:DETECT_BYTES]).best()
    if best is None:
        raise Unreadable("It is text of an encoding that cannot be recognised. Save it as UTF-8.")
    return Decoded(body.decode(best.encoding, errors="replace"), best.encoding.replace("_", "-"))


def decode_surely(body: bytes) -> str | None:
    try:
        return body.decode("utf-16" if body.startswith(UTF16) else "utf-8-sig")
    except UnicodeDecodeError:
        return None


def is_western(body: bytes) -> bool:
    """Whether it is plainly what programs on Windows save in Western Europe: words with an accent here and there."""
    return not body.startswith(UTF16) and IN_A_WORD.search(body) is not None and OTHERS.search(body) is None

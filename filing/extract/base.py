"""What extraction comes to, whatever the kind of file. Knows no Django: it runs where nothing else may."""

from collections.abc import Iterable
from dataclasses import dataclass

MAX_TEXT_CHARS = 20_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """`text[start:end]` lies on one page (counted from 1), under one heading, and is running text or a table."""

    start: int
    end: int
    page: int | None = None
    section: str = ""
    form: str = "text"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text as a reader finds it, in order."""

    text: str
    page: int | None = None
    section: str = ""
    form: str = "text"


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """`parts` cover the text in order; where nothing is known of its structure there is one."""

    text: str
    title: str = ""
    parts: tuple[Part, ...]


class Unreadable(Exception):
    """No text can be had from this; the sentence goes to the person who handed it in."""


def join_pieces(pieces: Iterable[Piece], *, title: str = "") -> Extraction:
    """The pieces with an empty line between them, blank ones left out. Raises Unreadable for more than a book shelf."""
    texts: list[str] = []
    parts: list[Part] = []
    at = 0
    for piece in pieces:
        text = piece.text.replace("\0", "").strip("\r\n")
        if not text.strip():
            continue
        texts.append(text)
        parts.append(Part(at, at + len(text), piece.page, piece.section, piece.form))
        at += len(text) + 2
        if at > MAX_TEXT_CHARS:
            raise Unreadable(f"It holds more than {MAX_TEXT_CHARS:,} characters of text; hand it in in parts.")
    return Extraction(text="\n\n".join(texts), title=title, parts=tuple(parts))

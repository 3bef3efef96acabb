"""What extraction comes to, whatever the kind of file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """`text[start:end]` lies on one page (counted from 1), under one heading, and is running text or a table."""

    start: int
    end: int
    page: int | None = None
    section: str = ""
    form: str = "text"


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """`parts` cover the text in order; where nothing is known of its structure there is one."""

    text: str
    title: str = ""
    parts: tuple[Part, ...]


def joined(pieces: "list[tuple[str, int | None, str, str]]", *, title: str = "") -> Extraction:
    """An extraction of (text, page, section, form) pieces, blank ones left out, with an empty line between them."""
    text, parts, at = [], [], 0
    for piece, page, section, form in pieces:
        if not piece.strip():
            continue
        parts.append(Part(at, at + len(piece), page, section, form))
        text.append(piece)
        at += len(piece) + 2
    return Extraction(text="\n\n".join(text), title=title, parts=tuple(parts))

"""What extraction comes to, whatever the kind of file. Knows no Django: it runs where nothing else may."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ingestion.extract.payloads import without_payloads

MAX_TEXT_CHARS = 20_000_000
MAX_PARTS = 200_000
MAX_SECTION_CHARS = 300


@dataclass(frozen=True, slots=True)
class Part:
    """`text[start:end]` lies on one page (counted from 1), under one heading, and is running text (`text`), a table
    (`table`), or what was read off a picture of the page (`recognised`).

    `attachment` counts what a mail bears; 0 is the mail itself, and all of any other file. A section longer than
    MAX_SECTION_CHARS is cut. `hidden` is what nobody sees who looks at the file.
    """

    start: int
    end: int
    page: int | None = None
    section: str = ""
    form: str = "text"
    hidden: bool = False
    attachment: int = 0


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Some text as a reader finds it, in order."""

    text: str
    page: int | None = None
    section: str = ""
    form: str = "text"
    hidden: bool = False
    attachment: int = 0


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """`parts` cover the text in order; where nothing is known of its structure there is one. `kind` is the name of that
    by whose reader it was read.

    `guessed` is the encoding that its bytes were taken to have where nothing said it for sure. `pages` are those of a
    PDF or a picture, 0 elsewhere; the `textless` ones of them, by their numbers, hold no text themselves, as pictures
    of pages do, and of `recognised_pages` of these it was read off the picture. `unread_pages` of these were to be read
    and were not: recognition gave up, or they are more than it reads of a file.
    """

    text: str
    kind: str = ""
    title: str = ""
    guessed: str = ""
    pages: int = 0
    textless: tuple[int, ...] = ()
    recognised_pages: int = 0
    unread_pages: int = 0
    parts: tuple[Part, ...]

    @property
    def textless_pages(self) -> int:
        return len(self.textless)


class Unreadable(Exception):
    """No text can be had from this; the sentence goes to the person who uploaded it."""


class Textless(Unreadable):
    """It can be opened, and none of its `pages` holds text."""

    def __init__(self, sentence: str, *, pages: int) -> None:
        super().__init__(sentence)
        self.pages = pages


def join_pieces(pieces: Iterable[TextPiece], *, title: str = "", guessed: str = "") -> Extraction:
    """The pieces with an empty line between them; blank ones are left out.

    So are NULs, which no database keeps, soft hyphens, with which no word would be found, and payloads.

    Raises Unreadable for more than a bookcase holds, and for one torn to shreds.
    """
    texts: list[str] = []
    parts: list[Part] = []
    at = 0
    for piece in pieces:
        text = without_payloads(_kept(piece.text)).strip("\r\n")
        if not text.strip():
            continue
        texts.append(text)
        section = _kept(piece.section[:MAX_SECTION_CHARS])
        parts.append(Part(at, at + len(text), piece.page, section, piece.form, piece.hidden, piece.attachment))
        at += len(text) + 2
        if at > MAX_TEXT_CHARS:
            raise Unreadable(f"It holds more than {MAX_TEXT_CHARS:,} characters of text. Upload it in parts.")
        if len(parts) > MAX_PARTS:
            raise Unreadable(f"It has more than {MAX_PARTS:,} headings and tables. Upload it in parts.")
    return Extraction(text="\n\n".join(texts), title=_kept(title), parts=tuple(parts), guessed=guessed)


def with_recognised(found: Extraction, texts: Mapping[int, str]) -> Extraction:
    """With what pictures of its pages say, by their numbers, at its place. Raises Unreadable for too much of it."""
    pieces = [
        TextPiece(found.text[part.start : part.end], part.page, part.section, part.form, part.hidden)
        for part in found.parts
    ]
    pieces += [TextPiece(text, page, form="recognised") for page, text in texts.items() if text.strip()]
    joined = join_pieces(sorted(pieces, key=lambda piece: piece.page or 0), title=found.title, guessed=found.guessed)
    recognised = len({part.page for part in joined.parts if part.form == "recognised"})
    return replace(
        joined,
        kind=found.kind,
        pages=found.pages,
        textless=found.textless,
        recognised_pages=recognised,
        unread_pages=found.textless_pages - len(texts),
    )


def _kept(text: str) -> str:
    return text.replace("\0", "").replace("\xad", "")

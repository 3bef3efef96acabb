"""Tables as text: a row a line, cells between bars, the head repeated where a piece begins anew.

See docs/decisions/0239.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from itertools import chain, islice

from ingestion.extract.base import TextPiece

BAR = " | "
LINES_A_LOOK = 100
LINES_A_HEAD = 4
"""A table's name and a remark may stand alone in their rows, above the one that names the columns."""
PIECE_CHARS: ContextVar[int] = ContextVar("PIECE_CHARS", default=1_600)
"""So many characters a piece has at most, its head with it, unless a row alone has more; a little less than a chunk."""


def table_pieces(
    rows: Iterable[Sequence[str]], *, page: int | None = None, section: str = "", hidden: bool = False
) -> Iterator[TextPiece]:
    """Rows together as they fit, each piece under the table's head, so that a chunk of it can be read on its own."""
    return line_pieces((BAR.join(_used(row)) for row in rows), page=page, section=section, hidden=hidden)


def _used(row: Sequence[str]) -> Sequence[str]:
    """Nobody misses the empty cells at its end."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]


def line_pieces(
    lines: Iterable[str], *, page: int | None = None, section: str = "", hidden: bool = False
) -> Iterator[TextPiece]:
    """The same of rows whose cells stand between bars already."""
    told = _told(iter(lines))
    first = list(islice(told, LINES_A_HEAD))
    wide = next((number for number, line in enumerate(first) if BAR in line), 0)
    head, rows = first[: wide + 1], chain(first[wide + 1 :], told)
    for piece in pieces_of(head, rows):
        yield TextPiece(piece, page, section, "table", hidden)


def pieces_of(head: Sequence[str], rows: Iterable[str]) -> Iterator[str]:
    """The lines of a head above as many rows as fit below it, and again, until there are no more; none for nothing.

    Of a head that takes more than half of a piece its first cells are repeated; who makes such a one has none in mind.
    """
    if not head:
        return
    most = PIECE_CHARS.get()
    above = "\n".join(head)
    again = above if len(above) <= most // 2 else _cut(above, most // 2)
    kept, size = [above], len(above)
    for row in rows:
        if size + len(row) >= most and len(kept) > 1:
            yield "\n".join(kept)
            kept, size = [again], len(again)
        kept.append(row)
        size += len(row) + 1
    yield "\n".join(kept)


def _cut(head: str, most: int) -> str:
    whole, _, _ = head[:most].rpartition(BAR)
    return whole or head[:most]


def _told(lines: Iterator[str]) -> Iterator[str]:
    """The lines that say something, tidy. Most are as they come, so that many are looked at in one go."""
    while block := list(islice(lines, LINES_A_LOOK)):
        yield from block if _is_tidy(" ".join(["", *block, ""])) else filter(None, map(_tidied, block))


def _is_tidy(text: str) -> bool:
    return "  " not in text and text.isprintable()


def _tidied(line: str) -> str:
    """No white space but single spaces, none of them outside; empty where no cell holds anything."""
    if _is_tidy(f" {line} "):
        return line
    cells = [" ".join(cell.split()) for cell in line.split(BAR)]
    return BAR.join(cells) if any(cells) else ""

"""Tables as text: a row a line, cells between bars, the head repeated where a piece begins anew."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from ingestion.extract.base import TextPiece

BAR = " | "
ROWS_A_PIECE = 40
LINES_A_LOOK = 100
LINES_A_HEAD = 4
"""A table's name and a remark may stand alone in their rows, above the one that names the columns."""
HEAD_CHARS = 1_000
"""So much of a head is repeated; who makes a longer one has no head in mind."""


def table_pieces(rows: Iterable[Sequence[str]], *, page: int | None = None, section: str = "") -> Iterator[TextPiece]:
    """Rows by the dozen, each piece under the table's head, so that a chunk of it can be read on its own."""
    return line_pieces((BAR.join(_used(row)) for row in rows), page=page, section=section)


def _used(row: Sequence[str]) -> Sequence[str]:
    """Nobody misses the empty cells at its end."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]


def line_pieces(lines: Iterable[str], *, page: int | None = None, section: str = "") -> Iterator[TextPiece]:
    """The same of rows whose cells stand between bars already."""
    told = _told(iter(lines))
    first = list(islice(told, LINES_A_HEAD))
    if not first:
        return
    wide = next((number for number, line in enumerate(first) if BAR in line), 0)
    head, told = "\n".join(first[: wide + 1]), chain(first[wide + 1 :], told)
    rows = list(islice(told, ROWS_A_PIECE))
    yield TextPiece("\n".join([head, *rows]), page, section, "table")
    while rows := list(islice(told, ROWS_A_PIECE)):
        yield TextPiece("\n".join([head[:HEAD_CHARS], *rows]), page, section, "table")


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

"""Tables as text: a row a line, cells between bars, the head repeated where a piece begins anew."""

from collections.abc import Iterable, Iterator, Sequence

from filing.extract.base import Piece

ROWS_A_PIECE = 40


def table_pieces(rows: Iterable[Sequence[str]], *, page: int | None = None, section: str = "") -> Iterator[Piece]:
    """Rows by the dozen, each piece under the table's first row, so that a chunk of it can be read on its own."""
    head = ""
    lines: list[str] = []
    for line in filter(None, map(_line, rows)):
        if not head:
            head = line
            continue
        lines.append(line)
        if len(lines) == ROWS_A_PIECE:
            yield Piece("\n".join([head, *lines]), page, section, "table")
            lines = []
    if lines or head:
        yield Piece("\n".join([head, *lines]), page, section, "table")


def _line(cells: Sequence[str]) -> str:
    """Empty where no cell holds anything. Most cells begin and end tidily; only otherwise is each looked at."""
    line = " ".join("\0".join(cells).split())
    if " \0" in line or "\0 " in line:
        line = "\0".join([" ".join(cell.split()) for cell in cells])
    return line.replace("\0", " | ") if line.strip("\0") else ""

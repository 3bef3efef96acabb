"""Text below its headings: pieces in order, each with the headings above it, tables as pieces of their own."""

from collections.abc import Iterable, Iterator, Sequence

from ingestion.extract.base import MAX_SECTION_CHARS, TextPiece
from ingestion.extract.readers.tables import table_pieces


class Outline:
    """Is told what stands in a document, one thing after the other, and what is to be kept apart of it."""

    def __init__(self, *, hidden: bool = False) -> None:
        self._path: list[tuple[int, str]] = []
        self._lines: list[str] = []
        self._pieces: list[TextPiece] = []
        self._hidden = hidden

    @property
    def section(self) -> str:
        return " › ".join(name for _, name in self._path)

    def say(self, text: str) -> None:
        if text.strip():
            self._lines.append(text)

    def head(self, text: str, depth: int) -> None:
        """A heading, of which 1 is the highest but for a title, 0."""
        name = " ".join(text.split())
        if not name:
            return
        self._close()
        above = ((level, heading) for level, heading in self._path if level < depth)
        self._path = [*above, (depth, name[:MAX_SECTION_CHARS])]
        self._lines.append(text)

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        self._close()
        self._pieces += table_pieces(rows, section=self.section, hidden=self._hidden)

    def pieces(self) -> Iterator[TextPiece]:
        self._close()
        yield from self._pieces
        self._pieces = []

    def _close(self) -> None:
        if self._lines:
            self._pieces.append(TextPiece("\n\n".join(self._lines), section=self.section, hidden=self._hidden))
            self._lines = []

"""Rows of tables of rich text: its format has no tables, only rows that follow one another."""

from ingestion.extract.readers.outline import Outline

MOST_CELLS = 10_000


class Rows:
    """Collects cells to rows and rows to tables, which end where a paragraph stands outside of them."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._rows: list[list[str]] = []
        self._cells: list[str] = []
        self._said: dict[int, list[str]] = {}
        self._nested: dict[int, list[str]] = {}
        self._defined: list[tuple[bool, bool]] = []
        self.goes_on_from_above = self.goes_on_from_left = False

    def say(self, text: str, level: int) -> None:
        if text.strip():
            self._said.setdefault(level, []).append(text.strip())

    def end_cell(self, level: int) -> None:
        text = "\n".join(self._said.pop(level, ()))
        if level == 1:
            self._cells.append(text)
        else:
            self._nested.setdefault(level, []).append(text)

    def end_nested_row(self, level: int) -> None:
        """A table within a cell is a line a row."""
        self.say(", ".join(filter(None, self._nested.pop(level, ()))), max(level - 1, 1))

    def end_row(self) -> None:
        """A merged cell says the same in each place that it takes."""
        above = self._rows[-1] if self._rows else []
        cells = self._cells[:MOST_CELLS]
        for place, (from_above, from_left) in enumerate(self._defined[: len(cells)]):
            if from_above and place < len(above):
                cells[place] = cells[place] or above[place]
            elif from_left and place:
                cells[place] = cells[place] or cells[place - 1]
        self._rows.append(cells)
        self._cells = []

    def define(self) -> None:
        self._defined = []
        self.goes_on_from_above = self.goes_on_from_left = False

    def define_cell(self) -> None:
        if len(self._defined) < MOST_CELLS:
            self._defined.append((self.goes_on_from_above, self.goes_on_from_left))
        self.goes_on_from_above = self.goes_on_from_left = False

    def end(self) -> None:
        """What stands in no row after all is text."""
        if self._cells:
            self.end_row()
        if self._rows:
            self._outline.table(self._rows)
            self._rows = []
        for level in sorted(self._said):
            for text in self._said.pop(level):
                self._outline.say(text)

"""The cells of a table of a page."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

MOST_SPAN = 63
"""So many columns a cell is repeated in; what claims more does so for its looks."""
ROWS, CELLS = ("tr",), ("td", "th")
LAID_OUT = ("table", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "form", "main", "article", "section")
"""What no cell of figures and words holds, but one that only places a part of the page."""


def is_layout(table: Any) -> bool:
    """Whether it places parts of the page, and is no table to a reader."""
    if table.get("role") in ("presentation", "none"):
        return True
    if next(table.iterdescendants(*LAID_OUT), None) is not None:
        return True
    return next(table.iterdescendants("th"), None) is None and all(len(row) < 2 for row in table.iterdescendants("tr"))


def rows_of(table: Any, text_of: Callable[[Any], str]) -> Iterator[Sequence[str]]:
    """What is said in each place; a cell that takes more than one says the same in each."""
    below: dict[int, tuple[int, str]] = {}
    for row in table.iterdescendants("tr"):
        cells: list[str] = []
        for cell in row.iterchildren(*CELLS):
            _fill(cells, below)
            text, deep = text_of(cell), _span(cell, "rowspan")
            for _ in range(min(_span(cell, "colspan"), MOST_SPAN)):
                if deep > 1:
                    below[len(cells)] = (deep - 1, text)
                cells.append(text)
        _fill(cells, below)
        if cells:
            yield cells


def _fill(cells: list[str], below: dict[int, tuple[int, str]]) -> None:
    """With what reaches down from the rows above."""
    while held := below.pop(len(cells), None):
        left, text = held
        if left > 1:
            below[len(cells)] = (left - 1, text)
        cells.append(text)


def _span(cell: Any, name: str) -> int:
    told = cell.get(name) or ""
    return max(int(told), 1) if told.isdecimal() and len(told) < 6 else 1

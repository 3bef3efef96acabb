"""Lines in the order in which people read them: columns one after the other, in each from the top to the bottom.

A page is cut where nothing stands: between columns from top to bottom, else between blocks from side to side, and its
pieces likewise (a recursive X-Y cut). A gap between columns counts only where prose stands on both sides of it, so that
the rows of a table stay rows.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from ingestion.extract.ocr.recognising import RecognisedLine

LEAST_LINES = 3
PROSE = 14.0
"""Heights of a line that lines of prose are wide at least, half of them."""
COLUMN_GAP, PARAGRAPH_GAP, CELL_GAP, SAME_ROW = 0.5, 0.6, 2.0, 0.6
"""Heights of a line: between columns, between paragraphs beyond what is between lines, between cells, within a row."""
ACROSS = 0.6
"""Of the width of what holds columns: a line that is wider stands in none of them."""
INK = 0.6
"""Of a rectangle's height: the detector's are tall enough to touch those above and below."""
MOST_DEEP = 12
CELLS = "  "


@dataclass(frozen=True)
class Placed:
    """A line where it stands once the page is laid straight."""

    left: float
    right: float
    top: float
    bottom: float
    text: str

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


Lines = Sequence[Placed]


def in_order(lines: Sequence[RecognisedLine]) -> str:
    """Their text: a line each row, an empty one between paragraphs."""
    return "\n\n".join("\n".join(_rows(block)) for block in _blocks(_straight(lines), MOST_DEEP))


def _straight(lines: Sequence[RecognisedLine]) -> Lines:
    """As if the page had been laid straight on the glass. Short lines do not know how they lie."""
    if not lines:
        return []
    long = sorted(lines, key=lambda line: -line.box.width)[: max(len(lines) // 2, 1)]
    angle = median(line.box.angle for line in long)
    across, down = math.cos(angle), math.sin(angle)
    return [_placed(line, across, down) for line in lines]


def _placed(line: RecognisedLine, across: float, down: float) -> Placed:
    box = line.box
    x, y = box.x * across + box.y * down, box.y * across - box.x * down
    half = box.height * INK / 2
    return Placed(x - box.width / 2, x + box.width / 2, y - half, y + half, line.text)


def _blocks(lines: Lines, deep: int) -> Iterator[Lines]:
    pieces = [] if len(lines) < 2 or not deep else _columns(lines) or _around_columns(lines) or _bands(lines)
    if not pieces:
        yield lines
    for piece in pieces:
        yield from _blocks(piece, deep - 1)


def _columns(lines: Lines) -> list[Lines]:
    """Both sides of the widest gap that goes from top to bottom between prose; none where there is no such gap."""
    height = median(line.height for line in lines)
    for start, end in sorted(_gaps((line.left, line.right) for line in lines), key=lambda gap: gap[0] - gap[1]):
        if end - start < COLUMN_GAP * height:
            return []
        left = [line for line in lines if line.right <= start]
        right = [line for line in lines if line.left >= end]
        if _is_prose(left) and _is_prose(right):
            return [left, right]
    return []


def _is_prose(lines: Lines) -> bool:
    return len(lines) >= LEAST_LINES and median(line.width / line.height for line in lines) >= PROSE


def _around_columns(lines: Lines) -> list[Lines]:
    """Columns, and what stands across all of them above, between and below, as a title does."""
    width = max(line.right for line in lines) - min(line.left for line in lines)
    ordered = sorted(lines, key=lambda line: line.top)
    bands: list[Lines] = [list(band) for _, band in groupby(ordered, key=lambda line: line.width > ACROSS * width)]
    return bands if len(bands) > 1 and any(_columns(band) for band in bands) else []


def _bands(lines: Lines) -> list[Lines]:
    """Paragraphs: what gaps part that are wider than those between lines."""
    gaps = _gaps((line.top, line.bottom) for line in lines)
    if not gaps:
        return []
    usual, height = median(end - start for start, end in gaps), median(line.height for line in lines)
    starts = [end for start, end in gaps if end - start > usual + PARAGRAPH_GAP * height]
    ordered = sorted(lines, key=lambda line: line.top)
    bands: list[Lines] = [list(band) for _, band in groupby(ordered, key=lambda line: bisect_right(starts, line.top))]
    return bands if len(bands) > 1 else []


def _gaps(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Where none of them is, between the first and the last."""
    found, reached = list[tuple[float, float]](), -math.inf
    for start, end in sorted(spans):
        if start > reached > -math.inf:
            found.append((reached, start))
        reached = max(reached, end)
    return found


def _rows(lines: Lines) -> Iterator[str]:
    """What stands side by side is one row."""
    row: list[Placed] = []
    for line in sorted(lines, key=lambda line: line.middle):
        if row and line.middle - row[0].middle > SAME_ROW * max(line.height, row[0].height):
            yield _told(row)
            row = []
        row.append(line)
    if row:
        yield _told(row)


def _told(row: list[Placed]) -> str:
    row.sort(key=lambda line: line.left)
    said = [row[0].text]
    for before, line in pairwise(row):
        said.append(CELLS if line.left - before.right > CELL_GAP * line.height else " ")
        said.append(line.text)
    return "".join(said)

"""Where text stands in a picture: the detector's map of probabilities, and the rectangles of its islands.

The map shows the middle of each line, so rectangles are widened by as much as the model was taught to take off
(differentiable binarization, https://arxiv.org/abs/1911.08947).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingestion.extract.ocr.models import DETECTOR, Values, run, values_of

LONGEST = 1_216
"""Pixels of a picture's longer side as it is looked at: small print is found there, and a page takes half a second."""
STEP = 32
TEXT, SURE = 0.3, 0.55
WIDER = 1.6
LEAST_PIXELS = 3.0
MOST_RUNS = 150_000
MOST_BOXES = 2_000
BELOW = np.array([0, 1])
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    """A rectangle that may stand askew, in pixels: its middle, its sizes along and across, and the direction along it,
    in radians from -π/4 to 3π/4 clockwise."""

    x: float
    y: float
    width: float
    height: float
    angle: float


def find_boxes(picture: Image.Image) -> list[Box]:
    """Those of lines of text, in no order."""
    small, across, down = _shrunk(picture)
    found = run(DETECTOR, values_of(small)[np.newaxis])[0, 0]
    return [
        Box(box.x * across, box.y * down, box.width * across, box.height * down, box.angle) for box in _boxes(found)
    ]


def _shrunk(picture: Image.Image) -> tuple[Image.Image, float, float]:
    """To a size that the model takes, and how many pixels one of it stands for, across and down."""
    share = min(1.0, LONGEST / max(picture.size))
    width, height = (max(STEP, round(side * share / STEP) * STEP) for side in picture.size)
    small = picture.resize((width, height), Image.Resampling.BILINEAR)
    return small, picture.width / width, picture.height / height


def _boxes(found: Values) -> Iterator[Box]:
    for corners, probability in _islands(found):
        if probability < SURE:
            continue
        box = _around(corners)
        if min(box.width, box.height) < LEAST_PIXELS:
            continue
        more = 2 * WIDER * box.width * box.height / (2 * (box.width + box.height))
        yield Box(box.x, box.y, box.width + more, box.height + more, box.angle)


def _islands(found: Values) -> Iterator[tuple[Points, float]]:
    """Of each the outermost points of its rows, and its mean probability. Noise has too many to be text."""
    rows, starts, ends = _runs(found > TEXT)
    if len(rows) > MOST_RUNS:
        return
    sums = np.concatenate([np.zeros((len(found), 1)), np.cumsum(found, axis=1, dtype=np.float64)], axis=1)
    weights = sums[rows, ends] - sums[rows, starts]
    islands = _joined(rows, starts, ends)
    order = np.argsort(islands, kind="stable")
    borders = np.flatnonzero(np.diff(islands[order])) + 1
    for runs in np.split(order, borders)[:MOST_BOXES] if len(order) else ():
        left = np.stack([starts[runs], rows[runs]], axis=1)
        right = np.stack([ends[runs], rows[runs]], axis=1)
        corners = np.concatenate([left, right, left + BELOW, right + BELOW]).astype(np.float64)
        yield corners, float(weights[runs].sum() / (ends[runs] - starts[runs]).sum())


def _runs(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Row, start and end of each stretch that is set, row by row."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    return rows, starts, np.nonzero(edges == -1)[1]


def _joined(rows: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each run, the same for those that touch, also at a corner."""
    parents = list(range(len(rows)))

    def root(each: int) -> int:
        while parents[each] != each:
            parents[each] = parents[parents[each]]
            each = parents[each]
        return each

    above, row_of, start_of, end_of = 0, rows.tolist(), starts.tolist(), ends.tolist()
    for each, row in enumerate(row_of):
        while row_of[above] < row - 1 or (row_of[above] == row - 1 and end_of[above] < start_of[each]):
            above += 1
        other = above
        while row_of[other] == row - 1 and start_of[other] <= end_of[each]:
            parents[root(other)] = root(each)
            other += 1
    return np.array([root(each) for each in range(len(rows))], dtype=np.int64)


def _around(points: Points) -> Box:
    """The smallest rectangle around them: one of its sides lies along their hull."""
    hull = _hull(points)
    sides = np.roll(hull, -1, axis=0) - hull
    angles = np.unique(np.round(np.arctan2(sides[:, 1], sides[:, 0]) % (np.pi / 2), 6))
    turned = hull @ np.stack([np.stack([np.cos(angles), np.sin(angles)]), np.stack([-np.sin(angles), np.cos(angles)])])
    least, most = turned.min(axis=1), turned.max(axis=1)
    sizes = most - least
    best = int(np.argmin(sizes[0] * sizes[1]))
    return _box(float(angles[best]), *(least + most)[:, best] / 2, *sizes[:, best])


def _box(angle: float, along: float, across: float, width: float, height: float) -> Box:
    """Turned so that its direction is the nearer one to a line that is read from left to right."""
    x, y = along * np.cos(angle) - across * np.sin(angle), along * np.sin(angle) + across * np.cos(angle)
    if angle > np.pi / 4:
        return Box(float(x), float(y), float(height), float(width), angle - np.pi / 2)
    return Box(float(x), float(y), float(width), float(height), angle)


def _hull(points: Points) -> Points:
    ordered = np.unique(points, axis=0).tolist()
    lower, upper = _half(ordered), _half(ordered[::-1])
    return np.array(lower[:-1] + upper[:-1])


def _half(points: list[list[float]]) -> list[list[float]]:
    kept: list[list[float]] = []
    for x, y in points:
        while len(kept) > 1 and (kept[-1][0] - kept[-2][0]) * (y - kept[-2][1]) <= (kept[-1][1] - kept[-2][1]) * (
            x - kept[-2][0]
        ):
            kept.pop()
        kept.append([x, y])
    return kept

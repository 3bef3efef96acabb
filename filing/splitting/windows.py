"""Windows of a fixed number of characters, each beginning `overlap` characters before the one before it ends."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from filing.extract.base import Part


def split_windows(text: str, parts: Sequence[Part], *, size: int, overlap: int) -> Iterator[Part]:
    """0..2000, 1800..3800, 3600..5600 within each page; the last one is shorter, and blank ones are left out.

    No window lies wholly inside the one before it. A window is filed under the heading that it begins in.
    """
    for _, group in groupby(parts, key=lambda part: part.page):
        page = list(group)
        starts = [part.start for part in page]
        start, stop = page[0].start, page[-1].end
        for first, last in windows(start, stop, size=size, overlap=overlap):
            if text[first:last].strip():
                yield replace(page[bisect_right(starts, first) - 1], start=first, end=last)


def windows(start: int, stop: int, *, size: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Raises ValueError unless 0 <= overlap < size."""
    if not 0 <= overlap < size:
        raise ValueError(f"The overlap has to be at least 0 and less than the size; got {overlap} of {size}.")
    for first in range(start, stop, size - overlap):
        yield first, min(first + size, stop)
        if first + size >= stop:
            return

"""Windows of a fixed number of characters, each beginning `overlap` characters before the one before it ends.

See docs/decisions/0097.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ingestion.extract.base import Part
from ingestion.splitting.structure import pause_in_table


def split_windows(text: str, parts: Sequence[Part], *, size: int, overlap: int) -> Iterator[Part]:
    """0..2000, 1800..3800, 3600..5600 within each page; the last one is shorter, and blank ones are left out.

    What is hidden shares no window with what is shown, nor an attachment with its mail or with another one, and none
    begins or ends within a piece of a table. No window lies wholly inside the one before it. A window counts under the
    heading that most of it stands under.
    """
    for _, group in groupby(parts, key=lambda part: (part.page, part.hidden, part.attachment)):
        page = list(group)
        starts = [part.start for part in page]
        for first, last in _around_tables(text, page, size=size, overlap=overlap):
            if text[first:last].strip():
                within = page[max(bisect_right(starts, first) - 1, 0) : bisect_right(starts, last - 1)]
                yield _window(within, first, last)


def _around_tables(text: str, page: Sequence[Part], *, size: int, overlap: int) -> Iterator[tuple[int, int]]:
    """The windows of a page, none of which begins or ends within a piece of a table, unless that alone is too long."""
    tables = [part for part in page if part.form == "table" and "\n" in text[part.start : part.end]]
    starts = [table.start for table in tables]
    if not tables:
        yield from windows(page[0].start, page[-1].end, size=size, overlap=overlap)
        return
    at, stop = page[0].start, page[-1].end
    while stop - at > size:
        cut = _at(tables, starts, at + size)
        if cut is None:
            yield at, at + size
            at = at + size - overlap
            begun = _at(tables, starts, at)
            at = at if begun is None else begun.end
        else:
            end = cut.start if cut.start > at else pause_in_table(text, at, at + size)
            yield at, end
            at = end
    yield at, stop


def _at(tables: Sequence[Part], starts: Sequence[int], place: int) -> Part | None:
    """The table that lies on both sides of a place."""
    number = bisect_left(starts, place) - 1
    return tables[number] if number >= 0 and place < tables[number].end else None


def windows(start: int, stop: int, *, size: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Raises ValueError unless 0 <= overlap < size."""
    if not 0 <= overlap < size:
        raise ValueError(f"The overlap has to be at least 0 and less than the size; got {overlap} of {size}.")
    for first in range(start, stop, size - overlap):
        yield first, min(first + size, stop)
        if first + size >= stop:
            return


def _window(parts: Sequence[Part], first: int, last: int) -> Part:
    """With the heading and the form that have most of its characters; of equal ones the earlier."""
    sections, forms = Counter[str](), Counter[str]()
    for part in parts:
        chars = min(part.end, last) - max(part.start, first)
        sections[part.section] += chars
        forms[part.form] += chars
    return replace(parts[0], start=first, end=last, section=_most(sections), form=_most(forms))


def _most(chars: Counter[str]) -> str:
    return max(chars, key=chars.__getitem__)

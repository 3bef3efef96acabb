"""Passages: the spans of a document that are embedded and found on their own."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """`content[start:end]` is the passage."""

    start: int
    end: int


def split_passages(content: str, *, size: int = 2000, overlap: int = 200) -> list[Span]:
    """Windows of at most `size` characters that together hold all text but white space, in order.

    A window ends at the last white space of its second half, and the next one begins at the first word within the
    `overlap` characters before that end. Where there is no white space both fall exactly on the character:
    0..2000, 1800..3800, 3600..5600. Passages neither begin nor end with white space; each ends behind the one before
    it, so none lies wholly inside another; a blank content has none. Across a wide gap of white space nothing overlaps.

    Raises ValueError unless 0 <= overlap < size.
    """
    if not 0 <= overlap < size:
        raise ValueError(f"The overlap has to be at least 0 and less than the size; got {overlap} of {size}.")
    spans: list[Span] = []
    covered = 0
    stop = len(content.rstrip())
    start = len(content) - len(content.lstrip()) if stop else 0
    if 0 < stop - start <= size:
        return [Span(start, stop)]
    while start < stop:
        end = _window_end(content, start, stop, size=size, overlap=overlap)
        if end > covered:
            spans.append(Span(start, end))
            start = _next_start(content, start, end, stop, overlap=overlap)
            covered = end
        else:
            start = _skip_blanks(content, covered, stop)
    return spans


def split_by_tokens(content: str, span: Span, *, ends: Sequence[int], most: int, overlap: int) -> list[Span]:
    """Windows within a span, of at most `most` tokens, that overlap by `overlap` of them; cut as `split_passages` does.

    `ends`: where each token of the content ends, ascending. Raises ValueError unless 0 <= overlap < most.
    """
    if not 0 <= overlap < most:
        raise ValueError(f"The overlap has to be at least 0 and less than the tokens; got {overlap} of {most}.")
    spans: list[Span] = []
    start = covered = span.start
    while start < span.end:
        last = bisect_right(ends, start) + most - 1
        limit = min(ends[last], span.end) if last < len(ends) else span.end
        shared = min(limit - ends[last - overlap], (limit - start) // 2) if last < len(ends) else 0
        end = _window_end(content, start, span.end, size=limit - start, overlap=shared)
        if end > covered:
            spans.append(Span(start, end))
            start = _next_start(content, start, end, span.end, overlap=shared)
            covered = end
        else:
            start = _skip_blanks(content, covered, span.end)
    return spans


def _window_end(content: str, start: int, stop: int, *, size: int, overlap: int) -> int:
    limit = start + size
    if limit >= stop:
        return stop
    earliest = start + max(size // 2, overlap) + 1
    cut = next((at for at in range(limit, earliest - 1, -1) if content[at].isspace()), limit)
    return start + len(content[start:cut].rstrip())


def _next_start(content: str, start: int, end: int, stop: int, *, overlap: int) -> int:
    earliest = end - overlap
    if end == stop or earliest <= start:
        return _skip_blanks(content, end, stop)
    words = (at for at in range(earliest, end) if content[at - 1].isspace() and not content[at].isspace())
    return next(words, _skip_blanks(content, earliest, stop))


def _skip_blanks(content: str, at: int, stop: int) -> int:
    while at < stop and content[at].isspace():
        at += 1
    return at

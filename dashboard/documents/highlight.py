"""The stretch of a passage that answers a question, with the question's words marked. Pure; all text is escaped."""

import re
from collections.abc import Sequence

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

SIZE = 360


def show_best(text: str, spans: Sequence[tuple[int, int]], *, size: int = SIZE) -> SafeString:
    """At most about `size` characters of the text around its densest spans, those marked. Spans come in order."""
    start, end = _window(text, [first for first, _ in spans], size)
    parts, at = ["… " if start else ""], start
    for first, last in spans:
        if at <= first and last <= end:
            parts += [escape(text[at:first]), format_html("<mark>{}</mark>", text[first:last])]
            at = last
    parts += [escape(text[at:end]), " …" if end < len(text) else ""]
    return mark_safe("".join(parts))  # noqa: S308 -- each part was escaped above


def _window(text: str, positions: list[int], size: int) -> tuple[int, int]:
    """Where to cut: around as many positions as fit, at white space."""
    if len(text) <= size:
        return 0, len(text)
    inside = [sum(first <= other < first + size * 3 // 4 for other in positions) for first in positions]
    first = positions[inside.index(max(inside))] if positions else 0
    start = max(0, min(first - size // 5, len(text) - size))
    end = min(len(text), start + size)
    return _next_word(text, start), _word_end(text, end)


def _next_word(text: str, at: int) -> int:
    if at == 0 or text[at - 1].isspace():
        return at
    blank = re.compile(r"\s+").search(text, at, at + 40)
    return blank.end() if blank else at


def _word_end(text: str, at: int) -> int:
    if at == len(text):
        return at
    kept = text[max(0, at - 40) : at]
    blank = re.search(r"\s+\S*$", kept)
    return at - (len(kept) - blank.start()) if blank else at

"""The stretch of a passage that answers a question, with the question's words marked. Pure; all text is escaped."""

import re

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

SIZE = 360
ENDINGS = ("ing", "ed", "es", "s")
SMALL_WORDS = frozenset(
    """
    a about all an and any are as at be by can did do does for from had has have how i if in into is it its may me must
    my no not of on or our should so than that the their them there these this to was we were what when where which who
    whom why will with you your
    """.split()  # noqa: SIM905 -- a list of them would not read better
)


def question_words(question: str) -> re.Pattern[str] | None:
    """What matches the question's words and their inflections; None where it has only small ones."""
    words = {word for word in re.findall(r"\w+", question.casefold()) if len(word) > 1 and word not in SMALL_WORDS}
    stems = sorted({re.escape(_stem(word)) for word in words}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(stems)})\w{{0,4}}\b", re.IGNORECASE) if stems else None


def show_best(text: str, words: re.Pattern[str] | None, *, size: int = SIZE) -> SafeString:
    """At most about `size` characters of the text around its densest matches, those marked."""
    matches = list(words.finditer(text)) if words else []
    start, end = _window(text, [match.start() for match in matches], size)
    shown = [match for match in matches if start <= match.start() and match.end() <= end]
    parts, at = ["… " if start else ""], start
    for match in shown:
        parts += [escape(text[at : match.start()]), format_html("<mark>{}</mark>", match[0])]
        at = match.end()
    parts += [escape(text[at:end]), " …" if end < len(text) else ""]
    return mark_safe("".join(parts))  # noqa: S308 -- each part was escaped above


def _stem(word: str) -> str:
    """The word without its ending, where enough of it stays to be recognised."""
    return next((word.removesuffix(end) for end in ENDINGS if word.endswith(end) and len(word) - len(end) >= 4), word)


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

"""Which words of a passage are words of the question: the same stems, so that what counted is what is marked."""

from collections.abc import Iterable, Sequence, Set
from itertools import islice

from knowledge.stems import WORD, Span, pad_words, words_with

MOST_HIGHLIGHTS = 200

Passage = tuple[str, int, int]
"""(content, start, end)"""


def find_highlights(passages: Sequence[Passage], *, stems: Iterable[str]) -> list[list[Span]]:
    """For each passage the spans of its content, in order, whose words have one of the stems."""
    texts = [content[start:end] for content, start, end in passages]
    others = {index: _lowered(text) for index, text in enumerate(texts) if not text.isascii()}
    padded = pad_words(["" if index in others else text for index, text in enumerate(texts)])
    distinct = set(" ".join(padded).split()).union(*map(WORD.findall, others.values()))
    marked = words_with(stems, among=distinct)
    sought = [(f" {word} ", len(word)) for word in marked]
    return [
        (_other_spans(others[index], marked, start) if index in others else _spans(padded[index], sought, start))
        for index, (_, start, _) in enumerate(passages)
    ]


def _spans(padded: str, sought: Sequence[tuple[str, int]], start: int) -> list[Span]:
    """To look for each word, with the blanks around it, is quicker than to cut the text into words again."""
    spans = []
    find = padded.find
    for word, length in sought:
        at = find(word)
        while at >= 0:
            spans.append((start + at, start + at + length))
            at = find(word, at + length + 1)
    spans.sort()
    return spans[:MOST_HIGHLIGHTS]


def _other_spans(lowered: str, marked: Set[str], start: int) -> list[Span]:
    found = (each.span() for each in WORD.finditer(lowered) if each[0] in marked)
    return [(start + first, start + last) for first, last in islice(found, MOST_HIGHLIGHTS)]


def _lowered(text: str) -> str:
    """In lower case, but for the few characters that would become two."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(each if len(each.lower()) > 1 else each.lower() for each in text)

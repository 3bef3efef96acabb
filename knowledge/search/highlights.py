"""Which words of a passage are words of the question: the same stems, so that what counted is what is marked."""

from collections.abc import Iterable, Sequence

from knowledge.stems import Span, Words, words_with

MOST_HIGHLIGHTS = 200

Passage = tuple[str, int, int]
"""(content, start, end)"""


def find_highlights(passages: Sequence[Passage], *, stems: Iterable[str]) -> list[list[Span]]:
    """For each passage the spans of its content, in order, whose words have one of the stems."""
    found = [Words(_lowered(content[start:end])) for content, start, end in passages]
    marked = words_with(stems, among=set[str]().union(*(each.distinct for each in found)))
    highlights = []
    for (_, start, _), each in zip(passages, found, strict=True):
        spans = each.find(marked & each.distinct)[:MOST_HIGHLIGHTS]
        highlights.append([(start + first, start + last) for first, last in spans] if start else spans)
    return highlights


def _lowered(text: str) -> str:
    """In lower case, but for the few characters that would become two."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(each if len(each.lower()) > 1 else each.lower() for each in text)

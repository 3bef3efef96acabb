"""Which words of a passage are words of the question: the same stems, so that what counted is what is marked."""

from collections.abc import Iterable, Sequence

from knowledge.stems import Span, find_words, words_of, words_with

MOST_HIGHLIGHTS = 200

Passage = tuple[str, int, int]
"""(content, start, end)"""


def find_highlights(passages: Sequence[Passage], *, stems: Iterable[str]) -> list[list[Span]]:
    """For each passage the spans of its content, in order, whose words have one of the stems."""
    texts = [_lowered(content[start:end]) for content, start, end in passages]
    words = [set(words_of(text)) for text in texts]
    marked = words_with(stems, among=set[str]().union(*words))
    highlights = []
    for (_, start, _), text, among in zip(passages, texts, words, strict=True):
        spans = find_words(text, marked & among)[:MOST_HIGHLIGHTS]
        highlights.append([(start + first, start + last) for first, last in spans])
    return highlights


def _lowered(text: str) -> str:
    """In lower case, but for the few characters that would become two."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(each if len(each.lower()) > 1 else each.lower() for each in text)

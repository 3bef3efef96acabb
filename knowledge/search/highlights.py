"""Which words of a passage are words of the question: the same stems, so that what counted is what is marked."""

from collections.abc import Iterable, Iterator, Sequence

from knowledge.stems import IDEOGRAPH, words_of, words_with

MOST_HIGHLIGHTS = 200

Span = tuple[int, int]
Passage = tuple[str, int, int]
"""(content, start, end)"""


def find_highlights(passages: Sequence[Passage], *, stems: Iterable[str]) -> list[list[Span]]:
    """For each passage the spans of its content, in order, whose words have one of the stems."""
    texts = [_lowered(content[start:end]) for content, start, end in passages]
    words = [set(words_of(text)) for text in texts]
    marked = words_with(stems, among=set[str]().union(*words))
    highlights = []
    for (_, start, _), text, among in zip(passages, texts, words, strict=True):
        spans = sorted(span for word in marked & among for span in _occurrences(word, text))
        highlights.append([(start + first, start + last) for first, last in spans[:MOST_HIGHLIGHTS]])
    return highlights


def _lowered(text: str) -> str:
    """In lower case, but for the few characters that would become two."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(each if len(each.lower()) > 1 else each.lower() for each in text)


def _occurrences(word: str, text: str) -> Iterator[Span]:
    """Where the word stands by itself. Looking for it is quicker than cutting the text into words again."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if IDEOGRAPH.match(word) or not (_joins(text[max(0, at - 1) : at]) or _joins(text[end : end + 1])):
            yield at, end
        at = text.find(word, end)


def _joins(neighbour: str) -> bool:
    """Whether the character, if there is one, would make the word another one."""
    return neighbour.isalnum() and not IDEOGRAPH.match(neighbour)

"""Which words of a passage are words of the question: the same stems, so that what counted is what is marked."""

from collections.abc import Callable, Iterable, Sequence, Set

from knowledge.words.cutting import Piece, pieces_of
from knowledge.words.folding import fold_with_places
from knowledge.words.stems import Span, pad_words, words_with

MOST_HIGHLIGHTS = 200

Passage = tuple[str, int, int]
"""(content, start, end)"""

StemsIn = Callable[[str], Iterable[str]]
"""The question's stems in a language; "" is SEARCH_LANGUAGE."""


def mark(passages: Sequence[Passage], *, languages: Sequence[str], stems_in: StemsIn) -> list[list[Span]]:
    """For each passage what `find_highlights` finds in its language."""
    marked: dict[int, list[Span]] = {}
    for language in set(languages):
        places = [index for index, each in enumerate(languages) if each == language]
        some = [passages[index] for index in places]
        found = find_highlights(some, stems=stems_in(language), language=language)
        marked.update(zip(places, found, strict=True))
    return [marked[index] for index in range(len(passages))]


def find_highlights(passages: Sequence[Passage], *, stems: Iterable[str], language: str = "") -> list[list[Span]]:
    """For each passage the spans of its content, in order, whose words have one of the stems."""
    texts = [content[start:end] for content, start, end in passages]
    others = {index: _cut(text) for index, text in enumerate(texts) if not text.isascii()}
    padded = pad_words(["" if index in others else text for index, text in enumerate(texts)])
    distinct = set(" ".join(padded).split()).union(word for pieces in others.values() for word, _, _ in pieces)
    marked = words_with(stems, among=distinct, language=language)
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


def _cut(text: str) -> list[Piece]:
    """The words of a text, and where in the text as it is written they start and end."""
    folded, places = fold_with_places(text)
    return [(word, places[start], places[end]) for word, start, end in pieces_of(folded)]


def _other_spans(pieces: Sequence[Piece], marked: Set[str], start: int) -> list[Span]:
    """Pairs of letters that overlap are one span."""
    spans: list[Span] = []
    for word, first, last in pieces:
        if word not in marked or first == last:
            continue
        if spans and start + first < spans[-1][1]:
            spans[-1] = (spans[-1][0], start + last)
        else:
            spans.append((start + first, start + last))
    return spans[:MOST_HIGHLIGHTS]

"""Which words of a passage are words of the question: the same stems, so that what counted is what is marked."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from os.path import commonprefix

from knowledge.search.asked.codes import LEAST, written_together
from knowledge.words.cutting import Piece, first_pieces, pieces_of
from knowledge.words.folding import fold_with_places
from knowledge.words.stems import Span, know, pad_words, words_with

MOST_HIGHLIGHTS = 200

Passage = tuple[str, int, int]
"""(content, start, end)"""

StemsIn = Callable[[str], Iterable[str]]
"""The question's stems in a language; "" is SEARCH_LANGUAGE."""

_SEPARATED, _BOUND = r"[\W_]{0,3}", "[.-]?"
_NO_WORD = re.compile(r"[\W_]")
_HYPHENED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")


def mark(
    passages: Sequence[Passage], *, languages: Sequence[str], stems_in: StemsIn, question: str
) -> list[list[Span]]:
    """For each passage what `find_highlights` finds in its language."""
    together = written_together(question)
    marked: dict[int, list[Span]] = {}
    for language in set(languages):
        places = [index for index, each in enumerate(languages) if each == language]
        some = [passages[index] for index in places]
        found = find_highlights(some, stems=stems_in(language), language=language, together=together)
        marked.update(zip(places, found, strict=True))
    return [marked[index] for index in range(len(passages))]


def find_highlights(
    passages: Sequence[Passage], *, stems: Iterable[str], language: str = "", together: Sequence[str] = ()
) -> list[list[Span]]:
    """For each passage the spans of its content, in order, whose words have one of the stems, alone or with those that
    a hyphen binds to them; and what of `together` stands there, whatever separates its letters."""
    texts = [content[start:end] for content, start, end in passages]
    others = {index: _cut(text) for index, text in enumerate(texts) if not text.isascii()}
    padded = pad_words(["" if index in others else text for index, text in enumerate(texts)])
    bound = [[] if index in others else _bound(text.lower()) for index, text in enumerate(texts)]
    distinct = set(" ".join(padded).split()).union(word for pieces in others.values() for word, _, _ in pieces)
    distinct.update(word for pieces in bound for word, _, _ in pieces)
    marked = words_with(stems, among=distinct, language=language)
    sought = [(f" {word} ", len(word)) for word in marked]
    sought_apart = [_Apart(each, language) for each in together]
    found = [
        _other_spans(others[index], marked) if index in others else _spans(padded[index], sought, bound[index], marked)
        for index, _ in enumerate(texts)
    ]
    if sought_apart:
        found = [_merge([*spans, *_apart(text, sought_apart)]) for spans, text in zip(found, texts, strict=True)]
    return [
        [(start + first, start + last) for first, last in spans[:MOST_HIGHLIGHTS]]
        for spans, (_, start, _) in zip(found, passages, strict=True)
    ]


def _spans(padded: str, sought: Sequence[tuple[str, int]], bound: Sequence[Piece], marked: Set[str]) -> list[Span]:
    """To look for each word, with the blanks around it, is quicker than to cut the text into words again."""
    spans = []
    find = padded.find
    for word, length in sought:
        at = find(word)
        while at >= 0:
            spans.append((at, at + length))
            at = find(word, at + length + 1)
    together = [(first, last) for word, first, last in bound if word in marked]
    return _merge([*spans, *together]) if together else sorted(spans)


def _bound(lowered: str) -> list[Piece]:
    """Words with hyphens as they are written without. Looking at each hyphen is quicker than at all words."""
    pieces: list[Piece] = []
    at = lowered.find("-")
    while at >= 0:
        start = at
        while start and lowered[start - 1].isalnum():
            start -= 1
        found = _HYPHENED.match(lowered, start)
        if found:
            pieces.append((found[0].replace("-", ""), *found.span()))
        at = lowered.find("-", max(at + 1, found.end() if found else 0))
    return pieces


def _cut(text: str) -> list[Piece]:
    """The words of a text, and where in the text as it is written they start and end; also what of them is found by
    itself: words with hyphens written together, and the first letter of a run of Hangul."""
    folded, places = fold_with_places(text)
    pieces = (*pieces_of(folded), *first_pieces(folded), *_bound(folded))
    return [(word, places[start], places[end]) for word, start, end in pieces]


def _other_spans(pieces: Sequence[Piece], marked: Set[str]) -> list[Span]:
    return _merge([(first, last) for word, first, last in pieces if word in marked and first != last])


class _Apart:
    """A word or a code as it is written with separators in it; a word with any of its endings."""

    def __init__(self, written: str, language: str) -> None:
        self.written, self.language = written, language
        self.stem = know({written}, language).of(written) if written.isalpha() else ""
        letters = commonprefix([written, self.stem]) if self.stem else written  # noqa: RUF071 -- no paths
        ending = r"[^\W\d_]*" if self.stem else ""
        separator = _SEPARATED if len(written) >= LEAST else _BOUND
        self.pattern = re.compile(separator.join(map(re.escape, letters)) + ending)

    def is_meant(self, found: str) -> bool:
        word = _NO_WORD.sub("", found)
        return word == self.written or (bool(self.stem) and know({word}, self.language).of(word) == self.stem)


def _apart(text: str, sought: Sequence[_Apart]) -> Iterator[Span]:
    folded, places = (text.lower(), None) if text.isascii() else fold_with_places(text)
    for each in sought:
        for found in each.pattern.finditer(folded):
            start, end = found.span()
            is_whole = not (folded[max(start - 1, 0) : start].isalnum() or folded[end : end + 1].isalnum())
            if is_whole and each.is_meant(found[0]):
                yield (places[start], places[end]) if places else (start, end)


def _merge(spans: Iterable[Span]) -> list[Span]:
    """In order; those that overlap, as pairs of letters do, are one."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged

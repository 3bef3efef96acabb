"""Which blocks of a page are its text, where no mark says so: the library finds it, and all that stands there is read.

The library keeps too little of what it finds: it drops code, points, captions, and whole sections. So it only points
to the place, which is the lowest element that holds nearly all of its finds. Where the page says much more beside that,
the place is taken wider.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from ingestion.extract.readers.web.blocks import PageBlock, WebPage

RUN = 4
"""So many words in a row tell a block from others."""
NEARLY_ALL = 0.9
MUCH_MORE = 0.25
"""Of the words of the place: prose beside it that a page would not have around its text."""
MENU_BLOCKS = 3
"""So many blocks of links alone, one after another, lead elsewhere."""
DECLARED = ("main", "article")
PLACES = frozenset(("div", "section", "article", "main", "td", "center", "form"))
"""A list, a table or a quotation holds nearly all of some pages, and the rest of them is text, too."""


def main_blocks(page: WebPage, body: Any, found: str) -> tuple[tuple[int, int], list[PageBlock]]:
    """From which block to which the text stands, and those of them that are of it.

    `found` is what the library took for it; where it took nothing, that is the whole page.
    """
    place, sure = _place(page, body, found)
    first, last = page.spans.get(place, (0, len(page.blocks)))
    within = enumerate(page.blocks[first:last], start=first)
    kept = [block for at, block in within if not _leads_away(page.blocks, at, sure)]
    return (first, last), [*_title_above(page.blocks, kept, first), *kept]


def _place(page: WebPage, body: Any, found: str) -> tuple[Any, tuple[int, int]]:
    """The element that holds the text, and from which block to which the library is sure of it."""
    sums = _Sums(page, _known(page.blocks, found))
    whole = page.spans.get(body, (0, len(page.blocks)))
    if not sums.known(whole):
        return body, whole
    declared = _declared(page, body, sums)
    place = _lowest(page, body, sums) if declared is None else declared
    sure = page.spans[place]
    while place is not body and sums.prose(whole) - sums.prose(page.spans[place]) > MUCH_MORE * sums.words(
        page.spans[place]
    ):
        place = _above(page, place, body)
    return place, sure


def _lowest(page: WebPage, body: Any, sums: "_Sums") -> Any:
    """Of the elements that hold nearly all that the library found."""
    place, enough = body, NEARLY_ALL * sums.known(page.spans[body])
    while (inner := next((each for each in place if _holds(page, each, sums) >= enough), None)) is not None:
        place = inner
    while place is not body and place.tag not in PLACES:
        place = place.getparent()
    return place if place in page.spans else body


def _holds(page: WebPage, element: Any, sums: "_Sums") -> int:
    return sums.known(page.spans[element]) if element in page.spans else 0


def _declared(page: WebPage, body: Any, sums: "_Sums") -> Any:
    """What the page itself calls its main part, if there is one of it that holds the finds."""
    enough = NEARLY_ALL * sums.known(page.spans[body])
    for tag in DECLARED:
        named = [each for each in body.iter(tag) if each in page.spans] or [
            each for each in page.spans if each.get("role") == tag
        ]
        if len(named) == 1 and sums.known(page.spans[named[0]]) >= enough:
            return named[0]
    return None


def _above(page: WebPage, place: Any, body: Any) -> Any:
    """The next element around it that holds more than it."""
    for around in place.iterancestors():
        if around is body or page.spans.get(around, page.spans[place]) != page.spans[place]:
            return around if around in page.spans else body
    return body


def _leads_away(blocks: Sequence[PageBlock], at: int, sure: tuple[int, int]) -> bool:
    """Whether it is one of a row of links, away from where the text surely is."""
    if sure[0] <= at < sure[1] or not _is_link(blocks[at]):
        return False
    first = last = at
    while first and _is_link(blocks[first - 1]) and at - first < MENU_BLOCKS:
        first -= 1
    while last + 1 < len(blocks) and _is_link(blocks[last + 1]) and last - at < MENU_BLOCKS:
        last += 1
    return last - first + 1 >= MENU_BLOCKS


def _is_link(block: PageBlock) -> bool:
    return block.linked * 5 >= block.words * 4 and not block.heading


def _title_above(blocks: Sequence[PageBlock], kept: Sequence[PageBlock], first: int) -> list[PageBlock]:
    """A reader sees the page's title over its text, wherever it stands in the tree."""
    if any(block.heading == 1 for block in kept):
        return []
    titles = [block for block in blocks if block.heading == 1]
    return titles if len(titles) == 1 and titles[0] in blocks[:first] else []


def _known(blocks: Sequence[PageBlock], found: str) -> list[int]:
    """Of each block its words if the library found it; short ones are found with others only."""
    words = found.split()
    runs = set(zip(*(words[at:] for at in range(RUN)), strict=False))
    return [block.words if _runs(block) & runs else 0 for block in blocks]


def _runs(block: PageBlock) -> set[tuple[str, ...]]:
    """Its first and its last."""
    words = block.text.split() or [word for row in block.rows for cell in row for word in cell.split()]
    return {tuple(words[1 : RUN + 1]), tuple(words[:RUN]), tuple(words[-RUN:])} if len(words) >= RUN else set()


class _Sums:
    """Of the words from one block to another: all of them, those that are prose, those that the library found."""

    def __init__(self, page: WebPage, known: Sequence[int]) -> None:
        self._known = _added(known)
        self._words = _added([block.words for block in page.blocks])
        self._prose = _added([0 if _is_link(block) else block.words - block.linked for block in page.blocks])

    def known(self, span: tuple[int, int]) -> int:
        return self._known[span[1]] - self._known[span[0]]

    def words(self, span: tuple[int, int]) -> int:
        return self._words[span[1]] - self._words[span[0]]

    def prose(self, span: tuple[int, int]) -> int:
        return self._prose[span[1]] - self._prose[span[0]]


def _added(numbers: Sequence[int]) -> list[int]:
    return list(accumulate(numbers, initial=0))

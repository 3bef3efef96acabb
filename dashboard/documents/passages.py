"""A document's content laid out by its passages, so that every character stands once and in order. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.models import Passage

SHOWN = 60
"""Passages on one page of a document."""
CHUNKS_SHOWN = 50
"""Of a file on one page."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Which of a document's passages are shown: those from number `first` to `last`, of `total`."""

    first: int
    last: int
    total: int

    @property
    def previous(self) -> int | None:
        return max(1, self.first - SHOWN) if self.first > 1 else None

    @property
    def next(self) -> int | None:
        return self.last + 1 if self.last < self.total else None


@dataclass(frozen=True, kw_only=True)
class Block:
    """What a page shows beside one passage's number: `shared` belongs to the passage before it too."""

    passage: Passage
    number: int
    shared: str
    text: str


def lay_out(content: str, passages: Iterable[Passage]) -> list[Block]:
    """One block a passage, given in order; a block ends where the next passage starts."""
    passages = list(passages)
    starts = [0, *(passage.start for passage in passages[1:])]
    ends = [*starts[1:], len(content)]
    blocks = []
    covered = 0
    for passage, start, end in zip(passages, starts, ends, strict=True):
        shared_until = min(max(covered, start), end)
        blocks.append(
            Block(
                passage=passage,
                number=passage.ordinal + 1,
                shared=content[start:shared_until],
                text=content[shared_until:end],
            )
        )
        covered = passage.end
    return blocks


def stretch_of(total: int, *, start: str, whole: bool) -> Stretch:
    """The passages from number `start` on, as an address gives it; all of them if `whole`."""
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1
    first = 1 if whole else min(max(1, first), max(1, total))
    return Stretch(first=first, last=total if whole else min(total, first + SHOWN - 1), total=total)

"""A document's content laid out by its passages, so that every character stands once and in order. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.models import Passage


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

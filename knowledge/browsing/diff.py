"""What an update did to a text: spans that stayed, went and came. Pure, and bounded whatever the texts are.

See docs/decisions/0034.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_CHARS = 200_000
MOST_WORD_PAIRS = 1_000_000
CONTEXT_CHARS = 120
TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


class Op(StrEnum):
    SAME = "same"
    DEL = "del"
    INS = "ins"
    SKIP = "skip"


@dataclass(frozen=True)
class DiffSpan:
    """`chars` of the text in its order; those of a `skip` stayed the same and are left out."""

    op: Op
    text: str
    chars: int


def diff_texts(before: str, after: str) -> list[DiffSpan] | None:
    """The spans that make both: same and del make the old text, same and ins the new one; long sameness is skipped.

    None where a text is too long to be compared.
    """
    if max(len(before), len(after)) > MOST_CHARS:
        return None
    pieces = _merged(_within_common(before.splitlines(keepends=True), after.splitlines(keepends=True)))
    return [span for index, (op, text) in enumerate(pieces) for span in _shortened(op, text, index, len(pieces))]


def _within_common(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Op, str]]:
    """The lines that both begin and end with need no comparing; most updates are small."""
    least = min(len(before), len(after))
    head = next((n for n in range(least) if before[n] != after[n]), least)
    tail = next((n for n in range(least - head) if before[-1 - n] != after[-1 - n]), least - head)
    yield Op.SAME, "".join(before[:head])
    yield from _by_line(before[head : len(before) - tail], after[head : len(after) - tail])
    yield Op.SAME, "".join(before[len(before) - tail :])


def _by_line(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Op, str]]:
    for kind, i, j, k, m in SequenceMatcher(None, before, after).get_opcodes():
        old, new = "".join(before[i:j]), "".join(after[k:m])
        if kind == "equal":
            yield Op.SAME, old
        else:
            yield from _by_word(TOKEN.findall(old), TOKEN.findall(new))


def _by_word(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Op, str]]:
    """Word by word, unless that would take long."""
    if len(before) * len(after) > MOST_WORD_PAIRS:
        yield Op.DEL, "".join(before)
        yield Op.INS, "".join(after)
        return
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Op.SAME, "".join(before[i:j])
        else:
            yield Op.DEL, "".join(before[i:j])
            yield Op.INS, "".join(after[k:m])


def _merged(pieces: Iterator[tuple[Op, str]]) -> list[tuple[Op, str]]:
    """Without empty pieces, and neighbours of one kind joined."""
    merged: list[tuple[Op, str]] = []
    for op, text in pieces:
        if not text:
            continue
        if merged and merged[-1][0] is op:
            merged[-1] = op, merged[-1][1] + text
        else:
            merged.append((op, text))
    return merged


def _shortened(op: Op, text: str, index: int, count: int) -> Iterator[DiffSpan]:
    """A long stretch that stayed keeps only what borders on a change."""
    head = CONTEXT_CHARS if index > 0 else 0
    tail = CONTEXT_CHARS if index < count - 1 else 0
    skipped = len(text) - head - tail
    if op is not Op.SAME or skipped <= CONTEXT_CHARS:
        yield DiffSpan(op, text, len(text))
        return
    if head:
        yield DiffSpan(op, text[:head], head)
    yield DiffSpan(Op.SKIP, "", skipped)
    if tail:
        yield DiffSpan(op, text[-tail:], tail)

"""What a scope asks of a document, as numbers: its tags, its source, and whether it is private.

An index keeps, for each label, the positions of the passages that bear it. Labels are hashes: two words that share one
make a candidate too many, which the statement over the rows throws out again.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from accounts.private_sources import is_private
from knowledge.search.scope import Scope

PRIVATE = "private"

Positions = NDArray[np.int32]


@lru_cache(maxsize=100_000)
def label(kind: str, word: str) -> int:
    """Of the kinds `tag`, `source` and `private`; 63 bits."""
    digest = hashlib.blake2b(f"{kind}\0{word}".encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def labels_of(*, source: str, tags: Iterable[str]) -> list[int]:
    found = [label("source", source), *(label("tag", tag) for tag in tags)]
    return [*found, label(PRIVATE, "")] if is_private(source) else found


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a scope asks for: of each group one of its alternatives, whose labels are all borne; and who are left out.

    What a scope leaves out beyond that (expired documents, excluded tags) the rows themselves tell.
    """

    groups: tuple[tuple[tuple[int, ...], ...], ...]
    without: int | None


def wanted_labels(scope: Scope) -> Wanted:
    expressions = [each for each in (scope.tags, scope.within) if each is not None]
    groups = [[[label("tag", tag) for tag in branch] for branch in each.branches] for each in expressions]
    sources = scope.sources if scope.source is None else (scope.source,)
    if sources:
        groups.append([[label("source", source)] for source in sources])
    without = None if sources or scope.private else label(PRIVATE, "")
    return Wanted(groups=tuple(tuple(tuple(branch) for branch in group) for group in groups), without=without)


class Postings:
    """For each label the ascending positions that bear it: `positions[offsets[i]:offsets[i + 1]]` of `labels[i]`."""

    def __init__(self, labels: NDArray[np.int64], offsets: NDArray[np.int64], positions: Positions) -> None:
        self.labels, self.offsets, self.positions = labels, offsets, positions

    def of(self, label: int) -> Positions:
        at = int(np.searchsorted(self.labels, label))
        if at == len(self.labels) or self.labels[at] != label:
            return self.positions[:0]
        return self.positions[self.offsets[at] : self.offsets[at + 1]]

    def most(self, wanted: Wanted) -> int | None:
        """No more positions than this are wanted; None: any."""
        return min((sum(self._most_of(branch) for branch in group) for group in wanted.groups), default=None)

    def of_all(self, wanted: Wanted) -> Positions:
        """The positions that are wanted, of at least one group."""
        found = None
        for group in sorted(wanted.groups, key=lambda group: sum(self._most_of(branch) for branch in group)):
            of_group = _union([self._of_branch(branch) for branch in group])
            found = of_group if found is None else _common(found, of_group)
        found = self.positions[:0] if found is None else found
        if wanted.without is None:
            return found
        return np.setdiff1d(found, self.of(wanted.without), assume_unique=True).astype(np.int32)

    def _most_of(self, branch: Sequence[int]) -> int:
        return min(len(self.of(each)) for each in branch)

    def _of_branch(self, branch: Sequence[int]) -> Positions:
        found, *others = sorted((self.of(each) for each in branch), key=len)
        for other in others:
            found = _common(found, other)
        return found


def make_postings(labels: NDArray[np.int64], counts: NDArray[np.int64]) -> Postings:
    """`labels` of the first passage, of the second and so on; `counts`: how many each has."""
    positions = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    order = np.lexsort((positions, labels))
    known, first = np.unique(labels[order], return_index=True)
    return Postings(known, np.append(first, len(labels)).astype(np.int64), positions[order])


def _union(found: list[Positions]) -> Positions:
    return found[0] if len(found) == 1 else np.unique(np.concatenate(found))


def _common(few: Positions, many: Positions) -> Positions:
    """Both ascending. A few are looked up in the many; otherwise both are merged."""
    if len(few) > len(many):
        few, many = many, few
    if len(few) * 16 > len(many):
        return np.intersect1d(few, many, assume_unique=True)
    at = np.searchsorted(many, few)
    return few[(at < len(many)) & (many[np.minimum(at, len(many) - 1)] == few)] if len(many) else many

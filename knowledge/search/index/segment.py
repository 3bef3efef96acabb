"""A segment: the codes of some passages, in a file that never changes.

Passages stand in the order of their positions, from 0. Their codes are there twice: coarse ones in inverted lists,
packed for faiss's fast scan (two bits a dimension, 32 codes side by side), which choose among all or among many; and
whole ones (four bits), a row each, by which those are compared, and the few that a filter leaves. All of it is mapped,
not read: further processes pay for no copy.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.search.index.inverted_lists import InvertedLists, pack_lists, train_lists
from knowledge.search.index.labels import Positions, Postings, Wanted, make_postings
from knowledge.search.index.quantizer import Codes, Floats, Quantizer
from knowledge.search.index.section_file import SectionFile, write_sections

FEW = 20_000
"""Passages whose codes are compared one by one (10,000 take 2 ms); of more, faiss scans lists with a selection."""

COMPARED = 512
"""Codes that are unpacked at a time, within a processor's cache: all of 10,000 at once take ten times as long."""

WIDE = 0.2
"""A filter that leaves this share of a segment or more costs nothing but more candidates."""


CHOSEN, CHOSEN_EACH = 150, 3
"""How many passages the coarse codes choose for each that is wanted, and beyond."""


@dataclass(frozen=True, kw_only=True)
class CodedPassages:
    """Row by row: the passage's id, its code, and its labels (`counts` of them, one after the other)."""

    ids: NDArray[np.int64]
    codes: Codes
    labels: NDArray[np.int64]
    counts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)


def join_passages(parts: Sequence[CodedPassages]) -> CodedPassages:
    return CodedPassages(
        ids=np.concatenate([each.ids for each in parts]),
        codes=np.concatenate([each.codes for each in parts]),
        labels=np.concatenate([each.labels for each in parts]),
        counts=np.concatenate([each.counts for each in parts]),
    )


@dataclass(frozen=True, kw_only=True)
class SegmentHits:
    """Ids of passages with their products with the question; `every`: no other passage is wanted."""

    ids: NDArray[np.int64]
    products: Floats
    every: bool


class Segment:
    """A segment that is open."""

    def __init__(self, path: Path) -> None:
        self.file = SectionFile(path)
        array = self.file.array
        self.name = path.name
        self.quantizer = Quantizer(low=array("low"), step=array("step"))
        self.ids: NDArray[np.int64] = array("ids")
        self.codes: Codes = array("codes")
        self.postings = Postings(array("labels"), array("offsets"), array("positions"))
        self.lists = InvertedLists(self.file, self.quantizer)

    def __len__(self) -> int:
        return len(self.ids)

    def search(self, vector: Floats, wanted: Wanted, *, count: int) -> SegmentHits:
        """The `count` nearest or more, by their codes, of the passages that bear the labels."""
        most = self.postings.most(wanted)
        if most is None or most > WIDE * len(self):
            return self._search_wide(vector, wanted, count=count, most=most)
        return self._search_among(vector, self.postings.of_all(wanted), count=count)

    def _search_among(self, vector: Floats, positions: Positions, *, count: int) -> SegmentHits:
        if len(positions) > FEW:
            share = len(positions) / len(self)
            chosen = self.lists.search(vector, count=_chosen(count), among=positions, share=share)
            return self._compare(vector, chosen, count=count, of=len(positions))
        return self._compare(vector, positions, count=count, of=len(positions))

    def _search_wide(self, vector: Floats, wanted: Wanted, *, count: int, most: int | None) -> SegmentHits:
        left_out = 0 if wanted.without is None else len(self.postings.of(wanted.without))
        share = (len(self) - left_out) / len(self) * (1 if most is None else most / len(self))
        if share < WIDE:
            return self._search_among(vector, self._positions_left(wanted), count=count)
        count = min(len(self), int(count / share) + 1)
        return self._compare(vector, self.lists.search(vector, count=_chosen(count)), count=count, of=len(self))

    def _positions_left(self, wanted: Wanted) -> Positions:
        """Where most of the segment is left out."""
        if wanted.groups:
            return self.postings.of_all(wanted)
        left = np.ones(len(self), dtype=bool)
        if wanted.without is not None:
            left[self.postings.of(wanted.without)] = False
        return np.flatnonzero(left).astype(np.int32)

    def _compare(self, vector: Floats, positions: NDArray[Any], *, count: int, of: int) -> SegmentHits:
        """The best of these by their codes; all that are wanted are so many."""
        parts = [positions[at : at + COMPARED] for at in range(0, max(len(positions), 1), COMPARED)]
        products = np.concatenate([self.quantizer.products(self.codes[part], vector) for part in parts])
        best = _best(products, count)
        return SegmentHits(ids=self.ids[positions[best]], products=products[best], every=len(best) == of)

    def passages(self) -> CodedPassages:
        """Everything in it, to be merged with others."""
        postings = self.postings
        order = np.argsort(postings.positions, kind="stable")
        labels = np.repeat(postings.labels, np.diff(postings.offsets))[order]
        counts = np.bincount(postings.positions, minlength=len(self)).astype(np.int64)
        return CodedPassages(ids=self.ids, codes=self.codes, labels=labels, counts=counts)


def write_segment(folder: Path, passages: CodedPassages, quantizer: Quantizer, facts: dict[str, Any]) -> Path:
    """`facts` stand in its head. At least one passage."""
    centroids = train_lists(passages.codes, quantizer)
    packed = pack_lists(passages.codes, quantizer, centroids)
    postings = make_postings(passages.labels, passages.counts)
    path = folder / f"{uuid.uuid4().hex}.segment"
    sections: dict[str, NDArray[Any]] = {
        "low": quantizer.low,
        "step": quantizer.step,
        "centroids": centroids,
        "ids": passages.ids,
        "codes": passages.codes,
        "labels": postings.labels,
        "offsets": postings.offsets,
        "positions": postings.positions,
        "sizes": packed.sizes,
        "lists": packed.data,
    }
    write_sections(path, facts | {"probed": packed.probed}, sections)
    return path


def _chosen(count: int) -> int:
    return CHOSEN + CHOSEN_EACH * count


def _best(products: Floats, count: int) -> NDArray[np.int64]:
    """Where the `count` largest are, in no order."""
    if len(products) <= count:
        return np.arange(len(products))
    return np.argpartition(products, len(products) - count)[-count:]

"""Inverted lists of codes: made by faiss, mapped from a segment's file, scanned by faiss.

faiss reads an index with its lists into each process's own memory. Lists on a disk are mapped instead, and to the scan
a list is a pointer; so a segment keeps each list as faiss packs it, with its positions behind, and hands out pointers
into the file. (faiss: IndexIVFPQFastScan, OnDiskInvertedLists.)
"""

from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.search.index.labels import Positions
from knowledge.search.index.quantizer import LEVELS, Codes, Floats, Quantizer
from knowledge.search.index.section_file import SectionFile

BLOCK = 32
"""Codes that the scan reads side by side; a list ends with a whole block."""

ONE_LIST = 8_000
"""Up to so many passages stand in one list, which every question scans: 0.1 ms."""

SAMPLE = 48
"""Passages a list that training looks at."""

ASSIGN_STRIDE = 16_384
ROUNDS = 8

PROBED_ENOUGH = 0.998
QUESTIONS = 64


@dataclass(frozen=True, kw_only=True)
class PackedLists:
    """`data`: of each list its codes in blocks, then its positions (int64), zeros up to a whole block."""

    sizes: NDArray[np.int64]
    data: NDArray[np.uint8]
    probed: int


class InvertedLists:
    """The lists of an open segment. Safe for threads: a search changes nothing."""

    def __init__(self, file: SectionFile, quantizer: Quantizer) -> None:
        faiss.omp_set_num_threads(1)
        self._file = file
        sizes: NDArray[np.int64] = file.array("sizes")
        self.probed = int(file.facts["probed"])
        self._width = _even(quantizer.dimensions)
        self._coarse = faiss.IndexFlatIP(self._width)
        self._coarse.add(_even_width(file.array("centroids")))
        self._lists = _mapped(file, sizes, code_bytes=self._width // 2)
        self._index = faiss.IndexIVFPQFastScan(self._trained(quantizer, len(sizes)))
        self._index.replace_invlists(self._lists, False)
        self._index.ntotal = int(sizes.sum())

    def _trained(self, quantizer: Quantizer, lists: int) -> faiss.IndexIVFPQ:
        return _empty_index(self._coarse, quantizer, lists=lists)

    def search(
        self, vector: Floats, *, count: int, among: Positions | None = None, share: float = 1.0
    ) -> tuple[NDArray[np.int64], Floats]:
        """Positions of the nearest and their products, as many as asked for where there are so many; `among` are a
        `share` of the segment's.
        """
        lists, question = self._index.nlist, _even_width(vector[None, :])
        parameters = faiss.SearchParametersIVF(nprobe=min(lists, int(self.probed / sqrt(share)) + 1))
        if among is not None:
            chosen = np.zeros(self._index.ntotal, dtype=bool)
            chosen[among] = True
            bits = np.packbits(chosen, bitorder="little")
            parameters.sel = faiss.IDSelectorBitmap(bits)
        most = min(count, self._index.ntotal if among is None else len(among))
        products, positions = self._index.search(question, most, params=parameters)
        if parameters.nprobe < lists and (positions[0] < 0).any():  # the nearest lists hold fewer
            parameters.nprobe = lists
            products, positions = self._index.search(question, most, params=parameters)
        there = positions[0] >= 0
        return positions[0][there], products[0][there]


def train_lists(codes: Codes, quantizer: Quantizer) -> Floats:
    """The centres of the lists, from a sample of the passages."""
    lists = _lists_for(len(codes))
    chosen = np.random.default_rng(len(codes)).choice(len(codes), min(len(codes), lists * SAMPLE), replace=False)
    sample = quantizer.decode(codes[np.sort(chosen)])
    if lists == 1:
        centre: Floats = sample.mean(axis=0, keepdims=True)
        return centre
    means = faiss.Kmeans(
        quantizer.dimensions, lists, niter=ROUNDS, spherical=True, max_points_per_centroid=SAMPLE, verbose=False
    )
    means.train(sample)
    centroids: Floats = means.centroids
    return centroids


def pack_lists(codes: Codes, quantizer: Quantizer, centroids: Floats) -> PackedLists:
    coarse = faiss.IndexFlatIP(_even(quantizer.dimensions))
    coarse.add(_even_width(centroids))
    lists = _assigned(codes, quantizer, coarse)
    index = _empty_index(coarse, quantizer, lists=len(centroids))
    order = np.argsort(lists, kind="stable")
    bounds = np.searchsorted(lists[order], np.arange(len(centroids) + 1))
    positions, sorted_codes = order.astype(np.int64), np.ascontiguousarray(codes[order])
    for number, (begin, end) in enumerate(pairwise(bounds)):
        if end > begin:
            index.invlists.add_entries(
                number, int(end - begin), faiss.swig_ptr(positions[begin:end]), faiss.swig_ptr(sorted_codes[begin:end])
            )
    index.ntotal = len(codes)
    fast = faiss.IndexIVFPQFastScan(index)
    return PackedLists(
        sizes=np.diff(bounds).astype(np.int64), data=_data_of(fast), probed=_probed_enough(fast, codes, quantizer)
    )


def _lists_for(passages: int) -> int:
    """A power of two near the root of the passages."""
    return 1 if passages <= ONE_LIST else 1 << round(np.log2(sqrt(passages)))


def _assigned(codes: Codes, quantizer: Quantizer, coarse: faiss.IndexFlatIP) -> NDArray[np.int64]:
    found = []
    for at in range(0, len(codes), ASSIGN_STRIDE):
        vectors = quantizer.decode(codes[at : at + ASSIGN_STRIDE])
        found.append(coarse.search(_even_width(vectors), 1)[1][:, 0])
    return np.concatenate(found)


def _empty_index(coarse: faiss.IndexFlatIP, quantizer: Quantizer, *, lists: int) -> faiss.IndexIVFPQ:
    """Its codes are the quantizer's: a sub-quantizer for each dimension, its centres the levels."""
    width = _even(quantizer.dimensions)
    index = faiss.IndexIVFPQ(coarse, width, lists, width, 4, faiss.METRIC_INNER_PRODUCT)
    index.by_residual, index.use_precomputed_table = False, 0
    levels = np.zeros((width, LEVELS), dtype=np.float32)
    levels[: quantizer.dimensions] = quantizer.levels
    faiss.copy_array_to_vector(levels.ravel(), index.pq.centroids)
    index.is_trained = True
    return index


def _data_of(index: faiss.IndexIVFPQFastScan) -> NDArray[np.uint8]:
    lists = faiss.downcast_InvertedLists(index.invlists)
    parts = []
    for number in range(index.nlist):
        size = lists.list_size(number)
        if size:
            blocks = -(-size // BLOCK)
            parts.append(faiss.rev_swig_ptr(lists.get_codes(number), blocks * lists.block_size))
            positions = np.zeros(blocks * BLOCK, dtype=np.int64)
            positions[:size] = faiss.rev_swig_ptr(lists.get_ids(number), size)
            parts.append(positions.view(np.uint8))
    return np.concatenate(parts)


def _mapped(file: SectionFile, sizes: NDArray[np.int64], *, code_bytes: int) -> faiss.OnDiskInvertedLists:
    """Each list with its size, the room it takes and where it begins in the file."""
    room = -(-sizes // BLOCK) * BLOCK
    begins = file.offset("lists") + np.append(0, np.cumsum(room * (code_bytes + 8))[:-1])
    table = np.stack([sizes, room, begins], axis=1).astype(np.uint64)
    lists = faiss.OnDiskInvertedLists()
    lists.nlist, lists.code_size = len(sizes), code_bytes
    lists.filename, lists.read_only, lists.totsize = str(file.path), True, len(file.mapped)
    lists.prefetch_nthread = 0  # its threads touch every page that a question is going to read, each time
    lists.lists.resize(len(sizes))
    faiss.memcpy(lists.lists.data(), faiss.swig_ptr(table), table.nbytes)
    try:
        lists.do_mmap()
    except RuntimeError as error:  # faiss knows no other; it was there a moment ago
        raise FileNotFoundError(str(file.path)) from error
    return lists


def _probed_enough(index: faiss.IndexIVFPQFastScan, codes: Codes, quantizer: Quantizer) -> int:
    """How many lists a question has to scan so that it finds, of ten passages nearest by all lists, nearly all.

    Passages play the questions, each less itself.
    """
    if index.nlist == 1:
        return 1
    chosen = np.random.default_rng(index.nlist).choice(len(codes), QUESTIONS, replace=False)
    questions = _even_width(quantizer.decode(codes[chosen]))
    index.nprobe = index.nlist
    nearest = index.search(questions, 11)[1]
    for share in (32, 16, 12, 8, 6, 4, 3, 2):
        index.nprobe = max(4, index.nlist // share)
        found = index.search(questions, 11)[1]
        same = np.mean([len({*one} & {*other}) / 11 for one, other in zip(nearest, found, strict=True)])
        if same >= PROBED_ENOUGH:
            return int(index.nprobe)
    return int(index.nlist)


def _even(dimensions: int) -> int:
    return dimensions + dimensions % 2


def _even_width(vectors: Floats) -> Floats:
    """A zero behind each, where the dimensions are odd: codes are packed in pairs."""
    odd = vectors.shape[1] % 2
    return np.ascontiguousarray(np.pad(vectors, ((0, 0), (0, odd))) if odd else vectors, dtype=np.float32)

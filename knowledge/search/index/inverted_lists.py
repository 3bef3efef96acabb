"""Inverted lists of coarse codes: made by faiss, mapped from a segment's file, scanned by faiss.

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
from knowledge.search.index.quantizer import Codes, Floats, Quantizer, coarse, coarse_width
from knowledge.search.index.section_file import SectionFile

BLOCK = 32
"""Codes that the scan reads side by side; a list ends with a whole block."""

ONE_LIST = 8_000
"""Up to so many passages stand in one list, which every question scans: 0.05 ms."""

SAMPLE = 48
"""Passages a list that training looks at."""

ASSIGN_STRIDE = 16_384
ROUNDS = 8

PROBED_ENOUGH = 0.999
QUESTIONS, NAMED, NEAREST = 128, 100, 10


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
        width = coarse_width(quantizer.dimensions)
        self._coarse = faiss.IndexFlatIP(width)
        self._coarse.add(_padded(file.array("centroids")))
        self._lists = _mapped(file, sizes, code_bytes=width // 4)
        self._index = faiss.IndexIVFPQFastScan(self._trained(quantizer, len(sizes)))
        self._index.replace_invlists(self._lists, False)
        self._index.ntotal = int(sizes.sum())

    def _trained(self, quantizer: Quantizer, lists: int) -> faiss.IndexIVFPQ:
        return _empty_index(self._coarse, quantizer, lists=lists)

    def search(
        self, vector: Floats, *, count: int, among: Positions | None = None, share: float = 1.0
    ) -> NDArray[np.int64]:
        """Positions of the nearest, as many as asked for where there are so many; `among` are a `share` of the
        segment's."""
        lists, question = self._index.nlist, _padded(vector[None, :])
        parameters = faiss.SearchParametersIVF(nprobe=min(lists, int(self.probed / sqrt(share)) + 1))
        if among is not None:
            chosen = np.zeros(self._index.ntotal, dtype=bool)
            chosen[among] = True
            bits = np.packbits(chosen, bitorder="little")
            parameters.sel = faiss.IDSelectorBitmap(bits)
        most = min(count, self._index.ntotal if among is None else len(among))
        [positions] = self._index.search(question, most, params=parameters)[1]
        if parameters.nprobe < lists and positions[-1] < 0:  # the nearest lists hold fewer
            parameters.nprobe = lists
            [positions] = self._index.search(question, most, params=parameters)[1]
        found: NDArray[np.int64] = positions[positions >= 0]
        return found


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
    nearest = faiss.IndexFlatIP(coarse_width(quantizer.dimensions))
    nearest.add(_padded(centroids))
    lists = _assigned(codes, quantizer, nearest)
    index = _empty_index(nearest, quantizer, lists=len(centroids))
    order = np.argsort(lists, kind="stable")
    bounds = np.searchsorted(lists[order], np.arange(len(centroids) + 1))
    positions = order.astype(np.int64)
    sorted_codes = coarse(codes[order], dimensions=quantizer.dimensions)
    for number, (begin, end) in enumerate(pairwise(bounds)):
        if end > begin:
            index.invlists.add_entries(
                number, int(end - begin), faiss.swig_ptr(positions[begin:end]), faiss.swig_ptr(sorted_codes[begin:end])
            )
    index.ntotal = len(codes)
    fast = faiss.IndexIVFPQFastScan(index)
    return PackedLists(
        sizes=np.diff(bounds).astype(np.int64),
        data=_data_of(fast),
        probed=_probed_enough(fast, lists, codes, quantizer),
    )


def _lists_for(passages: int) -> int:
    """A power of two near the root of the passages."""
    return 1 if passages <= ONE_LIST else 1 << round(np.log2(sqrt(passages)))


def _assigned(codes: Codes, quantizer: Quantizer, nearest: faiss.IndexFlatIP) -> NDArray[np.int64]:
    found = []
    for at in range(0, len(codes), ASSIGN_STRIDE):
        vectors = quantizer.decode(codes[at : at + ASSIGN_STRIDE])
        found.append(nearest.search(_padded(vectors), 1)[1][:, 0])
    return np.concatenate(found)


def _empty_index(nearest: faiss.IndexFlatIP, quantizer: Quantizer, *, lists: int) -> faiss.IndexIVFPQ:
    """Its codes are coarse ones: a sub-quantizer for each two dimensions."""
    width = coarse_width(quantizer.dimensions)
    index = faiss.IndexIVFPQ(nearest, width, lists, width // 2, 4, faiss.METRIC_INNER_PRODUCT)
    index.by_residual, index.use_precomputed_table = False, 0
    faiss.copy_array_to_vector(quantizer.coarse_centers.ravel(), index.pq.centroids)
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


def _probed_enough(
    index: faiss.IndexIVFPQFastScan, lists: NDArray[np.int64], codes: Codes, quantizer: Quantizer
) -> int:
    """How many lists a question has to scan to find nearly all of its ten nearest; passages play the questions."""
    if index.nlist == 1:
        return 1
    chosen = np.random.default_rng(index.nlist).choice(len(codes), min(QUESTIONS, len(codes)), replace=False)
    vectors = quantizer.decode(codes[chosen])
    order = index.quantizer.search(_padded(vectors), index.nlist)[1]
    index.nprobe = index.nlist
    named = index.search(_padded(vectors), NAMED)[1]
    needed = []
    for own, vector, lists_by_nearness, positions in zip(chosen, vectors, order, named, strict=True):
        others = positions[(positions >= 0) & (positions != own)]
        nearest = others[np.argsort(-quantizer.products(codes[others], vector))[:NEAREST]]
        needed.extend(np.argsort(lists_by_nearness)[lists[nearest]])
    return int(np.quantile(needed, PROBED_ENOUGH, method="higher")) + 1


def _padded(vectors: Floats) -> Floats:
    """Zeros behind each, up to what a coarse code stands for."""
    missing = coarse_width(vectors.shape[1]) - vectors.shape[1]
    return np.ascontiguousarray(np.pad(vectors, ((0, 0), (0, missing))) if missing else vectors, dtype=np.float32)

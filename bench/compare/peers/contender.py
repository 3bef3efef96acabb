"""What every store can be asked that holds the corpus, be it Larder or a peer."""

from collections.abc import Iterable, Sequence
from statistics import mean
from typing import Protocol

import numpy as np

from bench.compare.corpus import Corpus, key_of, nearest
from bench.compare.cpu import Processes
from bench.compare.measure import Client
from bench.compare.sizes import TOP_K


class Contender(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def processes(self) -> Processes: ...

    def clients(self, *, tag: str = "") -> Client:
        """Each asks the corpus' questions again and again, under the tag where one is given."""

    def found(self, rows: Iterable[int], *, tag: str = "") -> list[set[str]]:
        """The keys of the documents that answer each question."""


def recall_of(contender: Contender, corpus: Corpus, *, questions: int, tag: str = "") -> float:
    """The share of the truly nearest that were found, on average."""
    rows = corpus.question_rows()[:questions]
    return share_found(contender.found(rows, tag=tag), corpus, rows, tag=tag)


def share_found(found: Sequence[set[str]], corpus: Corpus, rows: Sequence[int], *, tag: str = "") -> float:
    exact = [{key_of(row) for row in line} for line in nearest(corpus, rows, count=TOP_K, tag=tag)]
    return mean(len(each & true) / max(len(true), 1) for each, true in zip(found, exact, strict=True))


def as_float32(corpus: Corpus) -> list[np.ndarray]:
    """The questions' vectors, as most peers take them."""
    return [np.asarray(corpus.vectors[row], dtype=np.float32) for row in corpus.question_rows()]

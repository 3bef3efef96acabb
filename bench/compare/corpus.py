"""Documents and vectors that are the same in every run, for every contender.

Rows are numbered; a text carries its number as `[number]`, so whoever plays the embedder only looks the vector up. The
vectors are made up in the shape of a real model's, which spread over some tens of directions of falling weight however
wide they are; or they are the local model's own, see `modelled`.
"""

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float16]

WIDTH = 384
DIRECTIONS = 64
STRIDE = 50_000
WORDS_EACH = 60
SOURCES = 1_000
NUMBER = re.compile(r"\[(\d+)\]")
SELECTIVITIES = {"half": 2, "hundredth": 100, "thousandth": 1_000}
"""A tag, and which part of the documents carries it: one in so many."""


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """`documents` rows to store, then `questions` rows to ask; all vectors of length 1, rounded to half precision.

    `name` is a file name's part that no other corpus has in the same folder.
    """

    documents: int
    questions: int
    file: Path
    name: str

    @property
    def width(self) -> int:
        return int(self.vectors.shape[1])

    @property
    def vectors(self) -> Vectors:
        found: Vectors = np.load(self.file, mmap_mode="r")
        return found

    def question_rows(self) -> range:
        return range(self.documents, self.documents + self.questions)


def make_corpus(documents: int, *, questions: int, folder: Path, width: int = WIDTH) -> Corpus:
    return corpus_of(f"{documents}-{width}", documents, questions=questions, folder=folder, write=_make_up(width))


Write = Callable[[Path, int], None]
"""Writes so many vectors to a file."""


def corpus_of(name: str, documents: int, *, questions: int, folder: Path, write: Write) -> Corpus:
    """What the folder holds of that name, or else `write` puts it there."""
    file, rows = folder / f"vectors-{name}.npy", documents + questions
    corpus = Corpus(documents=documents, questions=questions, file=file, name=name)
    if not file.exists() or len(corpus.vectors) != rows:
        unfinished = file.with_suffix(".part.npy")
        write(unfinished, rows)
        unfinished.replace(file)
    return corpus


def _make_up(width: int) -> Write:
    def write(file: Path, rows: int) -> None:
        with written(file, rows, width) as vectors:
            for first in range(0, rows, STRIDE):
                some = _vectors(min(STRIDE, rows - first), width=width, seed=first)
                vectors[first : first + len(some)] = some

    return write


@contextmanager
def written(file: Path, rows: int, width: int) -> Iterator[Vectors]:
    vectors = np.lib.format.open_memmap(file, mode="w+", dtype=np.float16, shape=(rows, width))
    yield vectors
    vectors.flush()


def _vectors(count: int, *, width: int, seed: int) -> npt.NDArray[np.float32]:
    spread = 1 / np.sqrt(np.arange(1, DIRECTIONS + 1, dtype=np.float32))
    latent = np.random.default_rng(seed).standard_normal((count, DIRECTIONS), dtype=np.float32) * spread
    found = latent @ np.random.default_rng(0).standard_normal((DIRECTIONS, width), dtype=np.float32)
    unit: npt.NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


@cache
def vocabulary() -> tuple[str, ...]:
    chance = random.Random(0)
    syllables = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
    return tuple("".join(chance.choices(syllables, k=chance.choice((2, 2, 3, 4)))) for _ in range(5_000))


def text_of(row: int) -> str:
    """About 400 characters; frequent words and rare ones, as in prose."""
    chance = random.Random(row)
    return f"[{row}] " + " ".join(word_by(chance) for _ in range(WORDS_EACH))


def word_by(chance: random.Random) -> str:
    words = vocabulary()
    return words[int(len(words) ** chance.random()) - 1]


def question_of(row: int) -> str:
    return f"What do we know about [{row}]?"


def words_question_of(row: int) -> str:
    """Three words, drawn as those of the texts are, so that most questions hold one that a tenth of them say."""
    chance = random.Random(row)
    return f"{' '.join(word_by(chance) for _ in range(3))} [{row}]"


def row_of(text: str) -> int | None:
    found = NUMBER.search(text)
    return int(found.group(1)) if found else None


def tags_of(row: int) -> list[str]:
    return ["bench", *(tag for tag, one_in in SELECTIVITIES.items() if row % one_in == one_in - 1)]


def metadata_of(row: int) -> dict[str, Any]:
    """Its number, by which ranges are asked for, and each tag that tells a share as a field."""
    return {"row": row, **{tag: True for tag in tags_of(row) if tag in SELECTIVITIES}}


def source_of(row: int) -> str:
    return f"bench-{row % SOURCES}"


def key_of(row: int) -> str:
    return f"note:{row}"


def documents(rows: Iterable[int], *, expires_at: str | None = None) -> Iterator[dict[str, Any]]:
    """As a provider sends them."""
    for row in rows:
        yield {
            "id": key_of(row),
            "content": text_of(row),
            "tags": tags_of(row),
            "metadata": metadata_of(row),
            "expires_at": expires_at,
        }


def batches(rows: range, *, size: int, expires_at: str | None = None) -> list[bytes]:
    """Bodies of a bulk-upsert, encoded before any clock runs."""
    parts = (rows[first : first + size] for first in range(0, len(rows), size))
    return [json.dumps({"documents": list(documents(part, expires_at=expires_at))}).encode() for part in parts]


def nearest(corpus: Corpus, rows: Iterable[int], *, count: int, tag: str = "") -> list[set[int]]:
    """The exact answer for each question row: the numbers of the nearest documents, of those with the tag.

    By cosine: rounded, the vectors are a little off their length of 1, which decides between close ones.
    """
    vectors, one_in = corpus.vectors, SELECTIVITIES.get(tag, 1)
    matching = np.arange(one_in - 1, corpus.documents, one_in)
    asked = np.stack([vectors[row] for row in rows]).astype(np.float32)
    scores = np.empty((len(asked), len(matching)), dtype=np.float32)
    for first in range(0, len(matching), STRIDE):
        some = np.asarray(vectors[matching[first : first + STRIDE]], dtype=np.float32)
        scores[:, first : first + len(some)] = asked @ some.T / np.linalg.norm(some, axis=1)
    least = min(count, len(matching))
    return [set(map(int, matching[np.argpartition(-line, least - 1)[:least]])) for line in scores]

"""The index as a process asks it: segments that are mapped, and the mark that they go with.

See docs/decisions/0230.
"""

import contextlib
import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from knowledge.embedding.embedders.base import Vector
from knowledge.models import EmbeddingModel
from knowledge.search.index.candidates import Named
from knowledge.search.index.labels import Wanted, wanted_labels
from knowledge.search.index.manifest import MANIFEST, IndexManifest, folder_of, read_identity, read_manifest
from knowledge.search.index.mark import Mark
from knowledge.search.index.quantizer import Floats, unit
from knowledge.search.index.section_file import FileUnusable
from knowledge.search.index.segment import Segment
from knowledge.search.scope import Scope

log = logging.getLogger("larder.index")


@dataclass(frozen=True, kw_only=True)
class Hints:
    """Passages that may be the nearest, for the rows to judge.

    `complete`: of what the index has seen, no other passage can be in the scope.
    """

    ids: list[int]
    complete: bool


@dataclass(frozen=True, kw_only=True)
class OpenIndex:
    """Every passage that was written by a transaction that the mark saw stands in one of the segments."""

    mark: Mark
    segments: tuple[Segment, ...]

    def hints(self, scope: Scope, vector: Vector, *, count: int) -> Hints:
        """About the `count` passages of the scope that are nearest by their codes; more where only the rows know who is
        in it."""
        wanted, question = wanted_labels(scope), unit(vector.astype(np.float32))
        return merge_found([_search(segment, question, wanted, count=count) for segment in self.segments], count=count)


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """What one segment found. Each stands for `weight` passages of the scope: less than 1 where not all are in it."""

    ids: NDArray[np.int64]
    products: Floats
    weight: float
    every: bool


def _search(segment: Segment, question: Floats, wanted: Wanted, *, count: int) -> Weighed:
    found = segment.search(question, wanted, count=count)
    weight = min(1.0, count / max(len(found.ids), 1))
    return Weighed(ids=found.ids, products=found.products, weight=weight, every=found.every)


def merge_found(found: Sequence[Weighed], *, count: int) -> Hints:
    """The best of all segments, as many as stand for `count` passages of the scope."""
    ids = np.concatenate([each.ids for each in found])
    order = np.argsort(-np.concatenate([each.products for each in found]), kind="stable")
    weights = np.concatenate([np.full(len(each.ids), each.weight) for each in found])[order]
    kept = int(np.searchsorted(np.cumsum(weights), count)) + 1
    complete = all(each.every for each in found) and kept >= len(ids)
    return Hints(ids=ids[order[:kept]].tolist(), complete=complete)


class IndexReader:
    """Keeps the index of one model open, and opens a newer one when its manifest was replaced."""

    def __init__(self, model: EmbeddingModel) -> None:
        self.model, self.folder = model, folder_of(model.pk)
        self._manifest = self.folder / MANIFEST
        self._manifest_stamp: tuple[int, int] | None = None
        self._opened: OpenIndex | None = None
        self._opening = threading.Lock()

    def current(self) -> OpenIndex | None:
        """None while there is none. Only who finds a newer one waits for it; others are answered by the former."""
        stamp = _stamp(self._manifest)
        if stamp != self._manifest_stamp and self._opening.acquire(blocking=self._opened is None):
            try:
                if stamp != self._manifest_stamp:
                    self._opened, self._manifest_stamp = self._open(), stamp
            finally:
                self._opening.release()
        return self._opened

    def warm_up(self) -> None:
        """Open it, and ask it once, beside whatever is asked."""
        if opened := self.current():
            anywhere = Scope(now=timezone.now(), source=None, tags=None)
            opened.hints(anywhere, np.ones(self.model.dimensions, dtype=np.float32), count=WARM_UP)

    def check(self) -> None:
        """Whether the files that are open are still what was verified: another program may have written to them."""
        opened = self._opened
        if opened and not all(segment.file.is_as_it_was for segment in opened.segments):
            self.give_up("its files were written to by another program while they were open")

    def give_up(self, reason: object) -> None:
        """Answer exactly until it is made again."""
        log.warning("the search index of %s is made again: %s", self.model.name, reason)
        with self._opening:
            self._opened, self._manifest_stamp = None, None
            self._discard()

    def _open(self) -> OpenIndex | None:
        """Segments that are gone belong to a manifest that was replaced since it was read."""
        for _ in range(TRIES):
            manifest = read_manifest(self.folder)
            if manifest is None or manifest.store != read_identity(self.model):
                return None
            with contextlib.suppress(FileNotFoundError):
                return self._open_segments(manifest)
        self._discard()
        return None

    def _open_segments(self, manifest: IndexManifest) -> OpenIndex | None:
        known = {segment.name: segment for segment in self._opened.segments} if self._opened else {}
        try:
            segments = [known.get(name) or Segment(self.folder / name) for name in manifest.segments]
        except (FileUnusable, KeyError, ValueError):
            self._discard()
            return None
        except FileNotFoundError:
            raise
        except OSError:  # no right to read it, or too many files are open
            return None
        return _as_promised(manifest, segments)

    def _discard(self) -> None:
        """Without a manifest whoever keeps the index makes it again, even if nothing was written since."""
        with contextlib.suppress(OSError):
            self._manifest.unlink(missing_ok=True)


TRIES = 3
WARM_UP = 30
"""Candidates of the question that brings a segment's first pages in."""

_readers: dict[int, IndexReader] = {}


def open_index(model: EmbeddingModel) -> OpenIndex | None:
    """The index of the model's passages as this machine has it; None: there is none, and exact search answers."""
    return reader_of(model).current()


def find_hints(scope: Scope, *, model: EmbeddingModel, vector: Vector, count: int) -> Named | None:
    """What the index names; None where there is none, or it has become unusable."""
    reader = reader_of(model)
    if (index := reader.current()) is None:
        return None
    try:
        found = index.hints(scope, vector, count=count)
    except (IndexError, ValueError) as error:  # positions that no passage has
        reader.give_up(error)
        return None
    return Named(ids=found.ids, mark=index.mark, complete=found.complete)


def reader_of(model: EmbeddingModel) -> IndexReader:
    reader = _readers.get(model.pk)
    if reader is None or reader.folder != folder_of(model.pk):
        reader = _readers[model.pk] = IndexReader(model)
    return reader


def warm_up(models: Iterable[EmbeddingModel]) -> None:
    """A process that has only begun to run opens what is there before somebody waits for it."""
    for model in models:
        reader_of(model).warm_up()


def check_open() -> None:
    """What this process has open."""
    for reader in list(_readers.values()):
        reader.check()


def _as_promised(manifest: IndexManifest, segments: Sequence[Segment]) -> OpenIndex | None:
    whole = sum(map(len, segments)) == manifest.passages
    return OpenIndex(mark=manifest.mark, segments=tuple(segments)) if whole else None


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino

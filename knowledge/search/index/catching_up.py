"""Making an index, and catching up with what was written since.

What is new becomes a segment of its own. Small segments are merged at once, larger ones by `merge`, so there are few
and each passage is written a few times in its life; the rows are not asked for that. Everything is made again from the
rows where there is no index, where its files are another store's or damaged, where the quantizer has seen too little of
the store, and where too much in it is gone.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np

from knowledge.models import EmbeddingModel
from knowledge.search.index.inverted_lists import ONE_LIST
from knowledge.search.index.manifest import (
    IndexManifest,
    being_made,
    being_replaced,
    empty,
    folder_of,
    publish,
    read_identity,
    read_manifest,
)
from knowledge.search.index.rows import StoreState, look_at_store, read_passages, snapshot_of, train_on
from knowledge.search.index.section_file import FileUnusable
from knowledge.search.index.segment import CodedPassages, Segment, join_passages, write_segment

log = logging.getLogger("larder.index")

LEAST = 500
"""So few passages exact search orders in a millisecond."""

GROWN = 8
"""A quantizer that was trained on less than a `GROWN`-th of the passages is trained anew."""

GONE = 0.3
"""With more than this share of the passages gone, the index is made again."""

MERGED = 4
"""A segment is merged with the newer ones unless it is so many times as large as they are together."""

MERGED_AT_ONCE = ONE_LIST
"""Merging up to so many passages, for which no lists are trained, takes as long as writing the file does."""


class TooMuch(Exception):
    """More is to be written than the caller wants to take upon itself."""


class _Useless(Exception):
    """The index is to be made from the rows."""


def is_worth_an_index(store: StoreState) -> bool:
    return store.passages >= LEAST


def is_of_these_rows(manifest: IndexManifest, store: StoreState) -> bool:
    """Not where the rows were put back to an earlier day: other tables, or a server that counts behind the mark."""
    return manifest.store == store.identity and manifest.mark.xmax <= store.next_transaction


def must_remake(manifest: IndexManifest | None, store: StoreState) -> bool:
    """Whether the index is to be made from the rows, as far as the manifest tells."""
    if manifest is None or not is_of_these_rows(manifest, store):
        return True
    outgrown = store.passages >= GROWN * manifest.trained_on
    return outgrown or manifest.passages + store.unseen - store.passages > GONE * manifest.passages + LEAST


def catch_up(model: EmbeddingModel, *, at_most: float = inf, apart_from: Collection[str] = ()) -> IndexManifest | None:
    """Bring the index of this machine up to now; None where so few passages need none. Call outside a transaction.

    Segments `apart_from` those that are named are merged with what is new. Raises TooMuch, with nothing done, where
    more than `at_most` passages would be read.
    """
    try:
        with being_replaced(folder_of(model.pk)) as folder:
            return _add(model, folder, at_most=at_most, apart_from=apart_from)
    except _Useless:
        if look_at_store(model, None).passages > at_most:
            raise TooMuch from None
        return remake(model)


def remake(model: EmbeddingModel) -> IndexManifest | None:
    """Make the index from the rows, whatever there is of it; None where no row has a vector."""
    with being_made(folder_of(model.pk)) as making:
        identity = read_identity(model)
        with snapshot_of(model) as mark:
            quantizer = train_on(model)
            if quantizer is None:
                return None
            passages = join_passages(read_passages(model, quantizer))
        path = write_segment(making, passages, quantizer, {"model": model.pk})
        made = {path.name: len(passages)}
        manifest = IndexManifest(store=identity, mark=mark, segments=made, trained_on=len(passages))
        with being_replaced(folder_of(model.pk)) as folder:
            return publish(folder, manifest, made_at=path)


def forget_index(model_id: int) -> None:
    """Queries are answered exactly from now on; who has the index open forgets it, too."""
    with being_replaced(folder_of(model_id)) as folder:
        empty(folder)


def due_to_merge(segments: Mapping[str, int], *, ratio: float = MERGED) -> list[str]:
    """The newest segments that are to be one, where that is more than is merged at once."""
    names, newer = list(segments), 0
    first = len(names)
    for at in reversed(range(len(names))):
        if segments[names[at]] < ratio * newer:
            first = at
        newer += segments[names[at]]
    due = names[first:]
    return due if sum(segments[name] for name in due) > MERGED_AT_ONCE else []


def merge(model: EmbeddingModel, *, ratio: float = MERGED) -> None:
    """Make one of the segments that are due. Others may be added meanwhile."""
    folder = folder_of(model.pk)
    manifest = read_manifest(folder)
    if manifest is None or not (names := due_to_merge(manifest.segments, ratio=ratio)):
        return
    try:
        _merge(model, names)
    except (FileUnusable, FileNotFoundError, KeyError, ValueError) as error:
        if _holds(read_manifest(folder), names):
            log.warning("the search index of %s is made again: %s", model.name, error)
            remake(model)


def _merge(model: EmbeddingModel, names: list[str]) -> None:
    """For nothing where somebody replaced one of them meanwhile."""
    with being_made(folder_of(model.pk)) as making:
        segments = [Segment(making.parent / name) for name in names]
        passages = _newest(join_passages([each.passages() for each in segments]))
        path = write_segment(making, passages, segments[0].quantizer, {"model": model.pk})
        with being_replaced(making.parent) as folder:
            manifest = read_manifest(folder)
            if manifest is not None and _holds(manifest, names):
                joined = _in_place_of(names, path.name, len(passages), manifest.segments)
                publish(folder, replace(manifest, segments=joined), made_at=path)


def _holds(manifest: IndexManifest | None, names: list[str]) -> bool:
    return manifest is not None and manifest.segments.keys() >= set(names)


def _in_place_of(names: list[str], made: str, passages: int, segments: Mapping[str, int]) -> dict[str, int]:
    named = ((made, passages) if name == names[0] else (name, count) for name, count in segments.items())
    return {name: count for name, count in named if name not in names}


def _add(model: EmbeddingModel, folder: Path, *, at_most: float, apart_from: Collection[str]) -> IndexManifest | None:
    manifest = read_manifest(folder)
    store = look_at_store(model, manifest.mark if manifest else None)
    if not is_worth_an_index(store):
        empty(folder)
        return None
    if manifest is None or must_remake(manifest, store):
        raise _Useless
    if store.unseen > at_most:
        raise TooMuch
    try:
        return _added(model, manifest, folder, apart_from=apart_from)
    except (FileUnusable, FileNotFoundError, KeyError, ValueError) as error:
        log.warning("the search index of %s is made again: %s", model.name, error)
        raise _Useless from error


def _added(
    model: EmbeddingModel, manifest: IndexManifest, folder: Path, *, apart_from: Collection[str]
) -> IndexManifest:
    """Only segments that are merged are opened, and the newest: how far it is from damage is for who reads it."""
    *_, newest = manifest.segments
    quantizer = Segment(folder / newest).quantizer
    with snapshot_of(model) as mark:
        parts = read_passages(model, quantizer, since=manifest.mark)
    if not parts:
        return manifest
    older = dict(manifest.segments)
    for name in _merged_at_once(manifest, sum(map(len, parts)), apart_from=apart_from):
        parts.insert(0, Segment(folder / name).passages())
        del older[name]
    passages = _newest(join_passages(parts))
    path = write_segment(folder, passages, quantizer, {"model": model.pk})
    return publish(folder, replace(manifest, mark=mark, segments={**older, path.name: len(passages)}))


def _merged_at_once(manifest: IndexManifest, added: int, *, apart_from: Collection[str]) -> Iterable[str]:
    """The newest first."""
    for name, passages in reversed(manifest.segments.items()):
        added += passages
        if name in apart_from or passages >= MERGED * (added - passages) or added > MERGED_AT_ONCE:
            return
        yield name


def _newest(passages: CodedPassages) -> CodedPassages:
    """Of a passage that was written again, only its last code."""
    last = {passage: at for at, passage in enumerate(passages.ids.tolist())}
    if len(last) == len(passages):
        return passages
    kept = np.zeros(len(passages), dtype=bool)
    kept[list(last.values())] = True
    return CodedPassages(
        ids=passages.ids[kept],
        codes=passages.codes[kept],
        labels=passages.labels[np.repeat(kept, passages.counts)],
        counts=passages.counts[kept],
    )

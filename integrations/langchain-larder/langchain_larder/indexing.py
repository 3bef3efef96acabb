"""A set of documents as what Larder holds, without a record manager: Larder itself knows what is new, what has changed
and what is as it was.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Iterator, Sequence
from typing import Any, Literal

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from langchain_core.indexing import IndexingResult
from larder_sdk import Counts

from langchain_larder.documents import named_by_content
from langchain_larder.filters import Filter
from langchain_larder.vectorstores import LarderVectorStore

Cleanup = Literal["full", "scoped_full", "incremental"] | None
Documents = BaseLoader | Iterable[Document] | AsyncIterable[Document]

MOST_SOURCES, MOST_IDS = 90, 900
"""Of one filter, which may have 1,000 values."""


class Indexed(IndexingResult):
    """`num_held`: documents that a full clean-up would delete, but too many to do so unasked: an admin decides."""

    num_held: int


def index_documents(
    documents: BaseLoader | Iterable[Document],
    store: LarderVectorStore,
    *,
    cleanup: Cleanup = None,
    source_id_key: str | None = None,
) -> Indexed:
    """Store the documents and delete what they leave out.

    A document without an id is known by its content and metadata. `cleanup`: None deletes nothing; `full` what is not
    among the documents, which are then all that the store's source has; `scoped_full` what has a value of
    `source_id_key` in its metadata that one of them has, and is not among them; `incremental` is the same. Raises
    ValueError for a document without that key.
    """
    named = [*named_by_content(documents.lazy_load() if isinstance(documents, BaseLoader) else documents)]
    obsolete = [*_obsolete(named, cleanup, source_id_key)]
    larder = store.clients.blocking
    contents = store.larder_documents(named)
    if cleanup == "full":
        return _indexed(larder.replace_source(contents, source=store.source))
    counts = larder.bulk_upsert(contents)
    deleted = sum(larder.delete_many(filter=each, source=store.source) for each in obsolete)
    return _indexed(counts + Counts(deleted=deleted))


async def aindex_documents(
    documents: Documents, store: LarderVectorStore, *, cleanup: Cleanup = None, source_id_key: str | None = None
) -> Indexed:
    """`index_documents`, awaited; of a loader that is asynchronous, too, and of documents that come one by one."""
    if isinstance(documents, BaseLoader):
        documents = documents.alazy_load()
    named = [
        *named_by_content([each async for each in documents] if isinstance(documents, AsyncIterable) else documents)
    ]
    obsolete = [*_obsolete(named, cleanup, source_id_key)]
    larder = store.clients.awaited
    contents = await store.alarder_documents(named)
    if cleanup == "full":
        return _indexed(await larder.replace_source(contents, source=store.source))
    counts = await larder.bulk_upsert(contents)
    deleted = sum([await larder.delete_many(filter=each, source=store.source) for each in obsolete])
    return _indexed(counts + Counts(deleted=deleted))


def _indexed(counts: Counts) -> Indexed:
    return Indexed(
        num_added=counts.created,
        num_updated=counts.updated,
        num_skipped=counts.upserted - counts.created - counts.updated,
        num_deleted=counts.deleted,
        num_held=counts.held,
    )


def _obsolete(documents: Sequence[Document], cleanup: Cleanup, key: str | None) -> Iterator[Filter]:
    """Filters that together hold for what comes from where one of the documents comes from, and is none of them."""
    if cleanup not in (None, "full", "scoped_full", "incremental"):
        raise ValueError(f"cleanup is None, 'full', 'scoped_full' or 'incremental', not {cleanup!r}")
    if cleanup in (None, "full"):
        return
    if not isinstance(key, str) or not key:
        raise ValueError(f"cleanup={cleanup!r} takes a source_id_key, a key of the metadata, not {key!r}")
    ids: dict[Any, list[str]] = {}
    for document in documents:
        if (source := document.metadata.get(key)) is None:
            raise ValueError(f"The document {document.id!r} has no {key!r} in its metadata")
        ids.setdefault(source, []).append(document.id or "")
    for sources in _parts([*ids], MOST_SOURCES):
        kept = sorted(each for source in sources for each in ids[source])
        for others in _others(kept):
            yield {"and": [{"key": ["metadata", key], "op": "in", "value": sources}, *others]}


def _others(kept: Sequence[str]) -> Iterator[list[Filter]]:
    """All ids but these, one stretch of their order after the other, as no filter takes more than 1,000 of them."""
    parts = _parts(kept, MOST_IDS)
    for number, part in enumerate(parts):
        stretch: list[Filter] = [{"key": "id", "op": "nin", "value": part}]
        if number > 0:
            stretch.append({"key": "id", "op": "gt", "value": parts[number - 1][-1]})
        if number < len(parts) - 1:
            stretch.append({"key": "id", "op": "lte", "value": part[-1]})
        yield stretch


def _parts(values: Sequence[Any], size: int) -> list[list[Any]]:
    return [[*values[at : at + size]] for at in range(0, len(values), size)]

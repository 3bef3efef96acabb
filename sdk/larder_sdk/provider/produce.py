"""From whatever a `sync` function gives to documents in the store."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from larder_sdk.client import KnowledgeClient
from larder_sdk.documents import Counts, KnowledgeDocument

Documents = Iterable[KnowledgeDocument] | AsyncIterator[KnowledgeDocument]
Sync = Callable[[KnowledgeClient], Documents | int | Counts | Awaitable[Documents | int | Counts]]
"""`sync(client)`: gives documents, as a list or as any generator, or pushes by itself and gives their number.

What is not `async` runs in a thread, its generator included, so it may block.
"""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How documents reach the store: all at once as the source's whole set (`full`), or `batch` at a time."""

    full: bool = False
    batch: int = 500
    wait_s: int | None = None


async def deliver(sync: Sync, client: KnowledgeClient, delivery: Delivery) -> int:
    """Run one sync to its end; the number of documents that it pushed."""
    given = await _call(sync, client)
    if isinstance(given, Counts):
        return given.upserted
    if isinstance(given, int):
        return given
    batches = _batches(given, delivery.batch)
    if delivery.full:
        documents = [document async for batch in batches for document in batch]
        return (await client.replace_source(documents, wait_s=delivery.wait_s)).upserted
    return sum([(await client.bulk_upsert(batch, wait_s=delivery.wait_s)).upserted async for batch in batches])


async def _call(sync: Sync, client: KnowledgeClient) -> Any:
    if inspect.iscoroutinefunction(sync) or inspect.isasyncgenfunction(sync):
        given: Any = sync(client)
    else:
        given = await asyncio.to_thread(sync, client)
    return await given if inspect.isawaitable(given) else given


async def _batches(given: Any, size: int) -> AsyncIterator[list[KnowledgeDocument]]:
    if isinstance(given, AsyncIterator):
        batch = []
        async for item in given:
            batch.append(_document(item))
            if len(batch) == size:
                yield batch
                batch = []
        if batch:
            yield batch
        return
    iterator = iter(_iterable(given))
    while batch := await asyncio.to_thread(_take, iterator, size):
        yield batch


def _take(iterator: Iterator[Any], size: int) -> list[KnowledgeDocument]:
    return [_document(item) for item in islice(iterator, size)]


def _iterable(given: Any) -> Iterable[Any]:
    if isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping):
        return given
    raise TypeError(f"sync() gave {type(given).__name__}; it has to give documents, or the number that it pushed")


def _document(item: Any) -> KnowledgeDocument:
    return item if isinstance(item, KnowledgeDocument) else KnowledgeDocument.model_validate(item)

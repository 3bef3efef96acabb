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
from larder_sdk.provider.syncs import SyncRun

Documents = Iterable[KnowledgeDocument] | AsyncIterator[KnowledgeDocument]
Given = Documents | int | Counts | Awaitable[Documents | int | Counts]
Sync = Callable[[KnowledgeClient], Given] | Callable[[KnowledgeClient, SyncRun], Given]
"""`sync(client)` or `sync(client, run)`: gives documents, as a list or as any generator, or pushes by itself and gives
their number.

What is not `async` runs in a thread, its generator included, so it may block.
"""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How documents reach the store: all at once as the source's whole set (`full`, of a sync that brings everything),
    or `batch` at a time."""

    full: bool = False
    batch: int = 500
    wait_s: int | None = None


async def deliver(sync: Sync, client: KnowledgeClient, delivery: Delivery, *, run: SyncRun) -> int:
    """Run one sync to its end; the number of documents that it pushed."""
    given = await _call(sync, client, run)
    if isinstance(given, Counts):
        return given.upserted
    if isinstance(given, int):
        return given
    batches = _batches(given, delivery.batch)
    if delivery.full:
        documents = [document async for batch in batches for document in batch]
        if run.mode == "incremental":
            return (await client.bulk_upsert(documents, wait_s=delivery.wait_s)).upserted
        return (await client.replace_source(documents, wait_s=delivery.wait_s)).upserted
    return sum([(await client.bulk_upsert(batch, wait_s=delivery.wait_s)).upserted async for batch in batches])


def takes_run(sync: Sync) -> bool:
    """Whether it wants to know its run: by a second parameter that is called `run`, or that has no default."""
    try:
        parameters = list(inspect.signature(sync).parameters.values())
    except (TypeError, ValueError):
        return False
    positional = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    return len(positional) > 1 and (positional[1].name == "run" or positional[1].default is inspect.Parameter.empty)


async def _call(sync: Sync, client: KnowledgeClient, run: SyncRun) -> Any:
    function: Callable[..., Any] = sync
    arguments = (client, run) if takes_run(sync) else (client,)
    if inspect.iscoroutinefunction(sync) or inspect.isasyncgenfunction(sync):
        given: Any = function(*arguments)
    else:
        given = await asyncio.to_thread(function, *arguments)
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

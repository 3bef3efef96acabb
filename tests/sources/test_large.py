"""Large sources: nothing but a few items is in memory, and what has not changed costs Larder nothing."""

import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

import httpx
from larder_sdk import SyncKnowledgeClient
from larder_sources.changes import Change, Item, Reading, Values
from larder_sources.ledger import Ledger
from larder_sources.syncing import Synced, run_sync

from tests.sources.conftest import NOW, Keeper

ITEMS, CHARS = 12_000, 5_000


class Large:
    """Gives 60 MB of texts, one after the other."""

    lists_everything: ClassVar[bool] = True

    def check(self) -> str:
        return ""

    def changes(self, reading: Reading) -> Iterator[Change]:
        for number in range(ITEMS):
            yield Item(key=str(number), fingerprint="1", read=partial(self._read, number))
        reading.complete = True

    def _read(self, number: int) -> Values:
        return {"content": f"{number:05}" * (CHARS // 5)}

    def close(self) -> None:
        """Nothing is held open."""


def test_memory_holds_a_few_items_of_many_and_a_second_sync_asks_larder_nothing(keeper: Keeper) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json={"id": "a", "upserted": request.content.count(b'"id":')})

    client = SyncKnowledgeClient("http://larder", "key", source="large", transport=httpx.MockTransport(answer))
    configured = replace(keeper.configured(), source=Large())

    def sync(state: dict[str, Any]) -> Synced:
        ledger = Ledger(keeper.folder / "ledger.sqlite3")
        try:
            return run_sync(configured, client, ledger, state=state, now=NOW, stop=threading.Event())
        finally:
            ledger.close()

    tracemalloc.start()
    try:
        first = sync({})
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (first.pushed, len(asked)) == (ITEMS, ITEMS // 500 + 2)
    assert peak_bytes < 0.4 * ITEMS * CHARS
    asked.clear()
    assert (sync(first.state).unchanged, asked) == (ITEMS, [])

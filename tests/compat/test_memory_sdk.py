"""Larder's own client of a memory against the running Larder, awaited and blocking: every verb once."""

import asyncio
import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from larder_sdk import NotFound
from larder_sdk.memory import MemoryClient, SyncMemoryClient

from tests.compat.importing import catalogue_of
from tests.compat.memories import new_memory
from tests.e2e.conftest import Larder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
Verb = Callable[..., Any]
JANUARY, MARCH = datetime(2026, 1, 10, 9, tzinfo=UTC), datetime(2026, 3, 18, 10, tzinfo=UTC)
PLACE = "org/acme/user/alice"


class Verbs:
    """A client of either kind; its verbs are awaited."""

    def __init__(self, client: Any) -> None:
        self.client, self.used = client, set[str]()

    def __getattr__(self, name: str) -> Verb:
        self.used.add(name)
        verb = getattr(self.client, name)

        async def call(*given: Any, **options: Any) -> Any:
            found = verb(*given, **options)
            return await found if inspect.isawaitable(found) else found

        return call


@pytest.mark.parametrize("kind", [MemoryClient, SyncMemoryClient])
def test_every_verb_works_against_a_running_larder(kind: Any, larder: Larder, tmp_path: Path) -> None:
    memory = new_memory(larder, kind.__name__.lower(), use_models=False)
    verbs = Verbs(kind(larder.url, memory.context, memory.key))
    file = tmp_path / "returns.txt"
    file.write_text("Parcels may be returned within 30 days.")
    asyncio.run(try_all(verbs, file))
    assert {name for name in vars(kind) if not name.startswith("_")} - verbs.used == set()


async def try_all(memory: Verbs, file: Path) -> None:
    await try_facts(memory)
    await try_reading(memory)
    await try_documents(memory, file)
    await try_forgetting(memory)


async def try_facts(memory: Verbs) -> None:
    said = await memory.remember("I work at Acme.", session_id="desk", scopes=PLACE, observed_at=JANUARY)
    assert (said.created, said.updated, said.relations_created, said.stage) == (2, 0, 1, "rules")
    batch = await memory.remember_batch(
        [{"role": "user", "content": "I started at Globex last week.", "ts": MARCH.isoformat()}],
        session_id="desk",
        scopes=PLACE,
        extract="per_message",
    )
    assert [(each.old, each.new) for each in batch.extractions[0].corrections] == [("Acme", "Globex")]
    price = {"entity": {"type": "product", "name": "Widget"}, "key": "price", "value": "29.99"}
    assert (await memory.write_triples([price], scopes=PLACE)).created == 2
    nodes, relations = catalogue_of(2)
    counts = await memory.upsert_nodes(nodes, relations, scopes="org/acme")
    assert (counts.created, counts.relations_created) == (2, 2)


async def try_reading(memory: Verbs) -> None:
    found = await memory.query("where does Alice work?", k=3, lens=PLACE)
    assert (found.tier, found.hits[0].text) == ("direct", "alice · works at: Globex")
    assert "works at: Globex" in await memory.context("where do I work?", lens=PLACE)
    assert [each.object for each in (await memory.state(lens=PLACE)).identity.relations] == ["Globex"]
    assert [(each.key, each.value) for each in (await memory.profile()).static] == [("works_at", "Globex")]
    assert (await memory.entity("product", "Widget")).attributes[0].value == "29.99"
    assert [each.value for each in await memory.history("person", "alice", "works_at")] == ["Acme", "Globex"]


async def try_documents(memory: Verbs, file: Path) -> None:
    made = await memory.upload(file, title="Returns", scopes="org/acme")
    again = await memory.upload(file.read_bytes(), name="other.txt")
    assert (again.id, again.deduplicated) == (made.id, True)
    [ready] = await memory.wait_for_documents([made.id], every_s=0.3)
    assert (ready.status, ready.title) == ("ready", "Returns")
    assert (await memory.documents(status="ready")).total == 1
    assert (await memory.document(made.id)).id == made.id
    assert await memory.raw(made.id) == file.read_bytes()
    await memory.delete_document(made.id)
    with pytest.raises(NotFound):
        await memory.document(made.id)


async def try_forgetting(memory: Verbs) -> None:
    assert await memory.forget("the price of Widget", dry_run=True) == 1
    assert await memory.forget("the price of Widget", purge=True) == 1
    await memory.delete_session("desk")
    with pytest.raises(NotFound):
        await memory.delete_session("desk")

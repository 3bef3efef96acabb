"""A provider made of one function: what the function may give, and that one sync runs at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from larder_sdk import KnowledgeClient, KnowledgeDocument
from larder_sdk.provider import ProviderApp, create_provider_app
from larder_sdk.provider.syncs import SyncCall

from tests.sdk.played import SECRET, Played, documents, plain_list, run

# -- what a sync function may give -----------------------------------------------------------------


def generator(_: KnowledgeClient) -> Iterator[KnowledgeDocument]:
    yield from documents()


async def async_list(_: KnowledgeClient) -> list[KnowledgeDocument]:
    return documents()


async def async_generator(_: KnowledgeClient) -> AsyncIterator[KnowledgeDocument]:
    for document in documents():
        yield document


async def own_push(client: KnowledgeClient) -> int:
    return (await client.bulk_upsert(documents())).upserted


async def own_counts(client: KnowledgeClient) -> Any:
    return await client.bulk_upsert(documents())


@pytest.mark.parametrize("sync", [plain_list, generator, async_list, async_generator, own_push, own_counts])
def test_any_kind_of_function_fills_the_store(sync: Callable[[KnowledgeClient], Any]) -> None:
    played = Played(sync, batch=2)
    state = run(played.sync())
    assert {document.id for document in played.store.all()} == {"d0", "d1", "d2"}
    assert (state["last_sync_count"], state["last_error"]) == (3, None)
    assert datetime.fromisoformat(state["last_sync_at"]) <= datetime.fromisoformat(state["last_finished_at"])
    assert state["last_sync_at"].endswith("+00:00")


@pytest.mark.parametrize("sync", [generator, async_generator])
def test_the_whole_set_replaces_what_was_there(sync: Callable[[KnowledgeClient], Any]) -> None:
    played = Played(sync, full=True)
    played.store.add(KnowledgeDocument(id="gone", content="old", source="demo"))
    run(played.sync())
    assert "gone" not in {document.id for document in played.store.all()}


@pytest.mark.parametrize("given", [None, "text", {"id": "a"}])
def test_what_is_neither_documents_nor_a_number_is_explained(given: object) -> None:
    state = run(Played(lambda _: given).sync())
    assert "it has to give documents" in state["last_error"]


def test_a_failing_sync_ends_with_a_sentence_and_the_next_one_clears_it() -> None:
    outcomes = [ConnectionError("the wiki is\nnot there"), documents()]

    def sync(_: KnowledgeClient) -> Any:
        if isinstance(outcome := outcomes.pop(0), Exception):
            raise outcome
        return outcome

    async def twice() -> tuple[dict[str, Any], dict[str, Any]]:
        return await played.sync(), await played.sync()

    played = Played(sync)
    failed, succeeded = run(twice())
    assert (failed["last_error"], failed["last_sync_count"]) == ("ConnectionError: the wiki is not there", 0)
    assert (succeeded["last_error"], succeeded["last_sync_count"]) == (None, 3)


def test_a_refused_push_is_told_in_larders_own_words() -> None:
    state = run(Played(lambda _: [KnowledgeDocument(id="a", content="x", source="wiki")]).sync())
    assert state["last_error"] == "The key is for 'demo', not for 'wiki'"


# -- one at a time ---------------------------------------------------------------------------------


def test_a_call_while_a_sync_runs_starts_nothing() -> None:
    started: list[datetime] = []

    async def scenario() -> list[dict[str, Any]]:
        release = asyncio.Event()

        async def sync(_: KnowledgeClient) -> int:
            started.append(datetime.now(UTC))
            await release.wait()
            return 0

        played = Played(sync)
        answers = await asyncio.gather(*(played.call("POST", "/internal/sync") for _ in range(5)))
        release.set()
        assert {answer.status_code for answer in answers} == {202}
        return [answer.json() for answer in answers]

    states = run(scenario())
    assert len(started) == 1
    assert len({state["last_sync_at"] for state in states}) == 1
    assert all(state["in_progress"] for state in states)


def test_a_blocking_sync_does_not_block_the_provider() -> None:
    import threading

    release = threading.Event()

    def sync(_: KnowledgeClient) -> Iterator[KnowledgeDocument]:
        release.wait(5)
        yield from documents()

    async def scenario() -> dict[str, Any]:
        played = Played(sync)
        await played.call("POST", "/internal/sync")
        assert (await played.call("GET", "/health")).status_code == 200
        state = (await played.call("GET", "/internal/state")).json()
        release.set()
        return state

    assert run(scenario())["in_progress"]


def test_shutdown_cuts_a_running_sync_off_and_closes_an_own_client() -> None:
    async def scenario() -> ProviderApp:
        async def sync(_: KnowledgeClient) -> int:
            await asyncio.sleep(60)
            return 0

        app = create_provider_app(name="demo", sync=sync, secret=SECRET, url="http://larder", key="k")
        app.runner.start(SyncCall())
        await asyncio.sleep(0)
        await live_and_die(app)
        return app

    app = run(scenario())
    assert not app.runner.state.in_progress
    assert "shutting down" in str(app.runner.state.last_error)
    assert app._client._http.is_closed


def test_a_client_that_was_passed_stays_open() -> None:
    played = Played(plain_list)
    run(live_and_die(played.app))
    assert not played.store._http.is_closed


async def live_and_die(app: ProviderApp) -> None:
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await app({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

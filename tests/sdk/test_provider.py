import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from larder import FakeKnowledgeClient, KnowledgeClient, KnowledgeDocument
from larder.provider import ProviderApp, create_provider_app, sign, verify_signature

SECRET = "the provider's secret"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def documents(count: int = 3) -> list[KnowledgeDocument]:
    return [KnowledgeDocument(id=f"d{number}", content=f"text {number}") for number in range(count)]


class Played:
    """A provider that was made of one function, the store it fills, and calls as the platform makes them."""

    def __init__(self, sync: Callable[[KnowledgeClient], Any], **options: Any) -> None:
        self.store = FakeKnowledgeClient(source="demo")
        self.app = create_provider_app(name="demo", sync=sync, secret=SECRET, client=self.store, **options)

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        options.setdefault("headers", {"Authorization": f"Bearer {SECRET}"})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://provider") as client:
            return await client.request(method, path, **options)

    async def sync(self, **options: Any) -> dict[str, Any]:
        """One sync to its end; its state."""
        answer = await self.call("POST", "/internal/sync", **options)
        assert answer.status_code == 202, answer.text
        while (state := (await self.call("GET", "/internal/state")).json())["in_progress"]:
            await asyncio.sleep(0.005)
        return state


def run(work: Awaitable[Any]) -> Any:
    async def bounded() -> Any:
        return await asyncio.wait_for(work, timeout=10)

    return asyncio.run(bounded())


# -- what a sync function may give -----------------------------------------------------------------


def plain_list(_: KnowledgeClient) -> list[KnowledgeDocument]:
    return documents()


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

    async def twice() -> tuple[dict, dict]:
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
        app.runner.start(None)
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


# -- who may call ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": f"Bearer {SECRET}"}, 202),
        ({"Authorization": f"bearer  {SECRET}"}, 202),
        ({"X-Internal-API-Key": SECRET}, 202),
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Basic {SECRET}"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"X-Internal-API-Key": ""}, 401),
    ],
)
def test_the_secret_opens(headers: dict[str, str], status: int) -> None:
    answer = run(Played(plain_list).call("POST", "/internal/sync", headers=headers))
    assert answer.status_code == status
    assert (answer.headers.get("www-authenticate") == "Bearer") == (status == 401)


def test_without_a_secret_nobody_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LARDER_PROVIDER_SECRET", raising=False)
    played = Played(plain_list)
    played.app = create_provider_app(name="demo", sync=plain_list, client=played.store)
    for headers in ({"Authorization": "Bearer "}, {"X-Internal-API-Key": ""}, {}):
        assert run(played.call("POST", "/internal/sync", headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("HEAD", "/health", 200),
        ("GET", "/manifest", 200),
        ("GET", "/internal/state", 401),
        ("GET", "/internal/sync", 405),
        ("HEAD", "/internal/sync", 405),
        ("POST", "/health", 405),
        ("GET", "/", 404),
        ("POST", "/internal/sync/", 404),
        ("GET", "/internal/%00", 404),
    ],
)
def test_other_requests_are_answered_calmly(method: str, path: str, status: int) -> None:
    answer = run(Played(plain_list).call(method, path, headers={}))
    assert answer.status_code == status
    assert ("allow" in answer.headers) == (status == 405)


def test_the_manifest_names_the_provider() -> None:
    manifest = run(Played(plain_list, version="1.2").call("GET", "/manifest")).json()
    assert manifest == {"id": "demo", "version": "1.2", "kind": "context_provider", "contract": 2}


@pytest.mark.parametrize(("sent", "passed_on"), [("run-7", "run-7"), ("evil\tid", None), ("x" * 129, None), ("", None)])
def test_the_correlation_id_travels_with_the_pushes(sent: str, passed_on: str | None) -> None:
    seen: list[str | None] = []

    async def sync(client: KnowledgeClient) -> int:
        seen.append(client.correlation_id)
        return 0

    headers = {"X-Internal-API-Key": SECRET, "X-Correlation-ID": sent}
    run(Played(sync).sync(headers=headers))
    assert seen == [passed_on]


# -- signatures ------------------------------------------------------------------------------------


def signed(body: bytes, *, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    """Headers made without the code under test."""
    timestamp = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), b"msg_1." + timestamp.encode() + b"." + body, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(mac).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": signature}


def test_a_true_signature_is_accepted() -> None:
    assert verify_signature(signed(b"{}"), b"{}", secret=SECRET, now=NOW)


def test_one_of_several_signatures_is_enough() -> None:
    headers = signed(b"{}")
    headers["webhook-signature"] = "v1,AAAA v2,zzz " + headers["webhook-signature"]
    assert verify_signature(headers, b"{}", secret=SECRET, now=NOW)


def test_a_secret_in_the_standard_form_is_decoded() -> None:
    key = base64.b64encode(SECRET.encode()).decode()
    assert verify_signature(signed(b"{}"), b"{}", secret=f"whsec_{key}", now=NOW)
    assert sign("msg_1", int(NOW.timestamp()), b"{}", secret=f"whsec_{key}") == signed(b"{}")["webhook-signature"]


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-signature": "v1,"},
        {"webhook-signature": ""},
        {"webhook-signature": "é"},
    ],
)
def test_a_changed_message_is_refused(change: dict[str, str]) -> None:
    assert not verify_signature(signed(b"{}") | change, b"{}", secret=SECRET, now=NOW)


def test_another_body_another_secret_or_another_day_is_refused() -> None:
    assert not verify_signature(signed(b"{}"), b"[]", secret=SECRET, now=NOW)
    assert not verify_signature(signed(b"{}", secret="other"), b"{}", secret=SECRET, now=NOW)
    assert not verify_signature(signed(b"{}"), b"{}", secret=SECRET, now=NOW + timedelta(minutes=6))


@pytest.mark.parametrize(
    ("body", "headers", "status"),  # headers are made when the test runs: a signature holds for five minutes
    [
        (b'{"run": 1}', lambda: signed(b'{"run": 1}', at=datetime.now(UTC)), 202),
        (b'{"run": 2}', lambda: signed(b'{"run": 1}', at=datetime.now(UTC)), 401),
        (b'{"run": 1}', lambda: signed(b'{"run": 1}'), 401),
        (b"x" * 2_000_000, lambda: signed(b"x" * 2_000_000, at=datetime.now(UTC)), 401),
        (b"x" * 2_000_000, dict, 202),
    ],
    ids=["true", "forged", "old", "too long to check", "long but unsigned"],
)
def test_a_call_that_is_signed_has_to_be_signed_well(
    body: bytes, headers: Callable[[], dict[str, str]], status: int
) -> None:
    headers = headers() | {"X-Internal-API-Key": SECRET}
    assert run(Played(plain_list).call("POST", "/internal/sync", headers=headers, content=body)).status_code == status

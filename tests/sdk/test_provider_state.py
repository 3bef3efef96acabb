"""What a sync goes on from: given to its function, given back to Larder when it succeeds."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from larder_sdk import KnowledgeClient, KnowledgeDocument
from larder_sdk.provider import SyncRun

from tests.sdk.played import SECRET, Played, documents, run

SINCE = datetime(2026, 6, 1, 12, tzinfo=UTC)


def call(state: Any = None, *, since: datetime | None = SINCE, body: bytes | None = None) -> dict[str, Any]:
    """As Larder starts a sync: signed, with what it has kept."""
    content = body if body is not None else b"" if state is None else json.dumps({"sync_state": state}).encode()
    sent_at = int(time.time())
    digest = hmac.new(SECRET.encode(), f"m.{sent_at}.".encode() + content, hashlib.sha256).digest()
    headers = {
        "Authorization": f"Bearer {SECRET}",
        "X-Correlation-ID": "run-7",
        "webhook-id": "m",
        "webhook-timestamp": str(sent_at),
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }
    return {"headers": headers | ({"X-Larder-Since": since.isoformat()} if since else {}), "content": content}


def seen_by(**options: Any) -> tuple[list[SyncRun], Callable[..., Any]]:
    """The runs that a sync was given, and that sync."""
    seen: list[SyncRun] = []

    def sync(_: KnowledgeClient, run: SyncRun) -> list[KnowledgeDocument]:
        seen.append(run)
        for name, value in options.items():
            setattr(run, name, value)
        return documents()

    return seen, sync


def test_a_sync_is_told_its_run_and_what_the_last_one_left() -> None:
    seen, sync = seen_by()
    state = run(Played(sync).sync(**call({"page": 4})))
    assert (seen[0].id, seen[0].since, seen[0].state) == ("run-7", SINCE, {"page": 4})
    assert (state["run_id"], state["sync_state"], state["sync_mode"]) == ("run-7", {"page": 4}, "full_refresh")


def test_the_first_one_is_told_nothing() -> None:
    seen, sync = seen_by()
    run(Played(sync).sync(**call(since=None)))
    assert (seen[0].since, seen[0].state, seen[0].mode) == (None, {}, "full_refresh")


def test_what_it_leaves_is_given_back() -> None:
    def sync(_: KnowledgeClient, run: SyncRun) -> Iterator[KnowledgeDocument]:
        for number, document in enumerate(documents()):
            run.state["page"] = number
            yield document

    assert run(Played(sync).sync(**call({"page": 0, "etag": "x"})))["sync_state"] == {"page": 2, "etag": "x"}


def test_a_sync_that_fails_gives_nothing_back() -> None:
    def sync(_: KnowledgeClient, run: SyncRun) -> list[KnowledgeDocument]:
        run.state["page"] = 5
        raise ConnectionError("gone")

    state = run(Played(sync).sync(**call({"page": 4})))
    assert (state["sync_state"], state["sync_mode"]) == (None, None)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"state": {"at": SINCE}}, "ValueError: run.state cannot be kept as JSON"),
        ({"state": {"at": float("nan")}}, "ValueError: run.state cannot be kept as JSON"),
        ({"state": {"x": "x" * 65_536}}, "ValueError: run.state takes 65,544 bytes as JSON; at most 65,536 are kept"),
        ({"state": ["page"]}, "TypeError: run.state is a list; it has to stay a dict"),
        (
            {"state": {"of": [{7: "x"}]}},
            "TypeError: run.state has the key 7, which would come back as a text; make it one",
        ),
        ({"mode": "delta"}, "ValueError: run.mode is 'delta'"),
    ],
)
def test_what_cannot_be_kept_fails_the_sync(options: dict[str, Any], said: str) -> None:
    _, sync = seen_by(**options)
    state = run(Played(sync).sync(**call()))
    assert state["last_error"].startswith(said)
    assert state["sync_state"] is None


@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"sync_state": 7}', b"[" * 100_000])
def test_a_body_that_is_not_larders_is_passed_over(body: bytes) -> None:
    seen, sync = seen_by()
    run(Played(sync).sync(**call(body=body)))
    assert seen[0].state == {}


def test_a_body_that_nobody_signed_is_not_believed() -> None:
    seen, sync = seen_by()
    unsigned = call({"page": 4})
    unsigned["headers"] = {"Authorization": f"Bearer {SECRET}"}
    run(Played(sync).sync(**unsigned))
    assert seen[0].state == {}


# -- the mode --------------------------------------------------------------------------------------


def test_an_incremental_provider_says_so_once_there_is_something_to_go_on_from() -> None:
    _, sync = seen_by()
    played = Played(sync, incremental=True)
    assert run(played.sync(**call(since=None)))["sync_mode"] == "full_refresh"
    assert run(played.sync(**call()))["sync_mode"] == "incremental"


def test_a_sync_may_bring_everything_all_the_same() -> None:
    _, sync = seen_by(mode="full_refresh")
    assert run(Played(sync, incremental=True).sync(**call()))["sync_mode"] == "full_refresh"


def test_changes_alone_do_not_replace_the_whole_set() -> None:
    _, sync = seen_by()
    played = Played(sync, incremental=True, full=True)
    played.store.add(KnowledgeDocument(id="before", content="old", source="demo"))
    run(played.sync(**call()))
    assert "before" in {document.id for document in played.store.all()}
    run(played.sync(**call(since=None)))
    assert "before" not in {document.id for document in played.store.all()}


def test_who_is_incremental_has_to_ask_since_when() -> None:
    with pytest.raises(TypeError, match="sync\\(client, run\\)"):
        Played(lambda _: documents(), incremental=True)


# -- signatures ------------------------------------------------------------------------------------


async def async_generator(_: KnowledgeClient, run: SyncRun) -> AsyncIterator[KnowledgeDocument]:
    run.state["seen"] = True
    for document in documents():
        yield document


async def with_other_name(_: KnowledgeClient, this: SyncRun, /) -> list[KnowledgeDocument]:
    this.state["seen"] = True
    return documents()


def with_default(_: KnowledgeClient, run: SyncRun | None = None) -> list[KnowledgeDocument]:
    assert run is not None
    run.state["seen"] = True
    return documents()


class Method:
    def __call__(self, _: KnowledgeClient, run: SyncRun) -> list[KnowledgeDocument]:
        run.state["seen"] = True
        return documents()


@pytest.mark.parametrize("sync", [async_generator, with_other_name, with_default, Method(), partial(with_default)])
def test_a_second_parameter_is_the_run(sync: Any) -> None:
    assert run(Played(sync).sync(**call()))["sync_state"] == {"seen": True}


def old_with_an_option(_: KnowledgeClient, limit: int = 2) -> list[KnowledgeDocument]:
    return documents(limit)


def old_with_anything(*given: Any, **named: Any) -> list[KnowledgeDocument]:
    assert (len(given), named) == (1, {})
    return documents(2)


@pytest.mark.parametrize("sync", [old_with_an_option, old_with_anything, partial(old_with_an_option, limit=2)])
def test_older_functions_are_called_as_ever(sync: Any) -> None:
    state = run(Played(sync).sync(**call({"page": 4})))
    assert (state["last_error"], state["last_sync_count"]) == (None, 2)
    assert state["sync_state"] == {"page": 4}

"""The client of a memory against a scripted server: what it sends, what it reads, and what it insists on."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from inspect import iscoroutinefunction, signature
from pathlib import Path
from typing import Any

import httpx
import pytest
from larder_sdk import Invalid, NotFound, Retry, Unexpected
from larder_sdk.memory import MemoryClient, SyncMemoryClient

from tests.sdk.conftest import Script
from tests.sdk.played import run

REMEMBERED = {
    "mode": "full",
    "sessionId": "sess:1",
    "turnId": "turn:1",
    "preview": False,
    "created": 1,
    "updated": 1,
    "relations_created": 1,
    "stage": "rules",
    "complete": True,
    "extraction": {
        "turnId": "turn:1",
        "relations": [
            {"id": "fact:1", "subject": "alice", "verb": "works_at", "object": "Globex", "label": "works_at"}
        ],
        "corrections": [{"entity": "alice", "key": "works_at", "old": "Acme", "new": "Globex"}],
    },
}


def answers(*given: Any) -> Script:
    return Script(*(each if isinstance(each, httpx.Response) else httpx.Response(200, json=each) for each in given))


def memory(script: Script, context: str = "acme") -> SyncMemoryClient:
    transport = httpx.MockTransport(script)
    return SyncMemoryClient("http://larder/", context, "key", transport=transport, retry=Retry(first_pause_s=0.001))


def sent(script: Script) -> Any:
    return json.loads(script.requests[-1].content)


def test_a_turn_is_sent_with_what_was_given_alone() -> None:
    script = answers(REMEMBERED)
    told = memory(script).remember(
        "I work at Globex.", scopes="org/acme", observed_at=datetime(2026, 3, 18, tzinfo=UTC)
    )
    request = script.requests[0]
    assert (request.method, request.url.path) == ("POST", "/api/v1/acme/facts")
    assert request.headers["authorization"] == "Bearer key"
    assert sent(script) == {
        "text": "I work at Globex.",
        "scopes": "org/acme",
        "observed_at": "2026-03-18T00:00:00+00:00",
    }
    assert (told.created, told.updated, told.relations_created, told.stage) == (1, 1, 1, "rules")
    assert told.extraction.relations[0].object == "Globex"
    assert told.extraction.corrections[0].old == "Acme"


def test_a_write_that_is_insisted_on_bears_one_key() -> None:
    script = answers(httpx.Response(503, json={"detail": "away"}), REMEMBERED, REMEMBERED)
    client = memory(script)
    client.remember("I work at Globex.")
    client.remember("I work at Globex.")
    first, again, another = (request.headers["idempotency-key"] for request in script.requests)
    assert first == again != another


def test_a_read_bears_no_key() -> None:
    script = answers({"hits": [], "tier": "direct"})
    memory(script).query("where does Alice work?", k=3, lens=["org/acme"], as_of=datetime(2026, 2, 1, tzinfo=UTC))
    assert "idempotency-key" not in script.requests[0].headers
    assert sent(script) == {
        "query": "where does Alice work?",
        "k": 3,
        "lens": ["org/acme"],
        "asOf": "2026-02-01T00:00:00+00:00",
    }


def test_names_are_encoded_in_addresses() -> None:
    script = answers({"entity": {"name": "R/D", "entityType": "organisation"}}, {"history": []})
    client = memory(script, "a b")
    assert client.entity("organisation", "R/D").entity.name == "R/D"
    assert client.history("person", "Zoë", "works_at") == []
    paths = [request.url.raw_path.decode() for request in script.requests]
    assert paths == [
        "/api/v1/a%20b/entities/organisation/R%2FD",
        "/api/v1/a%20b/entities/person/Zo%C3%AB/history/works_at",
    ]


def test_a_file_goes_as_its_bytes_with_its_name(tmp_path: Path) -> None:
    script = answers({"id": "document:1", "status": "queued", "contentHash": "ab", "deduplicated": True})
    (tmp_path / "policy.txt").write_bytes(b"\x00\xff policy")
    taken = memory(script).upload(tmp_path / "policy.txt", title="Policy", scopes={"org": "acme"})
    assert (taken.id, taken.deduplicated) == ("document:1", True)
    body = script.requests[0].content
    assert b'filename="policy.txt"' in body
    assert b"\x00\xff policy" in body
    assert b'{"title": "Policy", "scopes": {"org": "acme"}}' in body


def test_documents_are_waited_for_until_each_is_ready_or_failed() -> None:
    queued, ready = {"id": "document:1", "status": "queued"}, {"id": "document:1", "status": "ready"}
    failed = {"id": "document:2", "status": "failed", "error": "It is encrypted.", "errorKind": "permanent"}
    script = answers(queued, failed, ready)
    done = memory(script).wait_for_documents(["document:1", "document:2"], every_s=0.001)
    assert [(each.status, each.error_kind) for each in done] == [("ready", None), ("failed", "permanent")]
    assert [request.url.path[-1] for request in script.requests] == ["1", "2", "1"]


@pytest.mark.parametrize(("status", "error"), [(400, Exception), (404, NotFound), (422, Invalid)])
def test_a_refusal_is_raised_with_its_sentence(status: int, error: type[Exception]) -> None:
    script = answers(httpx.Response(status, json={"detail": "There is no such context.", "code": "context-not-found"}))
    with pytest.raises(error, match="no such context"):
        memory(script).state()
    assert len(script.requests) == 1


def test_an_answer_of_another_shape_is_told() -> None:
    with pytest.raises(Unexpected, match="Remembered"):
        memory(answers({"created": 1})).remember("x")
    with pytest.raises(Unexpected, match="history"):
        memory(answers({})).history("person", "a", "role")


def test_what_a_later_server_sends_besides_is_kept() -> None:
    told = memory(answers({"hits": [], "tier": "direct", "mood": "fine"})).query("x")
    assert told.model_extra == {"mood": "fine"}


VERBS = [name for name in vars(MemoryClient) if not name.startswith("_")]


@pytest.mark.parametrize("verb", VERBS)
def test_both_clients_have_the_same_verbs_and_arguments(verb: str) -> None:
    awaited, blocking = getattr(MemoryClient, verb), getattr(SyncMemoryClient, verb)
    assert iscoroutinefunction(awaited)
    assert not iscoroutinefunction(blocking)
    assert signature(awaited) == signature(blocking)


def test_the_awaited_client_does_the_same(script: Callable[..., Script]) -> None:
    played = answers(REMEMBERED, {"context": "Alice works at Globex."}, {"deleted": 2})

    async def talk() -> tuple[str, str, int]:
        transport = httpx.MockTransport(played)
        async with MemoryClient("http://larder", "acme", "key", transport=transport) as client:
            turn = await client.remember("I work at Globex.")
            return turn.turn_id, await client.context("who am I?"), await client.forget("Acme", dry_run=True)

    assert run(talk()) == ("turn:1", "Alice works at Globex.", 2)
    assert sent(played) == {"query": "Acme", "purge": False, "dryRun": True}

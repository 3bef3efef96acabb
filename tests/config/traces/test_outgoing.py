"""Who is told of the trace: what the operator runs. And what is left for later, and goes on with it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import pytest

from core.tracing.spans import continue_work, record_with, span, trace_context
from ingestion.models import File
from knowledge.embedding.embedders.backends.ollama import OllamaEmbedder
from knowledge.embedding.embedders.traced import embed
from knowledge.reranking import KINDS
from knowledge.reranking.guarded import GuardedReranker
from knowledge.reranking.remote import RemoteReranker
from knowledge.reranking.reordering import _scores
from providers.errors import OutboundTimeout
from providers.models import Provider, SyncRun, Trigger
from providers.outbound.addresses import Policy
from providers.outbound.http import call, deadline, open_client
from providers.runs.schedule import claim_due, request_sync
from tests.config.traces.conftest import Sent
from tests.providers.scripted import Script, hang, provider, script_of

Make = Callable[[str], Provider]
ANSWER = script_of(200, {"embeddings": [[1.0, 0.0]]})


async def resolve(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def ask(url: str, policy: Policy = Policy.PROVIDER, *, timeout_ms: int = 5_000) -> None:
    async def talk() -> None:
        async with deadline(timeout_ms), open_client(policy, resolve=resolve) as client:
            await call(client, "GET", f"{url}/a-path-of-mine", headers={}, max_body_bytes=1_000)

    asyncio.run(talk())


def headers_of(script: Script, talk: Callable[[str], object]) -> dict[str, str]:
    with provider(script) as asked:
        talk(asked.url)
    return asked.asked[-1].headers


def test_a_provider_is_told_and_its_address_is_not_recorded(sent: Sent) -> None:
    headers = headers_of(ANSWER, ask)
    found = sent()
    calling = found.one("GET")
    assert headers["traceparent"].split("-")[1:3] == [calling.trace, calling.id]
    assert (calling.kind, calling.attributes["server.address"]) == ("client", "127.0.0.1")
    assert calling.attributes["http.response.status_code"] == 200
    assert b"a-path-of-mine" not in found.raw


def test_an_address_that_a_user_submits_is_not_told(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.outbound.http.judge", lambda *asked: None)
    assert "traceparent" not in headers_of(ANSWER, lambda url: ask(url, Policy.PUBLIC))
    assert sent().one("GET").kind == "client"


def test_an_embedding_server_is_told(sent: Sent) -> None:
    def talk(url: str) -> None:
        embed(OllamaEmbedder("bge-m3", url=url), ["a text of mine"])

    headers = headers_of(ANSWER, talk)
    found = sent()
    embedding = found.one("embeddings bge-m3")
    assert headers["traceparent"].split("-")[1:3] == [embedding.trace, embedding.id]
    assert embedding.attributes["gen_ai.provider.name"] == "ollama"
    assert b"of mine" not in found.raw


def test_a_reranker_is_told(sent: Sent) -> None:
    def talk(url: str) -> None:
        server = GuardedReranker(RemoteReranker(KINDS["tei"], "a-model", url=url))
        assert _scores(server, "a question of mine", ["a text of mine"]) == ([0.5], False)

    headers = headers_of(script_of(200, [{"index": 0, "score": 0.5}]), talk)
    found = sent()
    reranking = found.one("rerank")
    assert headers["traceparent"].split("-")[1:3] == [reranking.trace, reranking.id]
    assert reranking.attributes["gen_ai.request.model"] == "a-model"
    assert b"of mine" not in found.raw


def test_nobody_is_told_where_traces_are_off() -> None:
    record_with(None)
    assert "traceparent" not in headers_of(ANSWER, ask)
    assert "traceparent" not in headers_of(ANSWER, lambda url: embed(OllamaEmbedder("bge-m3", url=url), ["text"]))


def test_a_call_that_is_refused_or_takes_too_long_has_failed(sent: Sent) -> None:
    headers_of(script_of(403, "no"), ask)
    with provider(hang) as asked, pytest.raises(OutboundTimeout):
        ask(asked.url, timeout_ms=200)
    assert [(each.failed, each.attributes["error.type"]) for each in sent().named("GET")] == [
        (True, "403"),
        (True, "CancelledError"),
    ]


@pytest.mark.parametrize(("one", "other", "is_a_part"), [("a", "a", True), ("a", "b", False), ("a", "", True)])
def test_work_of_one_trace_is_a_part_of_it_and_work_of_several_is_linked(
    sent: Sent, one: str, other: str, is_a_part: bool
) -> None:
    contexts = {"": ""}
    for name in ("a", "b"):
        with span(name):
            contexts[name] = trace_context()
    with continue_work("later", [contexts[one], contexts[other]], attributes={}):
        pass
    found = sent()
    later, first = found.one("later"), found.one("a")
    assert (later.parent == first.id) is is_a_part
    assert later.links == (() if is_a_part else (first.id, found.one("b").id))
    assert later.kind == "consumer"


def test_a_run_that_is_asked_for_keeps_the_trace_of_who_asked(make: Make, sent: Sent, now: datetime) -> None:
    make("wiki")
    with span("asking"):
        run = request_sync("wiki", trigger=Trigger.API, now=now)
    asking = sent().one("asking")
    assert run.trace_context.split("-")[1:3] == [asking.trace, asking.id]


def test_runs_that_fall_due_in_one_tick_are_traces_of_their_own(make: Make, sent: Sent, now: datetime) -> None:
    for name in ("wiki", "policies"):
        make(name)
    with span("tick"):
        assert claim_due(now=now).queued == 2
    planned = {each.id: each for each in sent().named("schedule sync")}
    kept = {run.provider_id: run.trace_context.split("-")[2] for run in SyncRun.objects.all()}
    assert {planned[span_id].attributes["larder.provider"] for span_id in kept.values()} == {"wiki", "policies"}
    assert len({each.trace for each in planned.values()}) == 2
    assert {each.kind for each in planned.values()} == {"producer"}


def test_without_traces_nothing_is_kept(make: Make, now: datetime) -> None:
    record_with(None)
    make("wiki")
    assert request_sync("wiki", trigger=Trigger.API, now=now).trace_context == ""
    assert File().trace_context == ""

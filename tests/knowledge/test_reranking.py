"""The best hits in a reranker's order: every kind of server, and none that answers nonsense or nothing."""

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from accounts.keys import create_key
from accounts.models import Stage
from config.web.request_buffering import Semaphore
from core.waiting.slots import working
from knowledge.reranking import KINDS
from knowledge.reranking.guarded import reranker
from knowledge.reranking.tally import counters, read_reranking
from knowledge.run_counts import Counts
from providers.system.readiness import readiness
from tests.conftest import Api
from tests.knowledge.conftest import BASE
from tests.knowledge.played_reranker import PATHS, PlayedReranker, serving, turned

pytestmark = pytest.mark.django_db

Push = Callable[..., Counts]
QUESTION = "how to bake bread"
FAR, NEAR = "bread bread bread", "how to bake fine bread"
"""By meaning the first is found after the second; `turned` has a server that says otherwise."""


@pytest.fixture(params=sorted(PATHS))
def server(request: pytest.FixtureRequest, settings: Settings) -> Iterator[PlayedReranker]:
    """Of each kind, at RERANK_URL."""
    with serving(request.param, settings) as server:
        yield server


@pytest.fixture
def jina(settings: Settings) -> Iterator[PlayedReranker]:
    with serving("jina", settings) as server:
        yield server


@pytest.fixture
def bread(push: Push) -> None:
    push(FAR, NEAR, "bake a cake", "steel is hard")


def ask(api: Api, **options: Any) -> dict[str, Any]:
    response = api("post", f"{BASE}/query", {"text": QUESTION, "top_k": 3, **options})
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """From nothing on."""
    counters.flush()
    monkeypatch.setattr(counters, "key", f"larder:test:{uuid4().hex}")


def ids(answer: dict[str, Any]) -> list[str]:
    return [each["id"] for each in answer["documents"]]


@pytest.mark.usefixtures("bread")
def test_every_kind_of_server_puts_the_hits_in_its_order(analyzer: Api, server: PlayedReranker) -> None:
    plain = ask(analyzer, top_k=4)
    server.answer = turned(server)
    answer = ask(analyzer, top_k=4, rerank=True)
    assert ids(answer) == ids(plain)[::-1]
    assert [each["rerank_score"] for each in answer["documents"]] == [0.03, 0.02, 0.01, 0.0]
    assert answer["reranked"] is True
    assert "rerank_fallback" not in answer
    scores = {each["id"]: each["score"] for each in plain["documents"]}
    assert {each["id"]: each["score"] for each in answer["documents"]} == scores
    [(path, headers, body)] = server.asked
    assert path == PATHS[server.kind]
    assert headers["Authorization"] == "Bearer sk-secret"
    assert body["query"] == QUESTION


@pytest.mark.usefixtures("bread")
def test_what_lies_below_top_k_may_come_up(analyzer: Api, server: PlayedReranker) -> None:
    last = ids(ask(analyzer, top_k=4))[-1]
    server.answer = turned(server)
    assert ids(ask(analyzer, top_k=1, rerank=True)) == [last]
    assert ids(ask(analyzer, top_k=1, rerank={"candidates": 1})) != [last]


def test_without_being_asked_for_it_does_not_happen(analyzer: Api, bread: None, jina: PlayedReranker) -> None:
    for options in ({}, {"rerank": False}, {"rerank": None}):
        answer = ask(analyzer, **options)
        assert "reranked" not in answer
        assert "rerank_score" not in answer["documents"][0]
    assert jina.asked == []


def test_a_reranker_of_thirty_two_texts_a_call_is_asked_twice(push: Push, analyzer: Api, settings: Settings) -> None:
    push(*(f"bread number {number}" for number in range(40)))
    with serving("tei", settings) as server:
        answer = ask(analyzer, top_k=40, rerank=True)
        assert [len(body["texts"]) for _, _, body in server.asked] == [32, 8]
        assert answer["reranked"] is True
        assert len({each["id"] for each in answer["documents"]}) == 40


def test_beyond_the_candidates_hits_stay_as_they_were_found(
    push: Push, analyzer: Api, jina: PlayedReranker, settings: Settings
) -> None:
    push(*(f"{'bread ' * number}of {number}" for number in range(1, 9)))
    plain = ids(ask(analyzer, top_k=8))
    settings.RERANK_CANDIDATES = 3
    jina.answer = turned(jina)
    answer = ask(analyzer, top_k=8, rerank={"candidates": 200})
    assert ids(answer) == [*plain[:3][::-1], *plain[3:]]
    assert ["rerank_score" in each for each in answer["documents"]] == [True] * 3 + [False] * 5


def test_the_passage_that_matched_is_sent_and_no_more_than_may(
    push: Push, analyzer: Api, jina: PlayedReranker, settings: Settings
) -> None:
    settings.RERANK_CHARS = 100
    push({"id": "long", "content": "x " * 3_000 + "how to bake bread " * 50})
    ask(analyzer, rerank=True)
    [text] = jina.asked[0][2]["documents"]
    assert len(text) == 100
    assert "bake" in text or "x" in text


@pytest.mark.usefixtures("bread")
@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
def test_it_follows_every_mode(analyzer: Api, jina: PlayedReranker, mode: str) -> None:
    plain = ids(ask(analyzer, mode=mode))
    jina.answer = turned(jina)
    assert ids(ask(analyzer, mode=mode, rerank=True))[: len(plain)] != plain
    assert len(jina.asked) == 1


def test_scores_are_remembered_for_the_very_same_texts(
    push: Push, analyzer: Api, bread: None, jina: PlayedReranker
) -> None:
    first, second = ask(analyzer, rerank=True), ask(analyzer, rerank=True)
    assert first == second
    assert len(jina.asked) == 1
    push({"id": FAR, "content": "other bread"})
    ask(analyzer, rerank=True)
    assert len(jina.asked) == 2


def test_an_explanation_tells_the_model(analyzer: Api, bread: None, jina: PlayedReranker) -> None:
    told = ask(analyzer, rerank=True, explain=True)
    assert told["reranked"] is True
    assert told["explanation"]["reranker"] | {"rerank_ms": 0} == {
        "model": "jina:m",
        "candidates": 4,
        "cached": False,
        "rerank_ms": 0,
    }
    assert ask(analyzer, explain=True)["explanation"]["reranker"] is None


# --- what is no answer ------------------------------------------------------------------------------------------------


def scored(scores: list[tuple[Any, Any]]) -> Callable[[PlayedReranker], bytes]:
    return lambda server: json.dumps(server.written(scores)).encode()


GARBAGE: dict[str, tuple[int, Callable[[PlayedReranker], bytes], str]] = {
    "too few": (200, scored([(0, 0.5)]), "reranker_invalid"),
    "too many": (200, scored([(at, 0.5) for at in range(9)]), "reranker_invalid"),
    "none": (200, scored([]), "reranker_invalid"),
    "twice": (200, scored([(0, 0.5), (0, 0.4), (1, 0.3), (2, 0.1)]), "reranker_invalid"),
    "unknown": (200, scored([(0, 0.5), (1, 0.4), (2, 0.3), (4, 0.1)]), "reranker_invalid"),
    "negative": (200, scored([(0, 0.5), (1, 0.4), (2, 0.3), (-1, 0.1)]), "reranker_invalid"),
    "fraction": (200, scored([(0.0, 0.5), (1.0, 0.4), (2.0, 0.3), (3.5, 0.1)]), "reranker_invalid"),
    "truth": (200, scored([(False, 0.5), (True, 0.4), (2, 0.3), (3, 0.1)]), "reranker_invalid"),
    "nan": (200, scored([(0, float("nan")), (1, 0.4), (2, 0.3), (3, 0.1)]), "reranker_invalid"),
    "infinite": (200, scored([(0, float("inf")), (1, 0.4), (2, 0.3), (3, 0.1)]), "reranker_invalid"),
    "huge": (200, scored([(0, 10**400), (1, 0.4), (2, 0.3), (3, 0.1)]), "reranker_invalid"),
    "true scores": (200, scored([(0, True), (1, True), (2, True), (3, True)]), "reranker_invalid"),
    "null": (200, lambda server: b"null", "reranker_invalid"),
    "a text": (200, lambda server: b'"results"', "reranker_invalid"),
    "lists": (200, lambda server: b'{"results": [[0, 1]], "data": [[0, 1]]}', "reranker_invalid"),
    "null rows": (200, lambda server: b'{"results": null, "data": null}', "reranker_invalid"),
    "unnamed": (200, lambda server: b'{"results": [{"i": 0}], "data": [{"i": 0}]}', "reranker_invalid"),
    "list index": (200, lambda server: b'[{"index": [], "score": 1}]', "reranker_invalid"),
    "deep": (200, lambda server: b"[" * 100_000, "reranker_invalid"),
    "html": (200, lambda server: b"<html>Welcome</html>", "reranker_invalid"),
    "nothing": (200, lambda server: b"", "reranker_invalid"),
    "gzip": (200, lambda server: gzip.compress(b"[]"), "reranker_invalid"),
    "flood": (200, lambda server: b" " * (17 * 1024 * 1024), "reranker_invalid"),
    "key": (401, lambda server: b'{"message": "invalid key sk-secret"}', "reranker_unavailable"),
    "haste": (429, lambda server: b"slow down", "reranker_unavailable"),
    "fault": (500, lambda server: b"\xff\xfe", "reranker_unavailable"),
    "moved": (302, lambda server: b"", "reranker_unavailable"),
    "texts": (422, lambda server: b'{"error": "too long"}', "reranker_refused"),
}


@pytest.mark.usefixtures("bread")
@pytest.mark.parametrize("garbage", GARBAGE)
def test_what_is_no_answer_leaves_the_order_and_is_told(analyzer: Api, server: PlayedReranker, garbage: str) -> None:
    status, content, code = GARBAGE[garbage]
    plain = ids(ask(analyzer))
    server.answer = lambda body: (status, content(server))
    for explain in (False, True):
        answer = ask(analyzer, rerank=True, explain=explain)
        assert ids(answer) == plain
        assert (answer["reranked"], answer["rerank_fallback"]["code"]) == (False, code)
        assert server.url in answer["rerank_fallback"]["detail"]
        assert "sk-secret" not in json.dumps(answer)
        assert "rerank_score" not in json.dumps(answer)


@pytest.mark.usefixtures("bread")
def test_silence_costs_the_budget_three_times_and_then_nothing(
    analyzer: Api, jina: PlayedReranker, settings: Settings, counted: None
) -> None:
    settings.RERANK_BUDGET_MS = 100
    release = threading.Event()

    def silent(body: dict[str, Any]) -> tuple[int, bytes]:
        release.wait(10)
        return 200, b""

    jina.answer = silent
    for _ in range(3):
        began = time.monotonic()
        answer = ask(analyzer, rerank=True)
        assert time.monotonic() - began < 5
        assert answer["rerank_fallback"]["code"] == "reranker_timeout"
    assert len(jina.asked) == 3
    assert ask(analyzer, rerank=True)["rerank_fallback"]["code"] == "reranker_timeout"
    assert len(jina.asked) == 3
    assert (read_reranking().calls, read_reranking().outcomes) == (3, {"reranker_timeout": 4})
    release.set()


def test_who_waits_for_a_silent_reranker_holds_no_slot(jina: PlayedReranker) -> None:
    began, release = threading.Event(), threading.Event()

    def silent(body: dict[str, Any]) -> tuple[int, bytes]:
        began.set()
        release.wait(10)
        return jina.sound(body)

    jina.answer = silent
    slots = Semaphore(1)

    def ask_in_the_slot() -> list[float]:
        with working(slots):
            server = reranker()
            assert server
            return server.score("bread", ["bread", "steel"], timeout_s=10)

    with ThreadPoolExecutor(1) as request:
        scores = request.submit(ask_in_the_slot)
        assert began.wait(10)
        assert slots.take_now()
        slots.give_back()
        release.set()
        assert scores.result(10) == [1.0, 0.0]


@pytest.mark.usefixtures("bread")
@pytest.mark.parametrize("url", ["http://[::1", "http://", "http://no host", "https://127.0.0.1:9/é?a#b"])
def test_what_is_no_address_is_told(analyzer: Api, settings: Settings, url: str) -> None:
    settings.RERANK_MODEL, settings.RERANK_URL = "tei:m", url
    assert ask(analyzer, rerank=True)["rerank_fallback"]["code"] == "reranker_unavailable"


@pytest.mark.usefixtures("bread")
def test_nobody_at_the_address_is_told_and_seen_in_readiness(analyzer: Api, settings: Settings, now: Any) -> None:
    settings.RERANK_MODEL, settings.RERANK_URL = "tei:m", "http://127.0.0.1:9"
    for _ in range(3):
        assert ask(analyzer, rerank=True)["rerank_fallback"]["code"] == "reranker_unavailable"
    [row] = [row for row in readiness(now=now) if row.name == "reranker"]
    assert (row.state, row.ready) == ("warn", True)
    assert "http://127.0.0.1:9" in row.detail
    assert "RERANK_URL" in row.fix


def test_readiness_names_one_that_is_well_and_none_that_is_not_set_up(
    jina: PlayedReranker, settings: Settings, now: Any, db: None
) -> None:
    assert [row.state for row in readiness(now=now) if row.name == "reranker"] == ["ok"]
    settings.RERANK_MODEL = ""
    assert [row.state for row in readiness(now=now) if row.name == "reranker"] == []


@pytest.mark.usefixtures("bread")
def test_without_a_reranker_the_answer_says_so(analyzer: Api, settings: Settings) -> None:
    settings.RERANK_MODEL = ""
    answer = ask(analyzer, rerank=True)
    assert (answer["reranked"], answer["rerank_fallback"]["code"]) == (False, "rerank_off")
    assert ids(answer) == ids(ask(analyzer))


def test_a_vector_without_a_text_is_nothing_to_read(
    analyzer: Api, bread: None, jina: PlayedReranker, embedder: Any
) -> None:
    [vector] = embedder.embed(["bread"])
    answer = ask(analyzer, text="", vector=[float(each) for each in vector], rerank=True)
    assert answer["rerank_fallback"]["code"] == "rerank_without_text"


def test_nothing_found_asks_nobody(analyzer: Api, bread: None, jina: PlayedReranker) -> None:
    answer = ask(analyzer, tags="nowhere", rerank=True)
    assert (answer["documents"], answer["reranked"], jina.asked) == ([], True, [])


def test_diverse_hits_are_chosen_first_and_put_in_order_then(analyzer: Api, bread: None, jina: PlayedReranker) -> None:
    plain = ids(ask(analyzer, strategy="diverse"))
    jina.answer = turned(jina)
    assert ids(ask(analyzer, strategy="diverse", rerank=True)) == plain[::-1]


@pytest.mark.parametrize("rerank", [{"candidates": 0}, {"candidates": 1_001}, {"candidate": 3}, "often", 2, []])
def test_what_says_nothing_of_reranking_is_422(analyzer: Api, rerank: Any) -> None:
    response = analyzer("post", f"{BASE}/query", {"text": "x", "rerank": rerank})
    assert response.status_code == 422
    assert "rerank" in response.json()["errors"][0]["field"]


# --- stages, addresses and counts -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bread")
@pytest.mark.parametrize(
    ("stage", "asked", "told"),
    [
        ("asked", None, None),
        ("asked", True, True),
        ("always", None, True),
        ("always", False, None),
        ("never", None, None),
        ("never", True, "rerank_forbidden"),
    ],
)
def test_a_stage_says_whether_its_queries_are_reranked(
    client: Any, jina: PlayedReranker, stage: str, asked: bool | None, told: Any
) -> None:
    made = Stage.objects.create(name="triage", max_top_k=2, rerank=stage)
    api = Api(client, create_key("spam-check", role="analyzer", stage=made)[1])
    answer = ask(api, rerank=asked)
    code = answer.get("rerank_fallback", {}).get("code")
    assert (code or answer.get("reranked")) == told
    assert len(answer["documents"]) == 2
    assert len(jina.asked) == (told is True)


def test_an_address_that_ends_with_rerank_is_the_whole_one(analyzer: Api, bread: None, settings: Settings) -> None:
    with serving("tei", settings) as server:
        settings.RERANK_MODEL, settings.RERANK_URL = "jina:m", f"{server.url}/rerank"
        server.answer = lambda body: (200, b'{"results": []}')
        ask(analyzer, rerank=True)
        assert [path for path, _, _ in server.asked] == ["/rerank"]


def test_kinds_are_the_files_of_a_folder() -> None:
    assert set(KINDS) == set(PATHS)


@pytest.mark.usefixtures("bread")
def test_what_became_of_queries_is_counted(
    analyzer: Api, api: Callable[..., Api], jina: PlayedReranker, counted: None
) -> None:
    ask(analyzer, rerank=True)
    ask(analyzer, rerank=True)
    jina.answer = lambda body: (500, b"")
    ask(analyzer, text="another question", rerank=True)
    text = api("admin")("get", "/metrics").content.decode()
    for line in ('outcome="reranked"} 1.0', 'outcome="cached"} 1.0', 'outcome="reranker_unavailable"} 1.0'):
        assert f"larder_reranks_total{{{line}" in text
    assert "larder_reranker_call_seconds_count 2.0" in text

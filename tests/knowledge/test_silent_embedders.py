"""An embedder that hangs, fails for every text or still loads: bounded, refused with a sentence, and left alone."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

import core.redis
from config.web.request_buffering import RequestBuffer, Semaphore
from config.web.slow_clients import InFlightRequests
from core.waiting import slots
from core.waiting.slots import working
from knowledge import checks
from knowledge.embedding import vector_space
from knowledge.embedding.embedders.backends.ollama import OllamaEmbedder
from knowledge.embedding.embedders.base import (
    HARMLESS,
    EmbedderBusy,
    EmbedderFailing,
    EmbedderLoading,
    EmbedderTimeout,
    EmbedderUnavailable,
    EmbeddingRefused,
)
from knowledge.embedding.embedders.guarded import GuardedEmbedder
from knowledge.embedding.embedders.within import embed_within
from knowledge.models import Passage
from providers.system.readiness import readiness
from tests.conftest import Api

BUDGET_S = 0.4
QUERY = "/api/v1/knowledge/query"


class PlayedOllama(ThreadingHTTPServer):
    """`embed` gives the status and the body of an answer to `/api/embed`; None hangs up amid it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.embed: Callable[[list[str]], tuple[int, Any] | None] = sound
        self.asked: list[list[str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: PlayedOllama

    def do_GET(self) -> None:
        self._send(200, {"version": "0.0.0"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/api/embed":
            self._send(200, {})
            return
        self.server.asked.append(body["input"])
        answer = self.server.embed(body["input"])
        if answer is not None:
            self._send(*answer)

    def _send(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def sound(texts: list[str]) -> tuple[int, Any]:
    return 200, {"embeddings": [[1.0, float(len(text) % 7), 2.0] for text in texts]}


def failing(texts: list[str]) -> tuple[int, Any]:
    return 500, {"error": "no"}


@pytest.fixture
def played() -> Iterator[PlayedOllama]:
    with PlayedOllama() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def guarded(url: str) -> GuardedEmbedder:
    """Each test's model has a name of its own, and so a breaker of its own."""
    return GuardedEmbedder(OllamaEmbedder(f"test-{uuid4().hex}", url=url), budget_s=BUDGET_S)


def ask(embedder: GuardedEmbedder, text: str = "text", *, timeout_s: float = BUDGET_S) -> None:
    embedder.embed([text], timeout_s=timeout_s)


@contextmanager
def taking_at_most(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


# --- the breaker ------------------------------------------------------------------------------------------------------


def test_a_silent_embedder_is_a_timeout_in_time_and_then_nobody_asks(silent: str) -> None:
    embedder = guarded(silent)
    for _ in range(3):
        with taking_at_most(BUDGET_S + 0.5), pytest.raises(EmbedderTimeout, match="restart it"):
            ask(embedder)
    with taking_at_most(0.1), pytest.raises(EmbedderTimeout, match="did not answer in time") as refused:
        ask(embedder)
    assert 1 <= (refused.value.retry_after_s or 0) <= 5
    assert refused.value.extra["embedding"]["reachable"] is False


def test_what_one_process_learns_another_knows(silent: str, played: PlayedOllama) -> None:
    first = guarded("http://127.0.0.1:1")
    for _ in range(3):
        with pytest.raises(EmbedderUnavailable):
            ask(first)
    other = GuardedEmbedder(OllamaEmbedder(first.backend.model, url=first.url), budget_s=BUDGET_S)  # type: ignore[attr-defined]
    with taking_at_most(0.1), pytest.raises(EmbedderUnavailable, match="unreachable at") as refused:
        ask(other)
    assert not isinstance(refused.value, EmbedderTimeout)


def test_a_probe_that_is_answered_ends_the_pause(played: PlayedOllama) -> None:
    embedder, played.embed = guarded(played.url), failing
    for _ in range(3):
        with pytest.raises(EmbedderFailing):
            ask(embedder, HARMLESS)
    played.embed = sound
    with pytest.raises(EmbedderFailing):
        ask(embedder)
    embedder.probe()
    ask(embedder)


def test_the_probe_asks_for_a_vector(played: PlayedOllama) -> None:
    embedder, played.embed = guarded(played.url), failing
    with pytest.raises(EmbedderFailing, match="refuses any text"):
        embedder.probe()


def test_a_text_that_is_refused_is_no_failure(played: PlayedOllama) -> None:
    embedder, played.embed = guarded(played.url), failing
    for _ in range(5):
        with pytest.raises(EmbeddingRefused):
            ask(embedder)
    played.embed = sound
    ask(embedder)


def test_a_call_that_had_less_time_than_a_question_says_nothing(silent: str) -> None:
    embedder = guarded(silent)
    for _ in range(4):
        with pytest.raises(EmbedderTimeout):
            ask(embedder, timeout_s=0.05)
    assert embedder.breaker.wait_s() == 0


# --- loading ----------------------------------------------------------------------------------------------------------


def test_a_model_that_loads_is_told_apart_and_its_load_is_not_broken_off(played: PlayedOllama) -> None:
    embedder, loaded = guarded(played.url), threading.Event()

    def load(texts: list[str]) -> tuple[int, Any]:
        loaded.wait(10)
        return sound(texts)

    played.embed = load
    for _ in range(4):
        with taking_at_most(BUDGET_S + 0.5), pytest.raises(EmbedderLoading, match="still loads"):
            ask(embedder)
    assert embedder.breaker.wait_s() == 0
    assert len(played.asked) == 1  # the first call goes on, and all wait for it
    loaded.set()
    ask(embedder)


def test_a_server_that_says_that_it_loads_is_believed(played: PlayedOllama) -> None:
    embedder, played.embed = guarded(played.url), lambda texts: (503, {"error": {"message": "Loading model"}})
    for _ in range(4):
        with pytest.raises(EmbedderLoading):
            ask(embedder)


# --- slots ------------------------------------------------------------------------------------------------------------


def test_who_waits_for_an_embedder_holds_no_slot(played: PlayedOllama) -> None:
    semaphore, embedder, free = Semaphore(1), guarded(played.url), []

    def look(texts: list[str]) -> tuple[int, Any]:
        free.append(semaphore.free.qsize())
        return sound(texts)

    played.embed = look
    with working(semaphore):
        ask(embedder)
    assert free == [1]
    assert semaphore.free.qsize() == 1


def test_forty_that_wait_for_a_silent_embedder_keep_nobody_out(silent: str) -> None:
    embedder, began, over = guarded(silent), threading.Semaphore(0), []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/semantic":
            began.release()
            with suppress(EmbedderUnavailable):
                ask(embedder, timeout_s=2)
            over.append(1)
        return [b"answered"]

    buffer = RequestBuffer(application, in_flight=InFlightRequests(patience_s=60))
    told = {"REMOTE_ADDR": "192.0.2.1", "SERVER_PORT": "8000"}
    with ThreadPoolExecutor(40) as clients:
        for _ in range(40):
            clients.submit(buffer, told | {"PATH_INFO": "/semantic"}, print)
        for _ in range(40):
            assert began.acquire(timeout=10)
        with taking_at_most(1):
            assert list(buffer(told | {"PATH_INFO": "/words"}, print)) == [b"answered"]
        assert not over


def test_who_finds_no_place_to_wait_is_told_to_come_back(played: PlayedOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_places", threading.BoundedSemaphore(1))
    slots._places.acquire()
    with working(Semaphore(1)), pytest.raises(EmbedderBusy) as refused:
        ask(guarded(played.url))
    assert refused.value.retry_after_s == 1
    assert played.asked == []


def test_a_call_that_has_no_time_left_to_connect_is_late_and_not_unreachable(played: PlayedOllama) -> None:
    with pytest.raises(EmbedderTimeout, match="did not answer in time"):
        OllamaEmbedder("test", url=played.url)._exchange("GET", "/", body=None, ends_at=time.monotonic() - 1)


# --- questions and pushes ---------------------------------------------------------------------------------------------


@pytest.fixture
def stored(api: Callable[..., Api], push: Callable[..., Any], settings: Any) -> Api:
    """A store with a document, and an analyzer."""
    settings.QUERY_EMBED_BUDGET_MS = int(1_000 * BUDGET_S)
    push({"id": "travel", "content": "Flights are booked early."})
    client = api("analyzer")
    client("post", QUERY, {"text": "flights", "mode": "keyword"})  # the first request of a process loads all addresses
    return client


def use(url: str, monkeypatch: pytest.MonkeyPatch) -> GuardedEmbedder:
    embedder = guarded(url)
    monkeypatch.setattr(vector_space, "embedder_named", lambda name: embedder)
    monkeypatch.setattr(checks, "embedder_named", lambda name: embedder)
    checks._remembered.clear()
    return embedder


def test_a_question_of_a_silent_embedder_is_503_in_time(
    stored: Api, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(silent, monkeypatch)
    with taking_at_most(BUDGET_S + 1):
        answer = stored("post", QUERY, {"text": "early flights"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "embedder_timeout"
    assert answer["Retry-After"]
    for _ in range(2):
        stored("post", QUERY, {"text": "early flights"})
    with taking_at_most(BUDGET_S):  # nobody asks it any more
        answer = stored("post", QUERY, {"text": "early flights"})
    assert (answer.status_code, answer.json()["code"]) == (503, "embedder_timeout")
    assert 1 <= int(answer["Retry-After"]) <= 5


def test_a_hybrid_question_is_answered_by_its_words_and_says_so(
    stored: Api, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = use(silent, monkeypatch)
    for explain in (False, True):
        answer = stored("post", QUERY, {"text": "early flights", "mode": "hybrid", "explain": explain})
        assert answer.status_code == 200
        assert [each["id"] for each in answer.json()["documents"]] == ["travel"]
        told = answer.json()["fallback"]
        assert (told["mode"], told["code"]) == ("keyword", "embedder_timeout")
        assert embedder.url in told["detail"]
    assert "fallback" not in stored("post", QUERY, {"text": "early flights", "mode": "keyword"}).json()


@pytest.mark.parametrize("vector", [[0.0] * 64, [1.0] * 63], ids=["zeros", "too short"])
def test_a_hybrid_question_that_the_model_does_not_take_is_answered_by_its_words(
    stored: Api, played: PlayedOllama, monkeypatch: pytest.MonkeyPatch, settings: Any, vector: list[float]
) -> None:
    settings.QUERY_EMBED_BUDGET_MS = 10_000  # three calls, and time is not what this is about
    use(played.url, monkeypatch)
    played.embed = lambda texts: (200, {"embeddings": [vector if "flights" in text else [1.0] * 64 for text in texts]})
    answer = stored("post", QUERY, {"text": "early flights", "mode": "hybrid"})
    assert [each["id"] for each in answer.json()["documents"]] == ["travel"]
    assert (answer.json()["fallback"]["mode"], answer.json()["fallback"]["code"]) == ("keyword", "embedding_refused")
    assert stored("post", QUERY, {"text": "early flights"}).json()["code"] == "embedding_refused"


def test_a_hybrid_answer_by_words_is_not_remembered_as_one_by_both(
    stored: Api, played: PlayedOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(played.url, monkeypatch)
    played.embed = lambda texts: None
    assert "fallback" in stored("post", QUERY, {"text": "flights", "mode": "hybrid"}).json()
    played.embed = lambda texts: (200, {"embeddings": [[1.0] * 64 for _ in texts]})
    assert "fallback" not in stored("post", QUERY, {"text": "flights", "mode": "hybrid"}).json()


def test_a_backend_that_fails_for_every_text_is_503_for_a_question_and_one_text_422(
    stored: Api, played: PlayedOllama, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.QUERY_EMBED_BUDGET_MS = 10_000
    use(played.url, monkeypatch)
    played.embed = failing
    answer = stored("post", QUERY, {"text": "flights"})
    assert (answer.status_code, answer.json()["code"]) == (503, "embedder_unavailable")
    assert answer.json()["detail"] == "The embedding backend refuses every text (HTTP 500): no"
    played.embed = lambda texts: failing(texts) if texts != [HARMLESS] else (200, {"embeddings": [[1.0] * 64]})
    answer = stored("post", QUERY, {"text": "flights"})
    assert (answer.status_code, answer.json()["code"]) == (422, "embedding_refused")


@pytest.mark.parametrize("play", [failing, lambda texts: None])
def test_a_push_to_a_backend_that_fails_is_stored_and_waits(
    play: Callable[[list[str]], Any],
    stored: Api,
    api: Callable[..., Api],
    played: PlayedOllama,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(played.url, monkeypatch)
    played.embed = play
    for number in range(5):  # the breaker opens on the way
        document = {"id": f"new{number}", "content": f"Trains {number}.", "source": "wiki"}
        answer = api("admin")("post", "/api/v1/knowledge/upsert", document)
        assert (answer.status_code, answer.json()["pending"]) == (200, 1)
    assert Passage.objects.filter(vector=None).count() == 5


def test_a_push_to_a_backend_that_is_not_there_is_503_however_often(
    stored: Api, api: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = use("http://127.0.0.1:1", monkeypatch)
    for number in range(5):
        document = {"id": f"new{number}", "content": f"Trains {number}.", "source": "wiki"}
        answer = api("admin")("post", "/api/v1/knowledge/upsert", document)
        assert answer.status_code == 503
        assert answer.json()["detail"].startswith(f"Embedding backend unreachable at {embedder.url}. Ensure Ollama")


def test_a_worker_that_finds_the_breaker_open_does_not_wait(silent: str) -> None:
    embedder = guarded(silent)
    for _ in range(3):
        with pytest.raises(EmbedderTimeout):
            ask(embedder)
    with taking_at_most(0.2):
        assert embed_within(embedder, ["a", "b"], budget_s=5) == [None, None]


def test_readiness_asks_for_a_vector_and_says_what_is_wrong(
    stored: Api, played: PlayedOllama, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    use(played.url, monkeypatch)
    played.embed = failing
    assert client.get("/readiness").json()["status"] == "degraded"
    checks._remembered.clear()
    played.embed = sound
    assert client.get("/readiness").json()["status"] == "ok"


def test_readiness_gives_its_advice_once(stored: Api, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.EMBEDDING_MODEL, settings.EMBEDDING_MODEL_IS_CHOSEN = "ollama:test", True
    embedder = use("http://127.0.0.1:1", monkeypatch)
    row = next(row for row in readiness(now=timezone.now()) if row.name == "embedder")
    assert row.detail.endswith(f"at {embedder.url}: Embedding backend unreachable at {embedder.url}.")
    assert f"{row.detail} {row.fix}".count("Ensure Ollama") == 1
    assert "Ensure Ollama" in checks.embedding_state().error


def test_without_redis_the_breaker_is_the_processs_own(silent: str, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    core.redis.breaker = core.redis.Breaker()
    embedder = guarded(silent)
    for _ in range(3):
        with pytest.raises(EmbedderTimeout):
            ask(embedder)
    with taking_at_most(0.1), pytest.raises(EmbedderTimeout):
        ask(embedder)

"""Embedders that are servers: what is sent, and what each kind of answer means."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from knowledge.embedding.embedders import remote
from knowledge.embedding.embedders.backends.ollama import OllamaEmbedder
from knowledge.embedding.embedders.backends.openai import OpenAIEmbedder
from knowledge.embedding.embedders.base import EmbedderTimeout, EmbedderUnavailable, EmbeddingRefused
from knowledge.embedding.embedders.within import embed_within
from tests.timing import in_time

URL = "http://embed.test:11434"
UNREACHABLE = (
    f"Embedding backend unreachable at {URL}. Ensure Ollama is running and reachable, "
    "and that the 'bge-m3' model has been pulled."
)
STATE = {"embedding": {"url": URL, "model": "bge-m3", "reachable": False}}


Play = Callable[[httpx.Request], httpx.Response]


def ollama(answer: Play, *, url: str = URL) -> OllamaEmbedder:
    return OllamaEmbedder("bge-m3", url=url, transport=httpx.MockTransport(answer))


def openai(answer: Play, *, api_key: str = "sk-secret") -> OpenAIEmbedder:
    return OpenAIEmbedder("some-model", url=f"{URL}/v1/", api_key=api_key, transport=httpx.MockTransport(answer))


def answering(status: int = 200, **response: Any) -> Play:
    return lambda request: httpx.Response(status, **response)


def asked(request: httpx.Request) -> Any:
    return json.loads(request.content)


def rows(request: httpx.Request) -> list[Any]:
    """A vector for each text, told apart by its length."""
    return [[1.0, float(len(text)), 0.0] for text in asked(request)["input"]]


def sound(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"embeddings": rows(request)})


# --- Ollama -----------------------------------------------------------------------------------------------------------


def test_ollama_is_asked_in_batches_and_never_to_truncate() -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return sound(request)

    vectors = ollama(answer, url=URL + "/").embed(["x" * n for n in range(100)])
    assert len(vectors) == 100
    assert vectors[3][1] / vectors[3][0] == pytest.approx(3)
    assert [len(asked(request)["input"]) for request in seen] == [64, 36]
    assert str(seen[0].url) == f"{URL}/api/embed"
    assert asked(seen[0]) | {"input": []} == {"model": "bge-m3", "input": [], "truncate": False, "keep_alive": "24h"}
    assert seen[0].headers["accept-encoding"] == "identity"


def test_dimensions_are_those_of_the_latest_answer() -> None:
    embedder = ollama(sound)
    assert embedder.dimensions == 3
    embedder._client = httpx.Client(transport=httpx.MockTransport(answering(json={"embeddings": [[1.0, 2.0]]})))
    embedder.embed(["text"])
    assert embedder.dimensions == 2


def test_no_texts_ask_nobody() -> None:
    assert ollama(answering(500)).embed([]) == []


def test_the_probe_asks_for_the_version_the_model_and_a_vector() -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path))
        return sound(request) if request.url.path == "/api/embed" else httpx.Response(200, json={"version": "0.9.0"})

    ollama(answer).probe()
    assert seen == [("GET", "/api/version"), ("POST", "/api/show"), ("POST", "/api/embed")]


def test_a_model_that_was_not_pulled_is_said_with_its_fix() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        known = request.url.path == "/api/version"
        return httpx.Response(200 if known else 404, json={"error": "model 'bge-m3' not found"})

    for act in (lambda: ollama(answer).probe(), lambda: ollama(answer).embed(["text"])):
        with pytest.raises(EmbedderUnavailable) as error:
            act()
        assert error.value.detail == UNREACHABLE
        assert error.value.extra == STATE


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError]
)
def test_a_connection_that_fails_is_said_with_its_fix(failure: type[httpx.TransportError]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise failure("no", request=request)

    with pytest.raises(EmbedderUnavailable) as error:
        ollama(answer).embed(["text"])
    assert error.value.detail == UNREACHABLE
    assert error.value.extra == STATE


@pytest.mark.parametrize("url", ["", "embed.test", "http://", "http://bad host:x", "ftp://embed.test"])
def test_an_address_that_is_none_is_unavailable(url: str) -> None:
    with pytest.raises(EmbedderUnavailable, match="unreachable at"):
        OllamaEmbedder("bge-m3", url=url).embed(["text"])


def test_no_answer_in_time_is_a_timeout() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no", request=request)

    with pytest.raises(EmbedderTimeout, match="did not answer in time") as error:
        ollama(answer).embed(["text"])
    assert error.value.extra == STATE


@pytest.mark.parametrize("status", [400, 413, 422, 500])
def test_an_error_about_the_texts_refuses_them_in_the_servers_words(status: int) -> None:
    answer = answering(status, json={"error": "the input length exceeds\n the context length" + "!" * 500})
    with pytest.raises(EmbeddingRefused, match="the input length exceeds the context length!!!") as error:
        ollama(answer).embed(["text"])
    assert len(error.value.detail) < 300


@pytest.mark.parametrize("status", [301, 402, 408, 429, 502, 503, 504])
def test_an_error_about_the_server_is_unavailable(status: int) -> None:
    answer = answering(status, headers={"Location": "http://169.254.169.254/"}, json={"error": "server busy"})
    with pytest.raises(EmbedderUnavailable, match=f"answered HTTP {status}: server busy") as error:
        ollama(answer).embed(["text"])
    assert error.value.extra == STATE


@pytest.mark.parametrize("content", [b"", b"<html>", b"[" * 100_000, b"\xff\xfe"])
def test_an_answer_that_is_no_json_is_unavailable(content: bytes) -> None:
    with pytest.raises(EmbedderUnavailable, match="answered no JSON"):
        ollama(answering(content=content)).embed(["text"])


@pytest.mark.parametrize(
    "content", ["[]", "{}", '{"embeddings": []}', '{"embeddings": [[NaN, 1]]}', '{"embeddings": [[0, 0]]}', '"text"']
)
def test_an_answer_without_the_vector_refuses_the_text(content: str) -> None:
    with pytest.raises(EmbeddingRefused):
        ollama(answering(content=content)).embed(["text"])


def test_a_compressed_answer_is_not_unpacked() -> None:
    answer = answering(headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(gzip.compress(b" " * 10_000_000)))
    with pytest.raises(EmbedderUnavailable, match="compressed"):
        ollama(answer).embed(["text"])


def test_an_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MOST_ANSWER_BYTES", 1000)
    sent = []

    def endless() -> Iterator[bytes]:
        while True:
            sent.append(b"x" * 100)
            yield sent[-1]

    with pytest.raises(EmbedderUnavailable, match="more than 64 MiB"):
        ollama(answering(content=endless())).embed(["text"])
    assert len(sent) < 20


def test_a_dripping_answer_ends_with_the_time() -> None:
    def drip() -> Iterator[bytes]:
        while True:
            time.sleep(0.01)
            yield b" "

    def ask() -> None:
        with pytest.raises(EmbedderTimeout):
            ollama(lambda request: httpx.Response(200, content=drip())).embed(["text"], timeout_s=0.1)

    in_time(ask, within_s=1)


def test_a_real_server_that_accepts_and_stays_silent_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        embedder = OllamaEmbedder("bge-m3", url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(EmbedderTimeout):
            embedder.embed(["text"], timeout_s=0.2)


def test_a_head_that_drips_ends_with_the_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=8) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.recv(65536)
                for byte in b"HTTP/1.1 200 OK\r\nX-Endless: " + b"x" * 400:
                    connection.sendall(bytes([byte]))
                    time.sleep(0.02)

        threading.Thread(target=drip, daemon=True).start()
        embedder = OllamaEmbedder("bge-m3", url=f"http://127.0.0.1:{server.getsockname()[1]}")
        embedder._warm_up.note_answer()
        began = time.monotonic()
        with pytest.raises(EmbedderTimeout):
            embedder.embed(["text"], timeout_s=0.3)
        assert time.monotonic() - began < 1


def test_a_real_server_that_resets_in_the_middle_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
            connection.close()

        threading.Thread(target=serve, daemon=True).start()
        embedder = OllamaEmbedder("bge-m3", url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(EmbedderUnavailable):
            embedder.embed(["text"], timeout_s=5)


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert not OllamaEmbedder("bge-m3", url=URL)._client._mounts


def test_credentials_in_the_address_are_never_shown() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"].startswith("Basic ")
        return httpx.Response(404)

    embedder = ollama(answer, url="http://larder:s3cret@embed.test/ollama")
    assert embedder.url == "http://embed.test/ollama"
    with pytest.raises(EmbedderUnavailable) as error:
        embedder.embed(["text"])
    assert "s3cret" not in error.value.detail + str(error.value.extra)


def test_a_lone_surrogate_is_refused_before_it_is_sent() -> None:
    with pytest.raises(EmbeddingRefused, match="lone surrogate"):
        ollama(answering(500)).embed(["\ud800"])


def test_one_text_of_64_that_the_server_fails_on_is_found() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500, text="tensor error") if "poison" in asked(request)["input"] else sound(request)

    texts = [f"text {n}" for n in range(63)] + ["poison"]
    outcomes = embed_within(ollama(answer), texts, budget_s=10)
    assert [isinstance(outcome, EmbeddingRefused) for outcome in outcomes] == [False] * 63 + [True]
    assert "tensor error" in outcomes[-1].detail


# --- OpenAI -----------------------------------------------------------------------------------------------------------


def test_openai_rows_are_taken_by_their_index() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == f"{URL}/v1/embeddings"
        assert request.headers["authorization"] == "Bearer sk-secret"
        assert asked(request) == {"model": "some-model", "input": ["a", "bbb"], "encoding_format": "float"}
        data = [{"index": 1, "embedding": [0.0, 1.0]}, {"index": 0, "embedding": [1.0, 0.0]}]
        return httpx.Response(200, json={"data": data})

    first, second = openai(answer).embed(["a", "bbb"])
    assert first.tolist() == [1, 0]
    assert second.tolist() == [0, 1]


def test_openai_without_a_key_sends_none() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        return httpx.Response(200, json={"data": [{"index": 0, "embedding": [1.0]}]})

    assert openai(answer, api_key="").dimensions == 1


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"data": None},
        {"data": [{"index": 1, "embedding": [1.0]}]},
        {"data": [{"embedding": [1.0]}]},
        {"data": [{"index": [], "embedding": [1.0]}]},
        {"data": [[]]},
    ],
)
def test_openai_answers_of_another_shape_refuse_the_text(answer: dict[str, Any] | list[Any]) -> None:
    with pytest.raises(EmbeddingRefused, match="no list of vectors"):
        openai(answering(json=answer)).embed(["text"])


def test_the_openai_probe_asks_for_a_vector() -> None:
    openai(answering(json={"data": [{"index": 0, "embedding": [1.0]}]})).probe()
    with pytest.raises(EmbedderUnavailable, match="refuses any text"):
        openai(answering(400, json={"error": {"message": "model is not an embedding model"}})).probe()
    with pytest.raises(EmbedderUnavailable, match="it serves the 'some-model' model"):
        openai(answering(404)).probe()


def test_a_rejected_key_is_not_echoed() -> None:
    answer = answering(401, json={"error": {"message": "Incorrect API key provided: sk-secret"}})
    with pytest.raises(EmbedderUnavailable, match="HTTP 401: the credentials are not accepted") as error:
        openai(answer).embed(["text"])
    assert "sk-secret" not in error.value.detail

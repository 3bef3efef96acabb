"""Both kinds of servers, asked as they want to be asked, and every way in which one may fail."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from core.waiting.breaker import FAILURES
from memory.extraction.models.apis import APIS, WINDOWS
from memory.extraction.models.faults import ModelFault, ReplyInvalid, ServerAway, ServerBusy, ServerRefused
from memory.extraction.models.reply import SCHEMA
from memory.extraction.models.server import MOST_REPLY_BYTES, ModelServer
from tests.memory.extraction.played import Played, enveloped, played, reply
from tests.providers import scripted
from tests.providers.scripted import Connection, Script, script_of

QUESTION = [{"role": "system", "content": "Read."}, {"role": "user", "content": "I live in Riga."}]
BOTH = pytest.mark.parametrize("api", sorted(APIS))


def ask(server: ModelServer, *, timeout_s: float = 5) -> object:
    return server.ask("small", QUESTION, SCHEMA, timeout_s=timeout_s)


@BOTH
def test_the_text_and_its_tokens_are_read(api: str) -> None:
    with played("hello", api=api) as model:
        found = model.server.ask("small", QUESTION, SCHEMA, timeout_s=5)
    assert (found.text, found.tokens_in, found.tokens_out) == ("hello", 120, 30)


def test_an_openai_server_is_asked_for_a_strict_schema() -> None:
    with played(reply(), key="secret") as model:
        ask(model.server)
    [asked], [body] = model.asked.asked, model.bodies
    assert (asked.method, asked.path) == ("POST", "/v1/chat/completions")
    assert asked.headers["authorization"] == "Bearer secret"
    assert (body["model"], body["temperature"], body["stream"], body["messages"]) == ("small", 0, False, QUESTION)
    assert body["response_format"]["type"] == "json_schema"
    assert body["response_format"]["json_schema"] == {"name": "reading", "strict": True, "schema": SCHEMA}
    assert "tools" not in body


def test_an_ollama_server_is_asked_with_the_schema_as_its_format() -> None:
    with played(reply(), api="ollama") as model:
        ask(model.server)
    [asked], [body] = model.asked.asked, model.bodies
    assert (asked.method, asked.path) == ("POST", "/api/chat")
    assert "authorization" not in asked.headers
    assert (body["format"], body["stream"]) == (SCHEMA, False)
    assert body["options"] == {"temperature": 0, "num_ctx": WINDOWS[0]}


def test_a_long_prompt_gets_a_longer_window_from_ollama() -> None:
    def window(chars: int) -> int:
        found: int = APIS["ollama"].body("m", [{"role": "user", "content": "x" * chars}], {})["options"]["num_ctx"]
        return found

    assert [window(chars) for chars in (100, 25_000, 60_000, 900_000)] == [
        WINDOWS[0],
        WINDOWS[1],
        WINDOWS[2],
        WINDOWS[2],
    ]


@pytest.mark.parametrize(
    ("api", "url", "address"),
    [
        ("openai", "http://host:1", "http://host:1/v1/chat/completions"),
        ("openai", "http://host:1/", "http://host:1/v1/chat/completions"),
        ("openai", "https://host/v1", "https://host/v1/chat/completions"),
        ("openai", "https://host/openai/v1/", "https://host/openai/v1/chat/completions"),
        ("openai", "https://host/v1/chat/completions", "https://host/v1/chat/completions"),
        ("ollama", "http://host:11434", "http://host:11434/api/chat"),
        ("ollama", "http://host:11434/api", "http://host:11434/api/chat"),
        ("ollama", "http://host:11434/v1/", "http://host:11434/api/chat"),
        ("ollama", "http://host/behind", "http://host/behind/api/chat"),
    ],
)
def test_the_address_is_what_people_write_in_other_places(api: str, url: str, address: str) -> None:
    assert APIS[api].address(url) == address


def test_every_field_of_the_schema_is_required_and_none_may_be_beside_them() -> None:
    def objects(schema: dict[str, object]) -> Iterator[dict[str, object]]:
        if schema.get("type") == "object":
            yield schema
            for each in schema["properties"].values():  # type: ignore[attr-defined]
                yield from objects(each)
        if schema.get("type") == "array":
            yield from objects(schema["items"])  # type: ignore[arg-type]

    found = list(objects(SCHEMA))
    assert len(found) == 6
    for each in found:
        assert each["required"] == list(each["properties"])  # type: ignore[call-overload]
        assert each["additionalProperties"] is False


# --- what a server may do instead ---------------------------------------------------------------------------------


async def reset(connection: Connection) -> None:
    connection.writer.transport.abort()


async def half(connection: Connection) -> None:
    await connection.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"choices": [')
    connection.writer.transport.abort()


async def no_http(connection: Connection) -> None:
    await connection.raw(b"SSH-2.0-OpenSSH_9.6\r\n")
    connection.writer.close()


async def pieces(connection: Connection) -> None:
    """A whole answer that takes its time, byte by byte."""
    body = json.dumps(enveloped("hello", api="openai")).encode()
    await connection.raw(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
    for byte in body:
        await connection.raw(bytes([byte]))
        await asyncio.sleep(0.1)


AWAY = {
    "500": script_of(500, b"Internal"),
    "503": script_of(503, {"error": "loading"}),
    "408": script_of(408),
    "html": script_of(200, b"<html><body>Sign in</body></html>", Content_Type="text/html"),
    "broken": script_of(200, b'{"choices": [{"message": '),
    "empty": script_of(200, b""),
    "deep": script_of(200, b"[" * 100_000),
    "list": script_of(200, [1, 2]),
    "text": script_of(200, "no"),
    "null": script_of(200, b"null"),
    "no choices": script_of(200, {"choices": []}),
    "wrong choices": script_of(200, {"choices": "many"}),
    "wrong message": script_of(200, {"choices": [{"message": "hi"}]}),
    "error in a success": script_of(200, {"error": {"message": "overloaded"}}),
    "redirect": script_of(302, b"", Location="http://127.0.0.1:9/elsewhere"),
    "compressed": script_of(200, b"\x1f\x8b", Content_Encoding="gzip"),
    "reset": reset,
    "half": half,
    "no http": no_http,
}


@pytest.mark.parametrize("script", AWAY.values(), ids=AWAY)
@BOTH
def test_an_answer_that_is_none_is_told_in_a_sentence(script: Script, api: str) -> None:
    with played(script, api=api) as model, pytest.raises(ServerAway) as caught:
        ask(model.server)
    assert str(caught.value).startswith("The model's server")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("script", [scripted.hang, scripted.drip_headers, scripted.drip_body, pieces])
@BOTH
def test_one_deadline_covers_the_whole_answer(script: Script, api: str) -> None:
    with played(script, api=api) as model:
        began = time.monotonic()
        with pytest.raises(ServerAway, match=r"within 0\.5 s"):
            ask(model.server, timeout_s=0.5)
        assert time.monotonic() - began < 1.5


def test_nobody_listens() -> None:
    server = ModelServer(url="http://127.0.0.1:1", api="openai")
    server.breaker.note_success()
    with pytest.raises(ServerAway, match="refuses connections"):
        ask(server)
    server.breaker.note_success()


@pytest.mark.parametrize("script", [scripted.endless, scripted.gigabyte])
def test_more_than_a_reply_may_have_is_not_read(script: Script) -> None:
    with played(script) as model, pytest.raises(ReplyInvalid, match="longer than 256 KiB"):
        ask(model.server)


def test_a_reply_may_have_that_much() -> None:
    text = "x" * (MOST_REPLY_BYTES - 500)
    with played(text) as model:
        assert model.server.ask("small", QUESTION, SCHEMA, timeout_s=5).text == text


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [({"Retry_After": "17"}, 17), ({}, 10), ({"Retry_After": "soon"}, 10), ({"Retry_After": "999999"}, 3_600)],
)
def test_a_server_that_is_asked_too_often_says_how_long_to_wait(headers: dict[str, str], wait_s: float) -> None:
    with played(script_of(429, b"slow down", **headers)) as model, pytest.raises(ServerBusy) as caught:
        ask(model.server)
    assert caught.value.retry_after_s == wait_s


def test_credentials_that_are_refused_are_not_repeated() -> None:
    script = script_of(401, b"Incorrect API key: sk-secret")
    with played(script, key="sk-secret") as model, pytest.raises(ServerRefused, match="MEMORY_MODEL_KEY") as caught:
        ask(model.server)
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize("error", ["model small not found", {"message": "model small not found", "code": 404}])
def test_a_question_that_is_refused_is_told_with_what_the_server_says(error: object) -> None:
    script = script_of(404, {"error": error})
    with played(script) as model, pytest.raises(ServerRefused, match=r"\(404\): 'model small not found'"):
        ask(model.server)


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "tool_calls": [{"id": "1", "function": {"name": "delete_all", "arguments": "{}"}}]},
        {"content": "{}", "tool_calls": [{"function": {"name": "delete_all", "arguments": {}}}]},
        {"content": "{}", "function_call": {"name": "delete_all", "arguments": "{}"}},
        {"content": None, "refusal": "I cannot do that."},
        {"content": None},
        {"content": "   "},
        {"content": [{"type": "text", "text": "{}"}]},
        {},
    ],
)
@BOTH
def test_an_answer_without_words_is_a_fault_of_the_model(message: dict[str, object], api: str) -> None:
    whole = {"message": message} if api == "ollama" else {"choices": [{"message": message}]}
    with played(script_of(200, whole), api=api) as model:
        found = model.server.ask("small", QUESTION, SCHEMA, timeout_s=5)
    assert found.fault
    assert found.text == ""


@pytest.mark.parametrize(
    "counts", [None, "many", {"prompt_tokens": -4, "completion_tokens": 10**30}, {"prompt_tokens": True}]
)
def test_counts_of_tokens_are_believed_within_bounds(counts: object) -> None:
    whole = {**enveloped("x", api="openai"), "usage": counts}
    with played(script_of(200, whole)) as model:
        found = model.server.ask("small", QUESTION, SCHEMA, timeout_s=5)
    assert found.tokens_in == 0
    assert 0 <= found.tokens_out <= 10_000_000


def test_a_server_that_fails_in_a_row_is_not_even_asked() -> None:
    with played(script_of(500)) as model:
        for _ in range(FAILURES + 2):
            with pytest.raises(ServerAway):
                ask(model.server)
        assert len(model.asked.asked) == FAILURES
        with pytest.raises(ServerAway, match="several times in a row"):
            ask(ModelServer(url=model.server.url, api="openai"))


@pytest.mark.parametrize("script", [script_of(429), script_of(404), script_of(200, b"x" * 300_000)])
def test_a_server_that_answers_is_there_whatever_it_says(script: Script) -> None:
    with played(script) as model:
        for _ in range(FAILURES + 1):
            with pytest.raises(ModelFault):
                ask(model.server)
        assert len(model.asked.asked) == FAILURES + 1


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254", "http://user:word@127.0.0.1:1", "ftp://host", "http://host:99999", "http://"]
)
def test_an_address_that_must_not_be_called_is_not(url: str) -> None:
    with pytest.raises(ServerAway, match="cannot be used"):
        ask(ModelServer(url=url, api="openai"))


def test_an_operators_list_of_networks_holds_for_models_too(settings: Settings, allow: Callable[..., None]) -> None:
    allow("10.9.0.0/16")
    with played("hello") as model, pytest.raises(ServerAway, match="not among the places"):
        ask(model.server)
    assert model.asked.asked == []


@pytest.fixture
def allow(settings: Settings) -> Callable[..., None]:
    from ipaddress import ip_network

    def only(*networks: str) -> None:
        settings.PROVIDER_ALLOWED_NETWORKS = [ip_network(each) for each in networks]

    return only


def test_a_played_server_answers_in_turn() -> None:
    with played("one", "two") as model:
        assert [model.server.ask("m", QUESTION, SCHEMA, timeout_s=5).text for _ in range(3)] == ["one", "two", "two"]
    assert isinstance(model, Played)

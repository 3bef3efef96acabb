"""A request's span, and what is done for it."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from pytest_django import Settings

from config.observability.traces.requests import TracedRequests
from config.web.fast_path import QUERY, FastPath
from core.tracing.spans import span, trace_headers
from knowledge.run_counts import Counts
from tests.config.fast_clients import Made
from tests.config.traces.conftest import Sent
from tests.conftest import Api
from tests.knowledge.played_reranker import serving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_process")]

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
UPSERT = "/api/v1/knowledge/bulk-upsert"


class Web:
    """The web process's application, from the span of a request inwards."""

    def __init__(self) -> None:
        self.application = TracedRequests(FastPath(WSGIHandler()))

    def post(self, path: str, body: Any, *, key: str, **headers: str) -> tuple[int, dict[str, str]]:
        sent, said = json.dumps(body).encode(), dict[str, Any]()
        environ = {
            "PATH_INFO": path,
            "REQUEST_METHOD": "POST",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "HTTP_HOST": "testserver",
            "CONTENT_LENGTH": str(len(sent)),
            "CONTENT_TYPE": "application/json",
            "HTTP_AUTHORIZATION": f"Bearer {key}",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(sent),
            **headers,
        }
        answer = self.application(environ, lambda status, headers: said.update(status=status, headers=dict(headers)))
        b"".join(answer)
        return int(said["status"][:3]), said["headers"]


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """Django would close the connection that is the test's."""
    monkeypatch.setattr("django.core.signals.request_started.send", lambda **kwargs: None)
    monkeypatch.setattr("django.core.signals.request_finished.send", lambda **kwargs: None)
    return Web()


@pytest.fixture
def provider_key(api: Callable[..., Api], space: object) -> str:
    return api("provider", "wiki").headers["Authorization"].removeprefix("Bearer ")


def test_a_push_has_its_embedding_and_its_storing_below_it(web: Web, provider_key: str, sent: Sent) -> None:
    status, headers = web.post(UPSERT, {"documents": [{"id": "a", "content": "bread"}]}, key=provider_key)
    assert status == 200
    found = sent()
    serving, pushing = found.one(f"POST {UPSERT}"), found.one("push")
    assert (serving.kind, serving.parent, serving.failed) == ("server", "", False)
    assert serving.attributes["http.route"] == UPSERT
    assert serving.attributes["http.response.status_code"] == 200
    assert serving.attributes["larder.correlation_id"] == headers["X-Correlation-ID"]
    assert serving.resource["service.name"] == "larder"
    assert found.chain(found.one("store")) == ["store", "push", f"POST {UPSERT}"]
    [embedding] = [each for each in found.spans if each.name.startswith("embeddings")]
    assert found.chain(embedding)[1:] == ["push", f"POST {UPSERT}"]
    assert embedding.attributes["gen_ai.operation.name"] == "embeddings"
    assert (pushing.attributes["larder.documents"], pushing.attributes["larder.created"]) == (1, 1)


def test_a_query_has_a_span_on_both_paths(web: Web, made: Made, push: Callable[..., Counts], sent: Sent) -> None:
    push("bread")
    for _ in range(2):
        assert web.post(QUERY, {"text": "bread"}, key=made[1])[0] == 200
    found = sent()
    full, fast = found.named(f"POST {QUERY}")
    searching = found.one("search")
    assert searching.parent == full.id, "the first time, by Django"
    assert searching.attributes["larder.query.mode"] == "semantic"
    assert [each.name for each in found.spans if each.parent == fast.id] == [], "the second time, by the fast path"
    assert fast.attributes["http.route"] == QUERY
    assert len(fast.attributes["larder.correlation_id"]) == 32


def test_a_query_that_is_reranked_has_the_call_beside_its_search(
    web: Web, made: Made, push: Callable[..., Counts], sent: Sent, settings: Settings
) -> None:
    push("bread")
    with serving("jina", settings) as server:
        assert web.post(QUERY, {"text": "bread", "rerank": True}, key=made[1])[0] == 200
        found = sent()
        assert found.chain(found.one("rerank")) == ["rerank", f"POST {QUERY}"]
        assert found.one("rerank").attributes["larder.texts"] == 1
        assert found.one("rerank").id in server.asked[0][1]["traceparent"]


def test_a_request_goes_on_with_the_trace_of_its_client(web: Web, made: Made, space: object, sent: Sent) -> None:
    told = {"HTTP_TRACEPARENT": TRACEPARENT, "HTTP_TRACESTATE": "vendor=1"}
    assert web.post(QUERY, {"text": "bread"}, key=made[1], **told)[0] == 200
    serving = sent().one(f"POST {QUERY}")
    assert (serving.trace, serving.parent) == (TRACE, PARENT)


@pytest.mark.parametrize(("state", "kept"), [("vendor=1,other=2", True), ("junk", False), (f"a={'b' * 600}", False)])
def test_a_tracestate_goes_on_where_it_is_one_and_not_too_long(sent: Sent, state: str, kept: bool) -> None:
    with span("work", parent=f"{TRACEPARENT} {state}") as work:
        told = trace_headers()
        assert work.context.split(" ")[1:] == ([state] if kept else [])
    assert told.get("tracestate", "") == (state if kept else "")
    assert sent().one("work").trace == TRACE


@pytest.mark.parametrize(
    "told",
    [
        "",
        "00-0-0-00",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01-more",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"{TRACEPARENT},{TRACEPARENT}",
        f"{TRACEPARENT} {TRACEPARENT}",
        "💣" * 100,
    ],
)
def test_a_traceparent_that_is_none_is_passed_over(web: Web, made: Made, space: object, sent: Sent, told: str) -> None:
    assert web.post(QUERY, {"text": "bread"}, key=made[1], HTTP_TRACEPARENT=told)[0] == 200
    serving = sent().one(f"POST {QUERY}")
    assert serving.parent == ""
    assert serving.trace != TRACE


def test_a_client_that_records_nothing_has_nothing_recorded(web: Web, made: Made, space: object, sent: Sent) -> None:
    web.post(QUERY, {"text": "bread"}, key=made[1], HTTP_TRACEPARENT=TRACEPARENT[:-1] + "0")
    assert sent().spans == []


def test_a_refusal_is_known_by_its_code_and_is_no_failure_of_ours(web: Web, made: Made, sent: Sent) -> None:
    assert web.post(QUERY, {"text": " "}, key=made[1])[0] == 422
    serving = sent().one(f"POST {QUERY}")
    assert (serving.attributes["larder.error_code"], serving.failed) == ("invalid_query", False)


def test_what_fails_here_is_a_failed_span_with_the_code(
    web: Web, made: Made, space: object, embedder: Any, sent: Sent
) -> None:
    embedder.available = False
    assert web.post(QUERY, {"text": "bread"}, key=made[1])[0] == 503
    found = sent()
    serving = found.one(f"POST {QUERY}")
    assert (serving.failed, serving.attributes["error.type"]) == (True, "503")
    assert serving.attributes["larder.error_code"] == "embedder_unavailable"
    assert found.one("search").attributes["error.type"] == "embedder_unavailable"


def test_no_span_holds_what_was_asked_or_stored(web: Web, provider_key: str, made: Made, sent: Sent) -> None:
    document = {
        "id": "id-of-mine",
        "content": "xylophone",
        "tags": ["tag-of-mine"],
        "metadata": {"name": "meta-of-mine"},
    }
    web.post(UPSERT, {"documents": [document]}, key=provider_key)
    web.post(QUERY, {"text": "marimba", "tags": "tag-of-mine"}, key=made[1])
    web.post(QUERY, {"text": "glockenspiel", "mode": "nonsense-of-mine"}, key=made[1])
    raw = sent().raw
    assert b"POST" in raw
    for each in ("xylophone", "marimba", "glockenspiel", "of-mine", provider_key, made[1]):
        assert each.encode() not in raw


def test_whoever_watches_leaves_no_spans(web: Web, sent: Sent) -> None:
    web.post("/readyz", {}, key="")
    assert sent().spans == []

"""The fast path of queries: the same answers as through Django, and never one that is no longer right."""

import contextlib
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.client import ClientHandler
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import Settings

import core.redis
from accounts.keys import create_key, revoke_key
from accounts.models import AccessKey, Stage
from config.observability.latency import latency
from config.web.fast_path import QUERY, Environ, FastPath
from knowledge.deleting.trash import delete_document
from knowledge.embedding.pending import embed_pending
from knowledge.models import Document, EmbeddingModel
from knowledge.run_counts import Counts
from tests.config.fast_clients import FastClient, FullClient, Made, PassedOn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_process")]


QUESTIONS = st.fixed_dictionaries(
    {"text": st.sampled_from(["bread", "Butter and bread?", "number 7", "the", "☃"])},
    optional={
        "tags": st.sampled_from([None, "", "food", "food+oven", "oven | food", "none"]),
        "top_k": st.integers(1, 30),
        "min_score": st.sampled_from([0, 0.2, 0.9, 1]),
        "source": st.sampled_from([None, "", "wiki", "hr", "none"]),
        "mode": st.just("semantic"),
        "filter": st.sampled_from(
            [
                None,
                {"key": "tags", "op": "contains", "value": "food"},
                {"not": {"key": "metadata.a", "op": "gte", "value": 2}},
                {
                    "or": [
                        {"key": "content", "op": "text_match", "value": "7"},
                        {"key": "source", "op": "eq", "value": "hr"},
                    ]
                },
            ]
        ),
    },
)


@effort(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=QUESTIONS, remembered=st.booleans())
def test_both_paths_answer_alike_with_the_same_headers(
    store: None, fast: FastClient, full: FullClient, question: dict[str, Any], remembered: bool
) -> None:
    expected_headers, expected = full(question)
    if not remembered:
        core.redis.client(django_settings.REDIS_URL).delete(
            *core.redis.client(django_settings.REDIS_URL).keys("larder:answer:*")
        )
    headers, found = fast(question)
    assert json.loads(found) == json.loads(expected)
    for each in (headers, expected_headers):
        each.pop("X-Correlation-ID")
        each.pop("Content-Length")
    assert headers == expected_headers


@pytest.mark.parametrize("index", ["codes", "hnsw"])
@pytest.mark.parametrize("question", [{}, {"source": "hr"}, {"tags": "food"}, {"tags": "none"}])
def test_both_paths_tell_what_waits_for_its_vector(
    store: None,
    push: Callable[..., Counts],
    fast: FastClient,
    full: FullClient,
    settings: Settings,
    now: datetime,
    question: dict[str, Any],
    index: str,
) -> None:
    """An answer that is remembered, too, tells it as it is now."""
    settings.SEARCH_INDEX = index
    full({"text": "bread"})
    push(
        {"id": "1", "content": "bread waits", "source": "hr", "tags": ["food"]},
        {"id": "2", "content": "bread waits, too"},
        {"id": "3", "content": "bread of a memory waits", "source": "memory.acme", "tags": ["food"]},
        budget_s=0,
    )
    number = 2 if not question else 0 if question.get("tags") == "none" else 1
    expected = {"passages": number, "more": False} if number else None
    for ask in (fast, fast, full, fast):
        assert json.loads(ask({"text": "bread"} | question)[1]).get("pending") == expected
    embed_pending(now=now)
    for ask in (fast, fast, full, fast):
        assert "pending" not in json.loads(ask({"text": "bread"} | question)[1])


def test_what_is_not_plain_is_passed_on_to_django(store: None, fast: FastClient, full: FullClient) -> None:
    full({"text": "bread"})
    others: list[dict[str, Any] | bytes] = [
        {"text": "bread", "mode": "keyword"},
        {"text": "bread", "mode": "hybrid"},
        {"text": "bread", "strategy": "diverse"},
        {"text": "bread", "explain": True},
        {"text": "bread", "top_k": 0},
        {"text": "bread", "exclude_flags": True},
        {"text": "bread", "exclude_tags": ["food"]},
        {"text": "bread", "tags": "a++b"},
        {"text": "bread", "rerank": True},
        {"text": "bread", "rerank": {"candidates": 5}},
        {"text": " "},
        {"text": "a text that nobody asked before"},
        b"no json",
        b"",
    ]
    for question in others:
        with pytest.raises(PassedOn):
            fast(question)


@pytest.mark.parametrize(("rerank", "passed_on"), [("asked", False), ("always", True), ("never", False)])
def test_a_stage_that_is_always_reranked_is_passed_on(
    store: None, full: FullClient, rerank: str, passed_on: bool
) -> None:
    stage = Stage.objects.create(name="triage", rerank=rerank)
    fast = FastClient(create_key("spam-check", role="analyzer", stage=stage)[1])
    full({"text": "bread"})
    assert fast.ids({"text": "bread", "rerank": False})
    if passed_on:
        with pytest.raises(PassedOn):
            fast({"text": "bread"})
    else:
        assert fast.ids({"text": "bread"})
    Stage.objects.update(rerank="always")
    with pytest.raises(PassedOn):
        fast({"text": "bread"})


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_AUTHORIZATION": "Bearer larder_00000000_wrong"},
        {"HTTP_AUTHORIZATION": "Basic x"},
        {"HTTP_AUTHORIZATION": ""},
        {"HTTP_HOST": "elsewhere.example"},
        {"CONTENT_LENGTH": "999999999"},
        {"CONTENT_LENGTH": ""},
        {"REQUEST_METHOD": "PUT"},
        {"PATH_INFO": "/health"},
    ],
)
def test_so_is_whoever_is_not_known(store: None, fast: FastClient, full: FullClient, headers: dict[str, str]) -> None:
    full({"text": "bread"})
    with pytest.raises(PassedOn):
        fast({"text": "bread"}, **headers)


INTERNAL = "HTTP_X_INTERNAL_API_KEY"


@pytest.mark.parametrize("authorization", ["", "Basic x", "Bearer", "Bearer  ", None])
def test_the_internal_key_asks_as_the_bearer_token_does(
    store: None, made: Made, fast: FastClient, full: FullClient, authorization: str | None
) -> None:
    """A way through Django would raise PassedOn."""
    full({"text": "bread"})
    expected_headers, expected = fast({"text": "bread"})
    sent = {} if authorization is None else {"HTTP_AUTHORIZATION": authorization}
    headers, found = FastClient(made[1], header=INTERNAL)({"text": "bread"}, **sent)
    assert found == expected
    assert json.loads(found) == json.loads(full({"text": "bread"}, header="X-Internal-API-Key")[1])
    assert headers.pop("X-Correlation-ID") != expected_headers.pop("X-Correlation-ID")
    assert headers == expected_headers


def test_of_two_keys_the_bearer_token_counts(store: None, fast: FastClient, full: FullClient) -> None:
    bound = create_key("test", role="provider", source="hr")[1]
    full({"text": "bread"})
    assert len(fast.ids({"text": "bread"}, **{INTERNAL: bound})) == 10
    assert len(fast.ids({"text": "bread"}, **{INTERNAL: "garbage"})) == 10
    assert len(FastClient(bound).ids({"text": "bread"}, **{INTERNAL: fast.key})) == 1
    with pytest.raises(PassedOn):
        fast({"text": "bread"}, HTTP_AUTHORIZATION="Bearer garbage", **{INTERNAL: fast.key})


@pytest.mark.parametrize("key", ["", "  ", "garbage", "larder_00000000_wrong", "\udce9"])
def test_an_internal_key_that_is_none_is_passed_on(store: None, fast: FastClient, full: FullClient, key: str) -> None:
    full({"text": "bread"})
    with pytest.raises(PassedOn):
        FastClient(key, header=INTERNAL)({"text": "bread"})


def test_django_reads_the_body_that_was_looked_at(made: Made, store: None) -> None:
    read: list[bytes] = []

    def django(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        read.append(environ["wsgi.input"].read())
        return []

    body = b'{"text": "bread", "mode": "hybrid"}'
    environ: Environ = {"PATH_INFO": QUERY, "REQUEST_METHOD": "POST", "HTTP_HOST": "testserver"}
    environ |= {"HTTP_AUTHORIZATION": f"Bearer {made[1]}", "CONTENT_LENGTH": str(len(body))}
    FastPath(django)(environ | {"wsgi.input": io.BytesIO(body)}, lambda status, headers: None)
    assert read == [body]


def test_a_key_that_is_revoked_is_refused_at_once(
    store: None, made: Made, fast: FastClient, full: FullClient, now: datetime
) -> None:
    full({"text": "bread"})
    assert fast.ids({"text": "bread"})
    revoke_key(made[0], now=now)
    with pytest.raises(PassedOn):
        fast({"text": "bread"})
    with pytest.raises(PassedOn):
        fast({"text": "bread", "min_score": 0.01})


def test_a_key_that_is_bound_anew_is_bound_at_once(store: None, made: Made, fast: FastClient, full: FullClient) -> None:
    full({"text": "number 7"})
    assert len(fast.ids({"text": "number 7", "top_k": 9})) == 9
    stage = Stage.objects.create(name="triage", max_top_k=2)
    AccessKey.objects.update(stage=stage)
    with pytest.raises(PassedOn):
        fast({"text": "number 7", "top_k": 9})
    assert len(fast.ids({"text": "number 7", "top_k": 9})) == 2
    Stage.objects.update(max_top_k=1)
    with pytest.raises(PassedOn):
        fast({"text": "number 7", "top_k": 8})
    assert len(fast.ids({"text": "number 7", "top_k": 8})) == 1


def test_a_bound_key_reads_its_own_source_only(store: None) -> None:
    key = create_key("test", role="provider", source="hr")[1]
    FullClient(key)({"text": "bread"})
    assert len(FastClient(key).ids({"text": "bread"})) == 1
    with pytest.raises(PassedOn):
        FastClient(key)({"text": "bread", "source": "wiki"})


def test_every_write_is_seen_by_the_next_question(
    store: None, fast: FastClient, full: FullClient, push: Callable[..., Counts], now: datetime
) -> None:
    full({"text": "bread"})
    assert "new" not in fast.ids({"text": "bread"})
    push({"id": "new", "content": "bread"})
    assert "new" in fast.ids({"text": "bread"})
    delete_document("new", source="wiki", now=now, actor="test")
    assert "new" not in fast.ids({"text": "bread"})
    Document.objects.filter(key="brief").update(expires_at=now - timedelta(days=1))
    assert "brief" not in fast.ids({"text": "bread"})


def test_documents_of_many_passages_do_not_crowd_out_others(
    push: Callable[..., Counts], fast: FastClient, full: FullClient
) -> None:
    """The nearest passages are all of a few documents here, so that the first statement does not settle it."""
    push(*({"id": f"long {each}", "content": "bread and butter " * 2_000} for each in range(2)), budget_s=60)
    push(*({"id": f"short {each}", "content": f"bread and other things {each}"} for each in range(12)))
    expected = json.loads(full({"text": "bread and butter"})[1])
    assert len(expected["documents"]) == 10
    with contextlib.suppress(PassedOn):
        assert json.loads(fast({"text": "bread and butter"})[1]) == expected


def test_another_model_is_never_searched_with_a_vector_of_this_one(
    store: None, fast: FastClient, full: FullClient
) -> None:
    full({"text": "bread"})
    fast({"text": "bread"})
    EmbeddingModel.objects.update(state="retired")
    with pytest.raises(PassedOn):
        fast({"text": "bread", "min_score": 0.1})


@pytest.mark.django_db(transaction=True)
def test_a_database_that_went_away_is_told_at_once_and_found_again(
    store: None, fast: FastClient, full: FullClient
) -> None:
    full({"text": "bread"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ours = cursor.fetchone()[0]
    where = connection.settings_dict
    address = {name: where[name.upper()] for name in ("host", "port", "user", "password")}
    with psycopg.connect(**address, dbname=where["NAME"]) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [ours])
    headers, body = fast({"text": "bread"})
    assert fast.status == "503 Service Unavailable"
    assert headers["Retry-After"] == "10"
    assert json.loads(body)["code"] == "database_unavailable"
    connection.close()
    assert fast.ids({"text": "bread"})


def test_a_request_is_counted_once_whichever_way_it_goes(store: None, made: Made, settings: Settings) -> None:
    settings.THROTTLE_RATE = (3, 3_600)
    handler: Any = ClientHandler(enforce_csrf_checks=False)
    statuses: list[str] = []

    def django(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        response = handler(environ)
        start_response(f"{response.status_code} ", [])
        return [response.content]

    questions = ({"text": "one"}, {"text": "one"}, {"text": "one", "mode": "hybrid"}, {"text": "one"})
    stranger: Any = Client()
    for question in questions:
        body = json.dumps(question).encode()
        environ = stranger._base_environ(PATH_INFO=QUERY, REQUEST_METHOD="POST", CONTENT_TYPE="application/json")
        environ |= {"HTTP_HOST": "testserver", "HTTP_AUTHORIZATION": f"Bearer {made[1]}"}
        environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        FastPath(django)(environ, lambda status, headers, error=None: statuses.append(status[:3]))
    assert statuses == ["200", "200", "200", "429"]


def test_it_is_measured_as_what_it_is(
    store: None, fast: FastClient, full: FullClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    full({"text": "bread"})
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr(latency, "observe", lambda labels, seconds: seen.append(labels))
    fast({"text": "bread"})
    full({"text": "bread"})
    assert seen[0] == seen[1]

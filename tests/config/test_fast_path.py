"""The short way of plain questions: the same answers as by the long way, and never one that is no longer right."""

import contextlib
import io
import json
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.client import ClientHandler
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as effort
from hypothesis import strategies as st

import core.redis
from accounts.keys import create_key, revoke_key
from accounts.models import AccessKey, Stage
from config.observability.latency import latency
from config.web.fast_path import QUERY, FastPath
from knowledge.deleting.trash import delete_document
from knowledge.models import Document, EmbeddingModel
from knowledge.search import cache, fast_path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    fast_path._known.clear()
    monkeypatch.setattr(
        "config.web.fast_path.close_old_connections", lambda: None
    )  # it is the test's, as Django's client knows


@pytest.fixture
def store(push, now):
    push(
        {"id": "bread", "content": "Bread is baked.", "tags": ["food", "oven"], "metadata": {"a": [1, 2.5, None, "é"]}},
        {"id": 'q"\\/\u2028', "content": 'Butter\n"and" bread 🍞', "updated_at": now, "source": "hr"},
        {"id": "brief", "content": "bread " * 900, "tags": ["food"], "expires_at": now + timedelta(days=1)},
        *(f"number {each}" for each in range(20)),
    )


class LongWay(Exception):
    pass


class Short:
    """A client of the door alone: what would go on to Django raises LongWay."""

    def __init__(self, key, *, header="HTTP_AUTHORIZATION"):
        self.key, self.sent = key, {header: f"Bearer {key}" if header == "HTTP_AUTHORIZATION" else key}

    def __call__(self, question, **headers):
        def django(environ, start_response):
            raise LongWay

        said = {}
        body = question if isinstance(question, bytes) else json.dumps(question).encode()
        environ = {
            "PATH_INFO": QUERY,
            "REQUEST_METHOD": "POST",
            "HTTP_HOST": "testserver",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **self.sent,
            **headers,
        }
        parts = FastPath(django)(environ, lambda status, headers: said.update(status=status, headers=dict(headers)))
        self.status = said["status"]
        return said["headers"], b"".join(parts)

    def ids(self, question, **headers):
        return [each["id"] for each in json.loads(self(question, **headers)[1])["documents"]]


class Long:
    """The same key by way of Django."""

    def __init__(self, key):
        self.key = key

    def __call__(self, question, *, header="Authorization"):
        headers = {header: f"Bearer {self.key}" if header == "Authorization" else self.key}
        answer = Client().post(QUERY, data=question, content_type="application/json", headers=headers)
        assert answer.status_code == 200, answer.content
        return dict(answer.headers), answer.content


@pytest.fixture
def made(db):
    return create_key("test", role="analyzer")


@pytest.fixture
def short(made):
    return Short(made[1])


@pytest.fixture
def long(made):
    return Long(made[1])


QUESTIONS = st.fixed_dictionaries(
    {"text": st.sampled_from(["bread", "Butter and bread?", "number 7", "the", "☃"])},
    optional={
        "tags": st.sampled_from([None, "", "food", "food+oven", "oven | food", "none"]),
        "top_k": st.integers(1, 30),
        "min_score": st.sampled_from([0, 0.2, 0.9, 1]),
        "source": st.sampled_from([None, "", "wiki", "hr", "none"]),
        "mode": st.just("semantic"),
    },
)


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=QUESTIONS, remembered=st.booleans())
def test_both_ways_answer_alike_with_the_same_headers(store, short, long, question, remembered):
    assume(remembered or question.get("top_k") != 2)  # its few passages may all be of "brief": not settled in a step
    expected_headers, expected = long(question)
    if not remembered:
        core.redis.client(cache.settings.REDIS_URL).delete(
            *core.redis.client(cache.settings.REDIS_URL).keys("larder:answer:*")
        )
    headers, found = short(question)
    assert json.loads(found) == json.loads(expected)
    for each in (headers, expected_headers):
        each.pop("X-Correlation-ID")
        each.pop("Content-Length")
    assert headers == expected_headers


def test_what_is_not_plain_goes_the_long_way(store, short, long):
    long({"text": "bread"})
    others = [
        {"text": "bread", "mode": "keyword"},
        {"text": "bread", "mode": "hybrid"},
        {"text": "bread", "strategy": "diverse"},
        {"text": "bread", "explain": True},
        {"text": "bread", "top_k": 0},
        {"text": "bread", "exclude_flags": True},
        {"text": "bread", "exclude_tags": ["food"]},
        {"text": "bread", "tags": "a++b"},
        {"text": " "},
        {"text": "a text that nobody asked before"},
        b"no json",
        b"",
    ]
    for question in others:
        with pytest.raises(LongWay):
            short(question)


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
def test_so_does_whoever_is_not_known(store, short, long, headers):
    long({"text": "bread"})
    with pytest.raises(LongWay):
        short({"text": "bread"}, **headers)


INTERNAL = "HTTP_X_INTERNAL_API_KEY"


@pytest.mark.parametrize("authorization", ["", "Basic x", "Bearer", "Bearer  ", None])
def test_the_internal_key_asks_as_the_bearer_token_does(store, made, short, long, authorization):
    """A way through Django would raise LongWay."""
    long({"text": "bread"})
    expected_headers, expected = short({"text": "bread"})
    sent = {} if authorization is None else {"HTTP_AUTHORIZATION": authorization}
    headers, found = Short(made[1], header=INTERNAL)({"text": "bread"}, **sent)
    assert found == expected
    assert json.loads(found) == json.loads(long({"text": "bread"}, header="X-Internal-API-Key")[1])
    assert headers.pop("X-Correlation-ID") != expected_headers.pop("X-Correlation-ID")
    assert headers == expected_headers


def test_of_two_keys_the_bearer_token_counts(store, short, long):
    bound = create_key("test", role="provider", source="hr")[1]
    long({"text": "bread"})
    assert len(short.ids({"text": "bread"}, **{INTERNAL: bound})) == 10
    assert len(short.ids({"text": "bread"}, **{INTERNAL: "garbage"})) == 10
    assert len(Short(bound).ids({"text": "bread"}, **{INTERNAL: short.key})) == 1
    with pytest.raises(LongWay):
        short({"text": "bread"}, HTTP_AUTHORIZATION="Bearer garbage", **{INTERNAL: short.key})


@pytest.mark.parametrize("key", ["", "  ", "garbage", "larder_00000000_wrong", "\udce9"])
def test_an_internal_key_that_is_none_goes_the_long_way(store, short, long, key):
    long({"text": "bread"})
    with pytest.raises(LongWay):
        Short(key, header=INTERNAL)({"text": "bread"})


def test_django_reads_the_body_that_was_looked_at(made, store):
    read = []

    def django(environ, start_response):
        read.append(environ["wsgi.input"].read())
        return []

    body = b'{"text": "bread", "mode": "hybrid"}'
    environ = {"PATH_INFO": QUERY, "REQUEST_METHOD": "POST", "HTTP_HOST": "testserver"}
    environ |= {"HTTP_AUTHORIZATION": f"Bearer {made[1]}", "CONTENT_LENGTH": str(len(body))}
    FastPath(django)(environ | {"wsgi.input": io.BytesIO(body)}, lambda status, headers: None)
    assert read == [body]


def test_a_key_that_is_revoked_is_refused_at_once(store, made, short, long, now):
    long({"text": "bread"})
    assert short.ids({"text": "bread"})
    revoke_key(made[0], now=now)
    with pytest.raises(LongWay):
        short({"text": "bread"})
    with pytest.raises(LongWay):
        short({"text": "bread", "min_score": 0.01})


def test_a_key_that_is_bound_anew_is_bound_at_once(store, made, short, long):
    long({"text": "number 7"})
    assert len(short.ids({"text": "number 7", "top_k": 9})) == 9
    stage = Stage.objects.create(name="triage", max_top_k=2)
    AccessKey.objects.update(stage=stage)
    with pytest.raises(LongWay):
        short({"text": "number 7", "top_k": 9})
    assert len(short.ids({"text": "number 7", "top_k": 9})) == 2
    Stage.objects.update(max_top_k=1)
    with pytest.raises(LongWay):
        short({"text": "number 7", "top_k": 8})
    assert len(short.ids({"text": "number 7", "top_k": 8})) == 1


def test_a_bound_key_reads_its_own_source_only(store):
    key = create_key("test", role="provider", source="hr")[1]
    Long(key)({"text": "bread"})
    assert len(Short(key).ids({"text": "bread"})) == 1
    with pytest.raises(LongWay):
        Short(key)({"text": "bread", "source": "wiki"})


def test_every_write_is_seen_by_the_next_question(store, short, long, push, now):
    long({"text": "bread"})
    assert "new" not in short.ids({"text": "bread"})
    push({"id": "new", "content": "bread"})
    assert "new" in short.ids({"text": "bread"})
    delete_document("new", source="wiki", now=now, actor="test")
    assert "new" not in short.ids({"text": "bread"})
    Document.objects.filter(key="brief").update(expires_at=now - timedelta(days=1))
    assert "brief" not in short.ids({"text": "bread"})


def test_documents_of_many_passages_do_not_crowd_out_others(push, short, long):
    """The nearest passages are all of a few documents here, so that the first statement does not settle it."""
    push(*({"id": f"long {each}", "content": "bread and butter " * 2_000} for each in range(2)), budget_s=60)
    push(*({"id": f"short {each}", "content": f"bread and other things {each}"} for each in range(12)))
    expected = json.loads(long({"text": "bread and butter"})[1])
    assert len(expected["documents"]) == 10
    with contextlib.suppress(LongWay):
        assert json.loads(short({"text": "bread and butter"})[1]) == expected


def test_another_model_is_never_searched_with_a_vector_of_this_one(store, short, long):
    long({"text": "bread"})
    short({"text": "bread"})
    EmbeddingModel.objects.update(state="retired")
    with pytest.raises(LongWay):
        short({"text": "bread", "min_score": 0.1})


@pytest.mark.django_db(transaction=True)
def test_a_database_that_went_away_is_told_at_once_and_found_again(store, short, long):
    long({"text": "bread"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ours = cursor.fetchone()[0]
    where = connection.settings_dict
    address = {name: where[name.upper()] for name in ("host", "port", "user", "password")}
    with psycopg.connect(**address, dbname=where["NAME"]) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [ours])
    headers, body = short({"text": "bread"})
    assert short.status == "503 Service Unavailable"
    assert headers["Retry-After"] == "10"
    assert json.loads(body)["code"] == "database_unavailable"
    connection.close()
    assert short.ids({"text": "bread"})


def test_a_request_is_counted_once_whichever_way_it_goes(store, made, settings):
    settings.THROTTLE_RATE = (3, 3_600)
    handler, statuses = ClientHandler(enforce_csrf_checks=False), []

    def django(environ, start_response):
        response = handler(environ)
        start_response(f"{response.status_code} ", [])
        return [response.content]

    for question in ({"text": "one"}, {"text": "one"}, {"text": "one", "mode": "hybrid"}, {"text": "one"}):
        body = json.dumps(question).encode()
        environ = Client()._base_environ(PATH_INFO=QUERY, REQUEST_METHOD="POST", CONTENT_TYPE="application/json")
        environ |= {"HTTP_HOST": "testserver", "HTTP_AUTHORIZATION": f"Bearer {made[1]}"}
        environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        FastPath(django)(environ, lambda status, headers, error=None: statuses.append(status[:3]))
    assert statuses == ["200", "200", "200", "429"]


def test_it_is_measured_as_what_it_is(store, short, long, monkeypatch):
    long({"text": "bread"})
    seen = []
    monkeypatch.setattr(latency, "observe", lambda labels, seconds: seen.append(labels))
    short({"text": "bread"})
    long({"text": "bread"})
    assert seen[0] == seen[1]

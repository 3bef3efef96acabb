"""What the knowledge API refuses, and in which words."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from knowledge.models import Document
from tests.conftest import Api
from tests.embedding import HashingEmbedder
from tests.knowledge.conftest import BASE, DOC, bulk

pytestmark = pytest.mark.django_db


REFUSED = {
    "nul": '{"id": "x", "content": "a\\u0000b"}',
    "nul in id": '{"id": "x\\u0000", "content": "a"}',
    "surrogate": '{"id": "x", "content": "a\\ud800b"}',
    "surrogate in id": '{"id": "\\ud800", "content": "ab"}',
    "surrogate in metadata": '{"id": "x", "content": "ab", "metadata": {"a": ["\\udfff"]}}',
    "nul in a metadata key": '{"id": "x", "content": "ab", "metadata": {"\\u0000": 1}}',
    "nan": '{"id": "x", "content": "ab", "metadata": {"a": NaN}}',
    "infinity": '{"id": "x", "content": "ab", "metadata": {"a": [1e999]}}',
    "blank": '{"id": "x", "content": "  \\n"}',
    "no content": '{"id": "x"}',
    "no id": '{"content": "ab"}',
    "number for id": '{"id": 7, "content": "ab"}',
    "tag": '{"id": "x", "content": "ab", "tags": ["Not A Tag"]}',
    "many tags": json.dumps({"id": "x", "content": "ab", "tags": [f"t{n}" for n in range(10_000)]}),
    "deep": json.dumps({"id": "x", "content": "ab", "metadata": {"a": json.loads("[" * 40 + "]" * 40)}}),
    "large metadata": json.dumps({"id": "x", "content": "ab", "metadata": {"a": "x" * 100_000}}),
    "long content": json.dumps({"id": "x", "content": "x" * 1_000_001}),
    "long id": json.dumps({"id": "x" * 600, "content": "ab"}),
    "time": '{"id": "x", "content": "ab", "expires_at": "tomorrow"}',
    "far time": '{"id": "x", "content": "ab", "expires_at": "9999-12-31T23:59:59-14:00"}',
    "list": "[]",
    "null": "null",
}


@pytest.mark.parametrize("broken", REFUSED.values(), ids=REFUSED)
def test_a_broken_document_is_named_by_index_and_id_and_nothing_is_stored(provider: Api, broken: str) -> None:
    body = f'{{"documents": [{json.dumps(DOC)}, {broken}]}}'
    response = provider("post", f"{BASE}/bulk-upsert", body)
    assert response.status_code == 422
    problem = response.json()
    assert problem["code"] == "invalid_documents"
    assert problem["errors"][0]["index"] == 1
    sent = json.loads(broken)
    if isinstance(sent, dict) and isinstance(sent.get("id"), str) and "\ud800" not in sent["id"]:
        assert problem["errors"][0]["id"] == sent["id"][:200]
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "{", "[" * 100_000, '{"documents": 3}', "[]", b"\xff", '{"documents": [1e999999]}', "9" * 5_000]
)
def test_a_body_that_is_no_batch_is_422(provider: Api, body: bytes | str) -> None:
    assert provider("post", f"{BASE}/bulk-upsert", body).status_code == 422


def test_a_batch_or_body_over_the_limit_is_413(provider: Api, settings: Settings) -> None:
    settings.MAX_BATCH = 2
    assert provider("post", f"{BASE}/bulk-upsert", bulk(*[DOC] * 3)).json()["code"] == "batch_too_large"
    settings.MAX_BODY_BYTES = 100
    response = provider("post", f"{BASE}/upsert", DOC)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(("tag", "near"), [("Café", "'cafe'"), ("Q3 2024", "'q3_2024'"), ("日本", "no tag is near")])
def test_a_tag_that_is_none_is_422_with_the_nearest_one(api: Callable[..., Api], tag: str, near: str) -> None:
    key = {"name": "k", "role": "analyzer", "tags": tag}
    for path, body in {
        f"{BASE}/upsert": {"id": "x", "content": "ab", "source": "wiki", "tags": [tag]},
        f"{BASE}/query": {"text": "x", "tags": tag},
        "/api/v1/keys": key,
    }.items():
        answer = api("admin")("post", path, body)
        assert (answer.status_code, near in answer.content.decode()) == (422, True), answer.json()


@pytest.mark.parametrize(
    ("expression", "position"), [("a b", 2), ("a++b", 2), ("|a", 0), ("a+", 2), ("(a)", 0), ("A", 0)]
)
def test_an_invalid_tag_expression_is_422_with_its_position(analyzer: Api, expression: str, position: int) -> None:
    response = analyzer("post", f"{BASE}/query", {"text": "x", "tags": expression})
    assert response.status_code == 422
    assert response.json()["code"] == "invalid_tag_expression"
    assert response.json()["position"] == position


INVALID_QUERIES = [
    {},
    {"text": " "},
    {"text": "a\0b"},
    {"text": "x" * 10_001},
    {"text": "x", "tags": 3},
    {"text": "x", "top_k": 0},
    {"text": "x", "top_k": 1001},
    {"text": "x", "min_score": 2},
    {"text": "x", "strategy": "magic"},
]


@pytest.mark.parametrize("question", INVALID_QUERIES)
def test_an_invalid_query_is_422_with_a_sentence(analyzer: Api, question: dict[str, Any]) -> None:
    response = analyzer("post", f"{BASE}/query", question)
    assert response.status_code == 422
    assert response.json()["detail"]


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("tag", "policy", "tags"),
        ("topK", 5, "top_k"),
        ("top-k", 5, "top_k"),
        ("sources", "hr", "source"),
        ("minscore", 0.5, "min_score"),
        ("exclude_tag", ["x"], "exclude_tags"),
        ("stratgy", "diverse", "strategy"),
    ],
)
def test_a_misspelt_field_of_a_question_is_told(analyzer: Api, name: str, value: Any, meant: str) -> None:
    """Passed over, it would widen what is found without a word."""
    answer = analyzer("post", f"{BASE}/query", {"text": "x", name: value})
    assert answer.status_code == 422
    assert answer.json()["detail"] == f"The body: there is no field `{name}`, but `{meant}`."


@pytest.mark.parametrize(
    "more", [{"score": 1}, {"model": "x"}, {"context": "x"}, {"_id": 1}, {"tags": "a", "tag": "b"}]
)
def test_other_fields_are_passed_over(analyzer: Api, provider: Api, more: dict[str, Any]) -> None:
    assert analyzer("post", f"{BASE}/query", {"text": "x"} | more).status_code == 200
    pushed = {key: [value] if key == "tags" else value for key, value in more.items()}
    assert provider("post", f"{BASE}/upsert", DOC | pushed).status_code == 200


def test_a_misspelt_field_of_a_document_is_told_by_index_and_id(provider: Api) -> None:
    for name, meant in (("tag", "tags"), ("expiresAt", "expires_at"), ("metdata", "metadata")):
        answer = provider("post", f"{BASE}/bulk-upsert", bulk({"id": "a", "content": "b", name: "x"}))
        told = answer.json()["errors"][0]
        assert (answer.status_code, told["index"], told["id"]) == (422, 0, "a")
        assert f"`{name}`, but `{meant}`" in told["reason"]


@pytest.mark.parametrize("number", [3600, 0, -1, 1.5, True, "3600", " 1767225600 ", "86400.0"])
@pytest.mark.parametrize("field", ["expires_at", "updated_at"])
def test_a_number_is_no_time(provider: Api, field: str, number: Any) -> None:
    """Taken for seconds since 1970, `expires_at: 3600` would store what nobody ever finds."""
    answer = provider("post", f"{BASE}/upsert", DOC | {field: number})
    assert (answer.status_code, answer.json()["detail"].startswith(f"{field}: is a number")) == (422, True)


def test_a_misspelt_parameter_of_a_list_is_told(provider: Api) -> None:
    assert "`tag`, but `tags`" in provider("get", f"{BASE}/documents?tag=x").json()["detail"]
    assert "`limits`, but `limit`" in provider("get", f"{BASE}/documents?limits=3").json()["detail"]
    assert provider("get", f"{BASE}/documents?verbose=1&tag=x&tags=y").status_code == 200


def test_an_unreachable_backend_is_503_and_lists_keep_working(
    provider: Api, embedder: HashingEmbedder, client: Client
) -> None:
    provider("post", f"{BASE}/upsert", DOC)
    embedder.available = False
    new = DOC | {"id": "2", "content": "new"}
    for method, path, body in (
        ("post", "query", {"text": "trips"}),
        ("post", "upsert", new),
        ("post", "bulk-upsert", bulk(new)),
        ("put", "sources/wiki/documents", bulk(new)),
    ):
        response = provider(method, f"{BASE}/{path}", body)
        assert (response.status_code, response["Retry-After"]) == (503, "10")
        assert response.json()["embedding"] == {"url": embedder.url, "model": "hashing", "reachable": False}
    assert len(provider("get", f"{BASE}/documents").json()["documents"]) == 1
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/readiness").json()["status"] == "degraded"


def test_an_unknown_mode_is_refused(analyzer: Api) -> None:
    answer = analyzer("post", f"{BASE}/query", {"text": "x", "mode": "telepathy"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "mode"

"""The knowledge API's defaults, and its bounds from both sides."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pytest_django import Settings

from knowledge.embedding.embedders.base import Vector
from knowledge.embedding.vector_space import Space
from tests.conftest import Api
from tests.embedding import HashingEmbedder
from tests.knowledge.conftest import BASE, DOC, bulk

pytestmark = pytest.mark.django_db


def test_what_is_not_asked_for_has_its_default(provider: Api, analyzer: Api) -> None:
    provider("post", f"{BASE}/bulk-upsert", bulk(*(DOC | {"id": f"{n}"} for n in range(51))))
    page = provider("get", f"{BASE}/documents").json()
    assert (len(page["documents"]), page["total"]) == (50, None)
    assert page["next"]
    assert len(analyzer("post", f"{BASE}/query", {"text": "trips"}).json()["documents"]) == 10


@pytest.mark.parametrize(
    ("query", "status"), [("limit=0", 422), ("limit=1", 200), ("limit=500", 200), ("limit=501", 422)]
)
def test_a_page_has_1_to_500_documents(analyzer: Api, query: str, status: int) -> None:
    assert analyzer("get", f"{BASE}/documents?{query}").status_code == status


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"top_k": 1, "min_score": 0}, 200),
        ({"top_k": 1_000, "min_score": 1}, 200),
        ({"tags": None, "source": None}, 200),
        ({"tags": "", "strategy": "similarity"}, 200),
        ({"min_score": -0.1}, 422),
        ({"min_score": 1.1}, 422),
        ({"tags": "_a"}, 422),
    ],
)
def test_a_query_may_ask_within_its_bounds(analyzer: Api, options: dict[str, Any], status: int) -> None:
    assert analyzer("post", f"{BASE}/query", {"text": "trips"} | options).status_code == status


def test_hits_are_alike_unless_diverse_ones_are_asked_for_and_of_the_source_that_is_named(
    api: Callable[..., Api], analyzer: Api
) -> None:
    texts = ("red apples taste sweet", "red apples taste sweet too", "red wagons roll")
    documents = [{"id": text, "content": text, "source": "fruit"} for text in texts]
    api("admin")("post", f"{BASE}/bulk-upsert", bulk(*documents, DOC | {"source": "wiki"}))

    def second(**options: Any) -> Any:
        question = {"text": "red apples sweet wagons", "top_k": 2} | options
        return analyzer("post", f"{BASE}/query", question).json()["documents"][1]["id"]

    assert second().startswith("red apples")
    assert second(strategy="similarity").startswith("red apples")
    assert second(strategy="diverse") == "red wagons roll"
    hits = analyzer("post", f"{BASE}/query", {"text": "red apples", "source": "wiki"}).json()["documents"]
    assert [hit["source"] for hit in hits] == ["wiki"]


def test_a_score_is_never_below_zero(
    provider: Api, analyzer: Api, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def embed(texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
        return [np.eye(64, dtype=np.float32)[0] * (-1 if "down" in text else 1) for text in texts]

    monkeypatch.setattr(embedder, "embed", embed)
    provider("post", f"{BASE}/bulk-upsert", bulk(*({"id": word, "content": word} for word in ("up", "down"))))
    hits = analyzer("post", f"{BASE}/query", {"text": "up"}).json()["documents"]
    assert [(hit["id"], hit["score"]) for hit in hits] == [("up", 1.0), ("down", 0.0)]


def test_what_writers_leave_null_is_none(provider: Api) -> None:
    nothing = dict.fromkeys(("tags", "metadata", "source", "updated_at", "expires_at", "score"))
    counts = provider("post", f"{BASE}/upsert", {"id": "a", "content": "text"} | nothing)
    assert (counts.status_code, counts.json()["upserted"]) == (200, 1)
    stored = provider("get", f"{BASE}/documents/a").json()
    assert (stored["tags"], stored["metadata"], stored["source"]) == ([], {}, "wiki")
    again = provider("post", f"{BASE}/upsert", {"id": "a", "content": "text"}).json()
    assert (again["unchanged"], again["upserted"]) == (1, 1)


def test_an_id_that_several_sources_hold_has_to_name_its_source(api: Callable[..., Api]) -> None:
    admin = api("admin")
    admin("post", f"{BASE}/bulk-upsert", bulk(DOC | {"source": "hr"}, DOC | {"source": "wiki"}))
    assert admin("get", f"{BASE}/documents/policy/travel%231").status_code == 409
    assert admin("get", f"{BASE}/sources/hr/documents/policy/travel%231").json()["source"] == "hr"


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ("a", 200),
        ("0", 200),
        ("a_b-c:d", 200),
        ("_a", 422),
        ("-a", 422),
        (":a", 422),
        ("A", 422),
        ("a+b", 422),
        ("", 422),
    ],
)
def test_a_tag_begins_with_a_letter_or_a_digit(provider: Api, tag: str, status: int) -> None:
    assert provider("post", f"{BASE}/upsert", DOC | {"tags": [tag]}).status_code == status


def test_readiness_names_the_embedding_backend_and_needs_no_key(
    client: Client, space: Space, embedder: HashingEmbedder
) -> None:
    told = {"url": "http://embedder.test", "model": "hashing", "reachable": True}
    assert client.get("/readiness").json() == {"status": "ok", "embedding": told}


LIMITS: dict[str, tuple[int, Callable[[int], dict[str, Any]]]] = {
    "MAX_CONTENT_CHARS": (20, lambda size: {"content": "x" * size}),
    "MAX_ID_CHARS": (20, lambda size: {"id": "x" * size}),
    "MAX_SOURCE_CHARS": (20, lambda size: {"source": "x" * size}),
    "MAX_TAGS": (8, lambda size: {"tags": [f"t{n}" for n in range(size)]}),
    "MAX_TAG_CHARS": (32, lambda size: {"tags": ["x" * size]}),
    "MAX_METADATA_BYTES": (20, lambda size: {"metadata": {"a": "x" * (size - len(json.dumps({"a": ""})))}}),
    "MAX_METADATA_DEPTH": (4, lambda size: {"metadata": {"a": json.loads("[" * (size - 1) + "]" * (size - 1))}}),
}


@pytest.mark.parametrize("name", LIMITS)
def test_as_much_as_the_limit_is_taken_and_one_more_refused(
    api: Callable[..., Api], settings: Settings, name: str
) -> None:
    most, made = LIMITS[name]
    setattr(settings, name, most)
    admin, document = api("admin"), {"id": "a", "content": "text", "source": "wiki"}
    assert admin("post", f"{BASE}/upsert", document | made(most)).status_code == 200
    assert admin("post", f"{BASE}/upsert", document | made(most + 1)).status_code == 422


def test_a_batch_of_the_limit_is_taken_and_one_more_refused(provider: Api, settings: Settings) -> None:
    settings.MAX_BATCH = 2
    documents = [DOC | {"id": f"{n}"} for n in range(3)]
    assert provider("post", f"{BASE}/bulk-upsert", bulk(*documents[:2])).status_code == 200
    assert provider("post", f"{BASE}/bulk-upsert", bulk(*documents)).status_code == 413

"""A question that brings its own vector, and many documents by their ids."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from knowledge.models import Document
from knowledge.run_counts import Counts
from tests.conftest import Api
from tests.embedding import HashingEmbedder
from tests.knowledge.conftest import BASE

pytestmark = pytest.mark.django_db

MANY = """
INSERT INTO knowledge_document
    (source, key, content, content_hash, facts_hash, tags, metadata, created_at, stored_at, deleted_reason)
SELECT 'source-' || number %% 500, 'doc-' || number, 'x', '', '', '{}', '{}', %s, %s, ''
FROM generate_series(1, 20000) number
"""


@pytest.fixture
def fruit(push: Callable[..., Counts]) -> None:
    push("red apples taste sweet", "bread is baked in ovens", "sweet red cherries")


def ids(response: Any) -> list[str]:
    return [each["id"] for each in response.json()["documents"]]


@pytest.fixture
def bread(embedder: HashingEmbedder) -> list[float]:
    [vector] = embedder.embed(["bread is baked in ovens"])
    return [float(each) for each in vector]


@pytest.mark.usefixtures("fruit")
def test_a_vector_needs_no_text_and_no_embedder(analyzer: Api, bread: list[float], embedder: HashingEmbedder) -> None:
    embedder.available = False
    for _ in range(2):
        response = analyzer("post", f"{BASE}/query", {"vector": bread, "top_k": 1})
        assert ids(response) == ["bread is baked in ovens"]
        assert response.json()["documents"][0]["score"] == pytest.approx(1, abs=1e-3)


@pytest.mark.usefixtures("fruit")
def test_its_length_does_not_count_and_it_goes_before_the_text(analyzer: Api, bread: list[float]) -> None:
    for factor in (1e-30, 1e30, 1e300):
        question = {"text": "red apples", "vector": [each * factor for each in bread], "top_k": 1}
        assert ids(analyzer("post", f"{BASE}/query", question)) == ["bread is baked in ovens"]
    assert ids(analyzer("post", f"{BASE}/query", {"text": "red apples", "top_k": 1})) == ["red apples taste sweet"]


@pytest.mark.usefixtures("fruit")
def test_by_both_the_text_is_asked_for_its_words(analyzer: Api, bread: list[float]) -> None:
    question = {"text": "cherries", "vector": bread, "mode": "hybrid", "top_k": 2}
    assert set(ids(analyzer("post", f"{BASE}/query", question))) == {"bread is baked in ovens", "sweet red cherries"}


@pytest.mark.usefixtures("fruit")
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"vector": [1.0, 2.0]}, "2 dimensions"),
        ({"vector": 0.0}, "zeros"),
        ({"mode": "keyword", "text": "bread"}, "no use"),
        ({"mode": "hybrid"}, "blank"),
        ({"embedding_model": "other:model"}, "'other:model'"),
        ({"vector": None}, "blank"),
    ],
)
def test_what_the_model_cannot_have_made_is_422(
    analyzer: Api, bread: list[float], changed: dict[str, Any], told: str
) -> None:
    if changed.get("vector") == 0.0:
        changed = {"vector": [0.0] * len(bread)}
    response = analyzer("post", f"{BASE}/query", {"vector": bread, **changed})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_query")
    assert told in response.json()["detail"]


@pytest.mark.parametrize("vector", ["[1e999]", "[NaN]", '["a"]', "[]", "[" + "1," * 16_000 + "1]"])
def test_what_is_no_vector_is_422(analyzer: Api, vector: str) -> None:
    response = analyzer("post", f"{BASE}/query", f'{{"text": "x", "vector": {vector}}}')
    assert response.status_code == 422


def test_a_slip_in_what_is_asked_of_many_documents_is_422(analyzer: Api) -> None:
    answer = analyzer("post", f"{BASE}/documents/get", {"ids": ["bread"], "include_vector": True})
    assert (answer.status_code, "`include_vectors`" in answer.json()["detail"]) == (422, True)


@pytest.mark.usefixtures("fruit")
def test_many_documents_come_in_the_order_of_their_ids(analyzer: Api) -> None:
    wanted = ["sweet red cherries", "nowhere", "red apples taste sweet", "sweet red cherries"]
    response = analyzer("post", f"{BASE}/documents/get", {"ids": wanted})
    assert ids(response) == ["sweet red cherries", "red apples taste sweet"]
    assert analyzer("post", f"{BASE}/documents/get", {"ids": []}).json()["documents"] == []
    assert analyzer("post", f"{BASE}/documents/get", {"ids": ["x"] * 1_001}).status_code == 422
    assert analyzer("post", f"{BASE}/documents/get", {"ids": ["\0"]}).status_code == 422


def test_ids_are_found_by_an_index_however_many_sources_there_are(push: Callable[..., Counts], now: datetime) -> None:
    push("one")
    with connection.cursor() as cursor:
        cursor.execute(MANY, [now, now])
        cursor.execute("ANALYZE knowledge_document")
        wanted = Document.objects.live(now).public().filter(key__in=[f"doc-{number}" for number in range(1_000)])
        assert "Bitmap Index Scan on document_key" in wanted.explain()
        assert "document_key" in wanted.filter(key="doc-7").explain()


def test_each_source_that_has_the_id_is_told_and_no_other(api: Callable[..., Api], push: Callable[..., Counts]) -> None:
    push(*({"id": "1", "content": f"of {source}", "source": source} for source in ("hr", "wiki", "memory.x")))
    every, bound = api("analyzer"), api("analyzer", "hr")
    assert [each["source"] for each in every("post", f"{BASE}/documents/get", {"ids": ["1"]}).json()["documents"]] == [
        "hr",
        "wiki",
    ]
    assert [each["source"] for each in bound("post", f"{BASE}/documents/get", {"ids": ["1"]}).json()["documents"]] == [
        "hr"
    ]
    assert ids(every("post", f"{BASE}/documents/get", {"ids": ["1"], "source": "wiki"})) == ["1"]
    assert bound("post", f"{BASE}/documents/get", {"ids": ["1"], "source": "wiki"}).status_code == 403

"""Questions that cost much: each is bounded where its cost arises, and broken off where that did not suffice."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import numpy as np
import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from knowledge.embedding.embedders.base import Vector
from knowledge.run_counts import Counts
from knowledge.search import Mode, Query, budget, search
from knowledge.search.budget import QueryTimeout
from knowledge.search.fusion import diversify
from knowledge.search.query import Candidate
from knowledge.tagexpr import parse_tags
from tests.conftest import Api
from tests.knowledge.conftest import BASE

pytestmark = pytest.mark.django_db


@contextmanager
def held(table: str) -> Iterator[None]:
    """Nobody reads this table meanwhile: who wants to waits for somebody else's lock."""
    given = connection.get_connection_params()
    where = {name: given[name] for name in ("host", "port", "user", "password", "dbname") if name in given}
    with psycopg.connect(**where) as other:
        other.execute(f"LOCK TABLE {table}")
        yield
        other.rollback()


def by_words(text: str, **asked: Any) -> Query:
    return Query(text=text, mode=Mode.KEYWORD, **asked)


def test_a_query_that_takes_too_long_is_broken_off_and_named(now: datetime, settings: Settings) -> None:
    settings.QUERY_BUDGET_MS = 100
    words, tags = " ".join(f"word{number}" for number in range(50)), "|".join(f"tag{number}" for number in range(9))
    with held("knowledge_fulltextrow"), pytest.raises(QueryTimeout) as told:
        search(by_words(words, tags=parse_tags(tags), top_k=500), now=now, space=None)
    assert "took longer than 100 ms" in told.value.detail
    assert "50 different words, 9 tags, 500 documents" in told.value.detail


def test_a_query_that_is_not_to_blame_is_told_so(now: datetime, settings: Settings) -> None:
    settings.QUERY_BUDGET_MS = 100
    with held("knowledge_fulltextrow"), pytest.raises(QueryTimeout, match="Larder is busy"):
        search(by_words("bread"), now=now, space=None)


def test_a_client_is_told_when_to_come_again(analyzer: Api, settings: Settings) -> None:
    settings.QUERY_BUDGET_MS = 100
    with held("knowledge_fulltextrow"):
        answer = analyzer("post", f"{BASE}/query", {"text": "bread", "mode": "keyword"})
    assert (answer.status_code, answer.json()["code"]) == (503, "query_timeout")
    assert int(answer["Retry-After"]) > 0


def test_a_list_is_broken_off_too(analyzer: Api, settings: Settings) -> None:
    settings.QUERY_BUDGET_MS = 100
    with held("knowledge_document"):
        answer = analyzer("get", f"{BASE}/documents?q=bread&total=true")
    assert (answer.status_code, answer.json()["code"]) == (503, "query_timeout")


def test_of_a_long_text_the_first_words_count(push: Callable[..., Counts], now: datetime, settings: Settings) -> None:
    settings.MAX_QUERY_WORDS = 2
    push("apples", "bread", "cherries")
    answer = search(by_words("apples bread apples cherries", explain=True), now=now, space=None)
    assert {hit.document.key for hit in answer.hits} == {"apples", "bread"}
    assert answer.explanation is not None
    assert len(answer.explanation.terms) == 2


@pytest.mark.parametrize(("top_k", "pool"), [(10, 40), (250, 1_000), (300, 1_000), (1_000, 1_000)])
def test_diversity_chooses_among_a_bounded_number(top_k: int, pool: int) -> None:
    assert Query(text="bread", top_k=top_k, diverse=True).wanted == pool


def test_diversity_is_maximal_marginal_relevance() -> None:
    chance = np.random.default_rng(7)
    vectors = [row / np.linalg.norm(row) for row in chance.standard_normal((60, 8)).astype(np.float32)]
    candidates = [
        Candidate(document_id=number, ordinal=0, start=0, end=1, score=float(score))
        for number, score in enumerate(np.sort(chance.random(60))[::-1])
    ]
    known = {(number, 0): vector for number, vector in enumerate(vectors)}
    chosen = [each.document_id for each in diversify(candidates, count=25, vectors=known)]
    assert chosen == marginal(candidates, vectors, count=25)


def marginal(candidates: Sequence[Candidate], vectors: Sequence[Vector], *, count: int) -> list[int]:
    """By its definition, one comparison at a time."""
    chosen: list[int] = []
    while len(chosen) < count:
        left = [each for each in candidates if each.document_id not in chosen]
        best = max(
            left, key=lambda each: each.score - max((_alike(vectors, each, other) for other in chosen), default=0)
        )
        chosen.append(best.document_id)
    return chosen


def _alike(vectors: Sequence[Vector], one: Candidate, other: int) -> float:
    return max(0.0, float(vectors[one.document_id] @ vectors[other]))


def test_what_points_away_is_not_diverse_but_irrelevant() -> None:
    """Two near copies of the best come before what has nothing to do with the question."""
    near = [np.array([1.0, share], dtype=np.float32) for share in (0.0, 0.3, 0.35)]
    vectors = [*near, np.array([-1.0, 0.0], dtype=np.float32)]
    candidates = [
        Candidate(document_id=number, ordinal=0, start=0, end=1, score=score)
        for number, score in enumerate((0.9, 0.85, 0.8, 0.0))
    ]
    chosen = diversify(candidates, count=4, vectors={(number, 0): vector for number, vector in enumerate(vectors)})
    assert [each.document_id for each in chosen][-1] == 3


def test_answers_of_many_documents_are_written_one_after_another(analyzer: Api, settings: Settings) -> None:
    settings.QUERY_BUDGET_MS = 100
    with budget._turns.turn(patience_s=1):
        large = analyzer("post", f"{BASE}/query", {"text": "bread", "mode": "keyword", "top_k": 100})
        small = analyzer("post", f"{BASE}/query", {"text": "bread", "mode": "keyword", "top_k": 99})
    assert (large.status_code, large.json()["code"], small.status_code) == (503, "query_timeout", 200)
    assert "fewer than 100 documents" in large.json()["detail"]
    assert analyzer("post", f"{BASE}/query", {"text": "bread", "mode": "keyword", "top_k": 100}).status_code == 200

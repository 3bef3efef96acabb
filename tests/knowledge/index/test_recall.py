"""Which share of the nearest the index finds, as it is told to operators."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.redis import client
from knowledge.browsing.stats import stats
from knowledge.search import Query
from knowledge.search.index import recall
from knowledge.search.index.recall import KEY, Recall, measure_noted, note_question, read_recall
from knowledge.search.query import Candidate
from knowledge.search.scope import scope_of
from knowledge.search.vector import VectorSearch

pytestmark = pytest.mark.django_db(transaction=True)


def candidates(*rows: int) -> list[Candidate]:
    return [Candidate(document_id=row, ordinal=0, start=0, end=1, score=0.5) for row in rows]


@pytest.fixture(autouse=True)
def nothing_measured(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.SEARCH_RECALL_SAMPLE = 1
    recall._noted.clear()
    monkeypatch.setattr(recall, "_asked_at", -recall.NEXT_AFTER_S)
    client(settings.REDIS_URL).delete(KEY)
    yield
    client(settings.REDIS_URL).delete(KEY)


def test_what_both_found_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_recall() is None
    for found in (candidates(1, 2, 3), candidates(1, 9)):
        note_question(lambda found=found: found, lambda: candidates(1, 2, 3, 4))  # type: ignore[misc]
        measure_noted()
        monkeypatch.setattr(recall, "_asked_at", -recall.NEXT_AFTER_S)
    assert read_recall() == Recall(questions=2, share=0.5)


def test_one_question_of_so_many_is_asked_again_and_not_too_often(settings: Any) -> None:
    settings.SEARCH_RECALL_SAMPLE = 3
    for _ in range(3):
        note_question(lambda: candidates(1), lambda: candidates(1))
    assert len(recall._noted) == 1
    measure_noted()
    settings.SEARCH_RECALL_SAMPLE = 1
    note_question(lambda: candidates(2), lambda: candidates(1))
    measure_noted()  # too soon
    assert read_recall() == Recall(questions=1, share=1.0)
    settings.SEARCH_RECALL_SAMPLE = 0
    recall._noted.clear()
    note_question(lambda: candidates(2), lambda: candidates(1))
    assert not recall._noted


def test_questions_that_are_answered_are_noted(push: Any, index: Any, space: Any, now: Any) -> None:
    push(*(f"amber note {number}" for number in range(30)))
    index()
    [vector] = space.embedder.embed(["amber note"])
    scope = scope_of(Query(text="amber note"), now=now)
    VectorSearch(scope=scope, model=space.model, vector=vector, wanted=5).find()
    measure_noted()
    found = read_recall()
    assert found
    assert found.questions == 1
    assert found.share > 0
    told = stats(now=now)
    assert (told.recall, told.recall_questions) == (found.share, 1)


@pytest.mark.parametrize("kept", [b"nonsense", b"{}", b"[1]", b'[["a", 2]]'])
def test_what_cannot_be_read_was_never_measured(settings: Any, kept: bytes) -> None:
    client(settings.REDIS_URL).set(KEY, kept)
    assert read_recall() is None

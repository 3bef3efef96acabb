"""Search by codes: what was seen, what was not, and what changed in between."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from knowledge.embedding.vector_space import Space
from knowledge.models import Document, Passage
from knowledge.search import Plan, Query, search
from knowledge.tagexpr import parse_tags

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = ("amber", "brook", "cedar", "delta", "ember", "fjord", "grove", "heath")


def texts(count: int) -> list[str]:
    return [f"{WORDS[n % 8]} {WORDS[n // 8 % 8]} {WORDS[n // 64 % 8]} note {n}" for n in range(count)]


@pytest.fixture
def ask(space: Space, now: datetime) -> Callable[..., list[str]]:
    """The keys that a question finds by the index; `plan` may be another."""

    def run(text: str, *, plan: Plan = Plan.INDEX, at: datetime | None = None, **options: Any) -> list[str]:
        options["tags"] = parse_tags(options.get("tags"))
        answer = search(Query(text=text, **options), now=at or now, space=space)
        assert answer.plan is plan
        return [hit.document.key for hit in answer.hits]

    return run


def test_without_an_index_the_answer_is_exact(push: Any, ask: Any) -> None:
    push(*texts(20))
    assert len(ask("amber brook", plan=Plan.EXACT, top_k=5)) == 5


def test_the_index_finds_what_exact_finds(push: Any, index: Any, ask: Any) -> None:
    push(*texts(300))
    exact = ask("cedar delta note 7", plan=Plan.EXACT, top_k=12)
    index()
    assert ask("cedar delta note 7", top_k=12, min_score=0.001) == exact


def test_a_write_is_in_the_next_answer(push: Any, index: Any, ask: Any) -> None:
    push(*texts(60))
    index()
    push({"id": "fresh", "content": "walrus"})
    assert ask("walrus", top_k=1) == ["fresh"]
    push({"id": "fresh", "content": "heath"})
    assert "fresh" not in ask("walrus", top_k=1)
    Document.objects.filter(key="fresh").delete()
    assert "fresh" not in ask("heath", top_k=50)


def test_a_tag_that_is_given_later_is_found(push: Any, index: Any, ask: Any) -> None:
    push(*({"id": text, "content": text, "tags": ["old"]} for text in texts(60)))
    index()
    push({"id": texts(60)[7], "content": texts(60)[7], "tags": ["new"]})
    assert ask("amber", tags="new") == [texts(60)[7]]
    index()
    assert ask("amber brook", tags="new") == [texts(60)[7]]
    assert texts(60)[7] not in ask("amber cedar", tags="old", top_k=60)


def test_what_expired_or_is_in_the_trash_is_not_found(push: Any, index: Any, ask: Any, now: datetime) -> None:
    soon = now + timedelta(minutes=1)
    push(
        *texts(30), {"id": "short", "content": "walrus", "expires_at": soon}, {"id": "thrown", "content": "walrus two"}
    )
    index()
    Document.objects.filter(key="thrown").update(deleted_at=now)
    assert ask("walrus", top_k=1) == ["short"]
    assert "short" not in ask("walrus", top_k=40, at=soon)
    assert len(ask("walrus", top_k=40, at=soon)) == 30


def test_a_vector_that_came_later_is_found(
    push: Any, index: Any, ask: Any, space: Space, now: datetime, embedder: Any
) -> None:
    from knowledge.embedding.pending import finish_waiting

    push(*texts(40))
    push({"id": "late", "content": "walrus"}, budget_s=0)
    index()
    assert Passage.objects.get(document__key="late").vector is None
    finish_waiting(space, now=now)
    assert ask("walrus", top_k=1) == ["late"]
    index()
    assert ask("walrus walrus", top_k=1) == ["late"]


def test_a_transaction_that_began_first_and_ends_last_is_seen(push: Any, index: Any, ask: Any) -> None:
    """It is in progress while the index catches up beyond it; its rows are found the moment that it commits."""
    import psycopg
    from django.db import connection

    push(*texts(40), {"id": "walrus", "content": "walrus"})
    passage = Passage.objects.get(document__key="walrus")
    with psycopg.connect(**connection.get_connection_params(), autocommit=False) as other:
        other.execute(
            "UPDATE knowledge_passage SET vector = (SELECT vector FROM knowledge_passage WHERE document_id = %s), "
            "written_by = pg_current_xact_id() WHERE id = %s",
            [Document.objects.get(key=texts(40)[3]).pk, passage.pk],
        )
        push("another one of later")
        manifest = index()
        assert manifest.mark.in_progress
        assert ask("walrus", top_k=1) == ["walrus"]
        other.commit()
    assert "walrus" in ask(texts(40)[3], top_k=2)
    index()
    assert "walrus" in ask(texts(40)[3] + " ", top_k=2)

"""An answer says what it could not find by meaning yet, of what the query may find and of nothing else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from knowledge.deleting.trash import delete_document
from knowledge.embedding.pending import embed_pending
from knowledge.embedding.vector_space import Space
from knowledge.models import EmbeddingModel
from knowledge.run_counts import Counts
from knowledge.search import Mode, Query, scope, search
from knowledge.search.query import Pending
from knowledge.tagexpr import parse_tags
from tests.conftest import Api

BASE = "/api/v1/knowledge"

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(push: Callable[..., Counts], now: datetime) -> None:
    """Two of `hr` wait, one of `wiki`, one of a memory; and what no query finds, or is never embedded."""
    push({"id": "done", "content": "bread", "source": "hr", "tags": ["a"]})
    push({"id": "refused", "content": "bread is poison ☠", "source": "hr", "tags": ["a"]})
    push(
        {"id": "1", "content": "bread waits", "source": "hr", "tags": ["a"]},
        {"id": "2", "content": "bread waits, too", "source": "hr", "tags": ["b"]},
        {"id": "3", "content": "bread of the wiki waits", "source": "wiki", "tags": ["a"]},
        {"id": "4", "content": "bread of a memory waits", "source": "memory.acme", "tags": ["a"]},
        {"id": "5", "content": "bread in the trash waits", "source": "wiki", "tags": ["a"]},
        {"id": "6", "content": "stale bread waits", "source": "wiki", "expires_at": now + timedelta(minutes=1)},
        budget_s=0,
    )
    delete_document("5", source="wiki", now=now, actor="test")


def told(space: Space, at: datetime, **options: Any) -> Pending | None:
    return search(Query(text="bread", **options), now=at, space=space).pending


@pytest.mark.parametrize(
    ("options", "passages"),
    [
        ({}, 3),
        ({"mode": Mode.HYBRID}, 3),
        ({"mode": Mode.KEYWORD}, 0),
        ({"source": "hr"}, 2),
        ({"source": "memory.acme"}, 1),
        ({"source": "nobody"}, 0),
        ({"sources": ("hr", "wiki")}, 3),
        ({"sources": ("wiki",)}, 1),
        ({"tags": parse_tags("b")}, 1),
        ({"tags": parse_tags("a|b"), "within": parse_tags("a")}, 2),
        ({"exclude_tags": ("a",)}, 1),
    ],
)
def test_what_waits_is_counted_in_what_the_query_may_find(
    waiting: None, space: Space, now: datetime, options: dict[str, Any], passages: int
) -> None:
    expected = Pending(passages=passages, more=False) if passages else None
    assert told(space, now + timedelta(minutes=2), **options) == expected


def test_of_many_the_newest_are_looked_at(
    waiting: None, space: Space, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope, "MOST_PENDING", 2)
    later = now + timedelta(minutes=2)
    assert told(space, later) == Pending(passages=0, more=True)  # the newest are in the trash, and expired
    assert told(space, now) == Pending(passages=1, more=True)
    assert told(space, later, source="nobody") is None
    assert told(space, later, mode=Mode.KEYWORD) is None


def test_what_waits_is_told_until_it_is_embedded(waiting: None, space: Space, now: datetime) -> None:
    later = now + timedelta(minutes=2)
    assert told(space, later)
    assert embed_pending(now=later)
    assert told(space, later) is None


def test_documents_that_a_model_has_not_come_to_are_told_without_a_number(
    push: Callable[..., Counts], space: Space, now: datetime
) -> None:
    push("bread")
    EmbeddingModel.objects.update(planned_to=0)
    space.model.refresh_from_db()
    assert told(space, now) == Pending(passages=0, more=True)


def test_the_api_tells_it_and_is_silent_where_nothing_waits(
    waiting: None, api: Callable[..., Api], now: datetime
) -> None:
    ask = api("analyzer")
    question = {"text": "bread", "source": "hr"}
    for more in ({}, {"explain": True}):
        assert ask("post", f"{BASE}/query", question | more).json()["pending"] == {"passages": 2, "more": False}
    embed_pending(now=now)
    for more in ({}, {"explain": True}):
        assert "pending" not in ask("post", f"{BASE}/query", question | more).json()

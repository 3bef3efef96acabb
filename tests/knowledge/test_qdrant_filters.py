"""What a scope matches in the rows, and what its filter lets through in the cluster: on both engines the same."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

pytest.importorskip("qdrant_client")

from core.sql import fetch
from knowledge.embedding.vector_space import Space
from knowledge.models import Document, Passage
from knowledge.run_counts import Counts
from knowledge.search.qdrant.hints import find_candidates
from knowledge.search.scope import Scope
from knowledge.tagexpr import parse_tags
from tests.qdrant.feeding import fill_cluster
from tests.qdrant.server import Server

pytestmark = pytest.mark.django_db

TAGS = ("a", "b", "c", "flag:hidden-text", "flagged", "a_b", "flag")
SOURCES = ("wiki", "hr", "memory.x", "memory.y", "memoryless")
EXPRESSIONS = (None, "a", "a+b|c", "flagged|a_b", "nobody")


def store(push: Callable[..., Counts], now: datetime) -> None:
    chance = random.Random(91)
    expiries = (None, now + timedelta(hours=1), now + timedelta(milliseconds=700), now + timedelta(days=40_000))
    push(
        *(
            {
                "id": str(number),
                "content": f"bread number {number}",
                "source": chance.choice(SOURCES),
                "tags": chance.sample(TAGS, k=chance.randint(0, 3)),
                "expires_at": chance.choice(expiries),
            }
            for number in range(200)
        )
    )


def scopes(now: datetime) -> Iterator[Scope]:
    chosen: tuple[dict[str, Any], ...] = (
        {},
        {"source": "wiki"},
        {"source": "memory.x"},
        {"private": True},
        {"sources": ("hr", "memory.y")},
        {"source": "none"},
    )
    excluded = ((), ("b",), ("c", "flag:hidden-text"))
    for sources, tags, within, exclude, flags in product(chosen, EXPRESSIONS, (None, "b|c"), excluded, (False, True)):
        yield Scope(
            **{"source": None, **sources},
            now=now,
            tags=parse_tags(tags),
            within=parse_tags(within),
            exclude_tags=exclude,
            exclude_flags=flags,
        )


def matching(scope: Scope, space: Space) -> set[int]:
    rows = fetch(
        "SELECT p.id FROM knowledge_passage p JOIN knowledge_document d ON d.id = p.document_id"
        f" WHERE p.model_id = {space.model.pk} AND {scope.condition}",
        scope.parameters,
    )
    return {row[0] for row in rows}


def named(scope: Scope, space: Space) -> set[int]:
    found = find_candidates(scope, model=space.model, vector=space.embedder.embed(["bread"])[0], wanted=1_000)
    assert found is not None
    return set(found.ids)


def test_a_filter_lets_through_what_the_scope_matches(
    cluster: Server, push: Callable[..., Counts], space: Space, now: datetime
) -> None:
    store(push, now)
    fill_cluster()
    asked = random.Random(7).sample(list(scopes(now)), k=120)
    assert len({frozenset(matching(scope, space)) for scope in asked}) > 50
    for scope in asked:
        assert named(scope, space) == matching(scope, space), scope


def test_it_never_keeps_back_what_is_not_expired(
    cluster: Server, push: Callable[..., Counts], space: Space, now: datetime
) -> None:
    store(push, now)
    fill_cluster()
    for later in (0, 0.2, 0.69, 0.71, 1.5, 3_599.9, 3_600.1):
        scope = Scope(now=now + timedelta(seconds=later), source=None, tags=None)
        too_many = named(scope, space) - matching(scope, space)
        assert matching(scope, space) <= named(scope, space)
        late = Document.objects.filter(passages__in=Passage.objects.filter(pk__in=too_many))
        assert all(scope.now - each.expires_at < timedelta(seconds=1) for each in late)


def test_the_nearest_are_named(cluster: Server, push: Callable[..., Counts], space: Space, now: datetime) -> None:
    push("bread with butter", "cheese on bread", "a sync of providers", "bread")
    fill_cluster()
    scope = Scope(now=now, source=None, tags=None)
    vector = space.embedder.embed(["bread"])[0]
    found = find_candidates(scope, model=space.model, vector=vector, wanted=1)
    assert found is not None
    assert found.ids == [Passage.objects.get(document__key="bread").pk]

"""What is reckoned from PostgreSQL's statistics, and where it keeps none."""

from collections.abc import Callable
from datetime import datetime

import pytest

from knowledge.embedding.vector_space import Space
from knowledge.run_counts import Counts
from knowledge.search import Mode, Query, search
from knowledge.search.frequencies import read_frequencies
from knowledge.search.scope import Scope
from tests.knowledge.statistics import analyze_tables

pytestmark = pytest.mark.django_db


def test_a_store_whose_documents_are_of_a_source_each_is_searched(
    push: Callable[..., Counts], space: Space, now: datetime
) -> None:
    push(*({"id": str(n), "content": f"apple pie {n}", "source": f"s{n}"} for n in range(5)))
    analyze_tables()
    assert read_frequencies().sources == {}
    assert len(search(Query(text="apple", mode=Mode.KEYWORD), now=now, space=space).hits) == 5


def test_a_source_of_many_documents_has_its_share(push: Callable[..., Counts], now: datetime) -> None:
    push(*({"id": str(n), "content": f"pie {n}", "source": "a" if n else "b"} for n in range(4)))
    analyze_tables()
    assert read_frequencies().share(Scope(now=now, source="a", tags=None)) == pytest.approx(0.75)

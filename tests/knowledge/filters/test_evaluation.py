"""SQL means of a filter what Python says that it means, over random documents and filters."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from core.sql import fetch
from knowledge.filters.conditions import condition_of
from knowledge.filters.evaluation import matches
from knowledge.filters.parsing import parse_filter
from knowledge.models import Document
from knowledge.run_counts import Counts
from tests.knowledge.filters.random_filters import random_document, random_filter

pytestmark = pytest.mark.django_db

FOUND = "SELECT d.key FROM knowledge_document d WHERE {condition}"


def as_asked(document: Document) -> dict[str, Any]:
    """By the names on the wire."""
    names = ("content", "tags", "metadata", "source", "language", "created_at", "updated_at", "expires_at")
    return {"id": document.key, **{name: getattr(document, name) for name in names}}


def found_by_sql(given: dict[str, Any]) -> set[str]:
    wanted = parse_filter(given)
    assert wanted is not None
    condition = condition_of(wanted)
    return {key for (key,) in fetch(FOUND.format(condition=condition.sql), condition.parameters, prepare=False)}


@pytest.mark.parametrize("seed", range(6))
def test_rows_are_found_that_python_finds(push: Callable[..., Counts], seed: int) -> None:
    chance = random.Random(seed)
    push(*(random_document(chance, number) for number in range(120)))
    documents = [as_asked(each) for each in Document.objects.all()]
    sizes = []
    for _ in range(400):
        given = random_filter(chance)
        wanted = parse_filter(given)
        assert wanted is not None
        expected = {each["id"] for each in documents if matches(wanted, each)}
        assert found_by_sql(given) == expected, given
        sizes.append(len(expected))
    assert sum(0 < size < len(documents) for size in sizes) > 150

"""A first and a second embedding model, and the steps from the one to the other."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from knowledge.embedding import vector_space
from knowledge.embedding.model_change import build_model
from knowledge.embedding.vector_space import active_space
from knowledge.models import EmbeddingModel, Passage
from knowledge.search import Query, search

FIRST, SECOND = "test:hashing", "test:wider"


def build(name: str = SECOND) -> None:
    build_model(name, clock=timezone.now, rest=lambda: None)


def switch(name: str) -> None:
    """Without the index, which needs to stand outside of a test's transaction."""
    vector_space.make_active(EmbeddingModel.objects.get(name=name))


def vectors(name: str) -> int:
    """How many passages have a vector under the model."""
    return Passage.objects.filter(model__name=name, vector__isnull=False).count()


def ask(text: str, now: datetime, **options: Any) -> list[str]:
    found = search(Query(text=text, **options), now=now, space=active_space(now=now))
    return [hit.document.key for hit in found.hits]

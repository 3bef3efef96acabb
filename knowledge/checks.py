"""Whether the store's own parts are well: the embedding backend."""

from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from core.waiting.recent import RecentAnswers
from knowledge.embedding.embedders.base import EmbedderError, EmbedderUnavailable
from knowledge.embedding.embedders.minilm_names import NAMES
from knowledge.embedding.vector_space import active_model, embedder_named, storable_dimensions
from knowledge.models import EmbeddingModel


@dataclass(frozen=True, kw_only=True)
class EmbeddingState:
    """The backend in use and whether it answers; `model` without its backend's prefix, as people pull it.

    `complaint` is the `error` without its advice, for where another one stands beside it.
    """

    url: str
    model: str
    reachable: bool
    error: str
    complaint: str
    configured: str
    active: str | None
    configured_is_building: bool = False

    @property
    def mismatch(self) -> bool:
        """Another model is configured than the store's vectors were made with."""
        return self.active is not None and self.active != self.configured


_remembered: RecentAnswers[tuple[str, str]] = RecentAnswers(live_s=5.0)


def embedding_state() -> EmbeddingState:
    """Ask the backend for a vector, at most every five seconds a process."""
    try:
        model = active_model()
    except (DatabaseError, InterfaceError, psycopg.Error):  # the database has a row of its own
        model = None
    name = model.name if model else settings.EMBEDDING_MODEL
    error_text, complaint = _trouble(name)
    return EmbeddingState(
        url=embedder_named(name).url,
        model=name.partition(":")[2],
        reachable=not error_text,
        error=error_text,
        complaint=complaint,
        configured=_configured(model),
        active=model.name if model else None,
        configured_is_building=model is not None and model.name != settings.EMBEDDING_MODEL and _is_building(),
    )


def _configured(active: EmbeddingModel | None) -> str:
    """What is asked for; where nothing is, a store's local model is as good as the one that a new store gets."""
    if active and active.name in NAMES and not settings.EMBEDDING_MODEL_IS_CHOSEN:
        return active.name
    return settings.EMBEDDING_MODEL


def _is_building() -> bool:
    return EmbeddingModel.objects.filter(state="building", name=settings.EMBEDDING_MODEL).exists()


def backend_trouble(name: str) -> str:
    """The complaint of a model's backend, or "". Asked at most every five seconds a process, and by one request."""
    return _trouble(name)[0]


def _trouble(name: str) -> tuple[str, str]:
    """With its advice, and without."""
    return _remembered.get(name, lambda: _complaint(name))


def _complaint(name: str) -> tuple[str, str]:
    try:
        embedder_named(name).probe()
        storable_dimensions(embedder_named(name))
    except EmbedderUnavailable as error:
        return error.detail, error.detail.removesuffix(error.advice).rstrip()
    except EmbedderError as error:
        return error.detail, error.detail
    return "", ""

"""The cluster, asked within a budget and left alone while it fails."""

from collections.abc import Callable
from functools import cache
from math import ceil
from typing import TypeVar

from django.conf import settings
from qdrant_client import QdrantClient
from qdrant_client.http.exceptions import UnexpectedResponse

from core.stopping import left_s
from core.waiting.breaker import SharedBreaker
from core.waiting.deadlines import finish_within
from knowledge.search.qdrant.status import breakers

T = TypeVar("T")

FEEDING_S = 60
"""How long one batch may take to be stored."""


class ClusterUnavailable(Exception):
    """It does not answer, refuses, or answers what cannot be used; the text says which."""


class CollectionMissing(ClusterUnavailable):
    """It answers, and has no such collection."""


@cache
def _client(url: str, api_key: str, timeout_s: int) -> QdrantClient:
    """Connects when it is first used. May be used by many threads."""
    return QdrantClient(url=url, api_key=api_key or None, timeout=timeout_s, check_compatibility=False)


def ask(work: Callable[[QdrantClient], T]) -> T:
    """What `work` makes of the client, within `QDRANT_BUDGET_MS` in all. Raises ClusterUnavailable.

    Of what is left of a query's time it takes half at most: the rest is for the rows, which answer without it, too.
    """
    most_s = settings.QDRANT_BUDGET_MS / 1_000
    client = _client(settings.QDRANT_URL, settings.QDRANT_API_KEY, ceil(most_s))
    left = left_s()
    budget_s = most_s if left is None else min(most_s, max(0.0, left / 2))
    return _guarded(breakers["asking"], lambda: finish_within(budget_s, lambda: work(client)))


def feed(work: Callable[[QdrantClient], T]) -> T:
    """The same for workers and commands, each request within `FEEDING_S`."""
    client = _client(settings.QDRANT_URL, settings.QDRANT_API_KEY, FEEDING_S)
    return _guarded(breakers["feeding"], lambda: work(client))


def _guarded(breaker: SharedBreaker, work: Callable[[], T]) -> T:
    if wait_s := breaker.wait_s():
        said = breaker.last_failure()
        raise ClusterUnavailable(f"It failed several times in a row and is asked again in {wait_s:.0f} s: {said}")
    try:
        found = work()
    except Exception as error:
        raise _noted(breaker, error) from error
    breaker.note_success()
    return found


def _noted(breaker: SharedBreaker, error: Exception) -> ClusterUnavailable:
    if isinstance(error, UnexpectedResponse) and error.status_code == 404:
        breaker.note_success()
        return CollectionMissing("Qdrant has no such collection.")
    said = "It took too long." if isinstance(error, TimeoutError) else _shortened(str(error) or type(error).__name__)
    breaker.note_failure(said)
    return ClusterUnavailable(said)


def _shortened(said: str) -> str:
    return said[:300]

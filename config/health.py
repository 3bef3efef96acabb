"""The root endpoints that need no key: whether the process lives, whether it can serve, how its embedder is."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import lru_cache, partial
from http import HTTPStatus

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.postgresql.schema import needed_migrations
from config.web.shutdown import shutting_down
from knowledge.checks import embedding_state

LOOK_S = 1.5
"""Whoever probes gives up after two seconds; what has not answered by then is not ready."""

looks = ThreadPoolExecutor(8, thread_name_prefix="readyz")


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 as long as the process lives; asks nobody."""
    return JsonResponse({"status": "ok"})


@require_safe
def readiness(request: HttpRequest) -> JsonResponse:
    """Always 200: `degraded` says that the embedding backend cannot be reached; lists keep working."""
    state = embedding_state()
    embedding = {"url": state.url, "model": state.model, "reachable": state.reachable}
    return JsonResponse({"status": "ok" if state.reachable else "degraded", "embedding": embedding})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 where this process can serve now, within two seconds; else 503, and `failing` names what is in the way."""
    asked = {part: looks.submit(look) for part, look in PARTS.items()}
    wait(asked.values(), timeout=LOOK_S)
    failing = [part for part, look in asked.items() if not _is_well(look)]
    if shutting_down.is_set():
        failing.append("shutting down")
    told = {"status": "unavailable" if failing else "ok", "failing": failing}
    return JsonResponse(told, status=HTTPStatus.SERVICE_UNAVAILABLE if failing else HTTPStatus.OK)


def _is_well(look: Future[bool]) -> bool:
    return look.done() and look.result()


def _ask_database(question: Callable[[], bool]) -> bool:
    """In a thread of its own, which gives its connection back."""
    try:
        return question()
    except (DatabaseError, PoolTimeout):
        return False
    finally:
        connection.close()


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _is_migrated() -> bool:
    """Asked each time: the database may have been replaced by an empty one."""
    return needed_migrations() <= MigrationRecorder(connection).applied_migrations().keys()


def _redis_answers() -> bool:
    try:
        return bool(_redis().ping())
    except redis.RedisError:
        return False


@lru_cache(maxsize=1)
def _redis() -> redis.Redis:
    within = {"socket_timeout": LOOK_S, "socket_connect_timeout": LOOK_S}
    return redis.Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), **within)


PARTS: dict[str, Callable[[], bool]] = {
    "database": partial(_ask_database, _database_answers),
    "migrations": partial(_ask_database, _is_migrated),
    "redis": _redis_answers,
}

"""Faults of Larder's own: a full disk, a statement timeout, a lock held by others. No provider is blamed for them."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from django.test import Client

from accounts.keys import create_key
from core.clock import database_now
from knowledge.locks import LOCK_SOURCE
from knowledge.models import Document, RunCounts
from providers.models import Provider, Prune, RunState, SyncRun
from providers.runs.schedule import claim_due
from providers.runs.sync import run_sync
from tests.conftest import Api
from tests.embedding import HashingEmbedder
from tests.providers.conftest import NOON
from tests.providers.scripted import Connection, Script, provider

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue", "space")]

PUSH = "/api/v1/knowledge/bulk-upsert"
DOCUMENTS = {"documents": [{"id": "a", "content": "a"}]}

# As PostgreSQL raises it where a file cannot grow; SQLSTATE and class are those of the real one.
FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'could not extend file "base/16384/24601": No space left on device' USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION full_disk();
"""


@contextmanager
def disk_full(table: str = "knowledge_document") -> Iterator[None]:
    """Nothing can be written to this table."""
    with connection.cursor() as cursor:
        cursor.execute(FULL.format(table=table))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION full_disk CASCADE")


@contextmanager
def source_locked() -> Iterator[None]:
    """Somebody else holds what a push to `wiki` has to wait for."""
    named = connection.get_connection_params()
    server = {name: named[name] for name in ("dbname", "user", "password", "host", "port") if name in named}
    with psycopg.connect(**server) as other:
        other.execute(LOCK_SOURCE, ["wiki"])
        yield


FAULTS = {
    "disk full": (disk_full, "", "disk is full"),
    "statement timeout": (source_locked, "SET statement_timeout = '150ms'", "statement_timeout"),
    "lock wait": (source_locked, "SET lock_timeout = '150ms'", "too long for a lock"),
}


class Pusher:
    """Pushes a document to `wiki` over a connection of its own, as another process does; `setting` bounds its waits."""

    def __init__(self, key: str) -> None:
        self.key, self.setting = key, ""
        self.answers: list[Any] = []

    def __call__(self) -> None:
        with ThreadPoolExecutor(1) as thread:
            self.answers.append(thread.submit(self._push).result())

    @property
    def statuses(self) -> list[int]:
        return [answer.status_code for answer in self.answers]

    def _push(self) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(self.setting or "SELECT 1")
            answer = Api(Client(raise_request_exception=False), self.key)("post", PUSH, DOCUMENTS)
            cursor.execute("RESET statement_timeout; RESET lock_timeout")
        connections.close_all()
        return answer


@pytest.fixture
def pusher() -> Pusher:
    return Pusher(create_key("wiki", role="provider", source="wiki")[1])


@contextmanager
def provoked(fault: str, pusher: Pusher) -> Iterator[None]:
    provoke, pusher.setting, _ = FAULTS[fault]
    with provoke():
        yield
    pusher.setting = ""


def pushing(pusher: Pusher, status: int) -> Script:
    """A provider that pushes once and answers with this status, whatever became of the push."""

    async def script(connection: Connection) -> None:
        await asyncio.to_thread(pusher)
        await connection.answer(status, {})

    return script


@pytest.mark.parametrize("fault", FAULTS)
def test_a_push_is_told_what_is_wrong_and_nothing_is_stored(pusher: Pusher, fault: str) -> None:
    with provoked(fault, pusher):
        pusher()
    answer = pusher.answers[0]
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert FAULTS[fault][2] in answer.json()["detail"]
    assert answer.headers["Retry-After"]
    assert not Document.objects.exists()
    pusher()
    assert pusher.answers[1].json()["created"] == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_the_providers_failure_that_follows_is_not_its_own(
    queued: Callable[..., SyncRun], pusher: Pusher, fault: str
) -> None:
    with provider(pushing(pusher, 500)) as served:
        run = queued(served.url, max_attempts=2, pause_after_failures=1)
        with provoked(fault, pusher):
            run_sync(run.pk)
        run.refresh_from_db()
        attempt = run.attempts.get()
        assert (run.state, attempt.error_code) == (RunState.QUEUED, "store_unavailable")
        assert FAULTS[fault][2] in attempt.error
        assert Provider.objects.get().paused_at is None
        SyncRun.objects.update(not_before=None)
        run_sync(run.pk)
    assert pusher.statuses == [503, 200]
    run.refresh_from_db()
    assert (run.error_code, Provider.objects.get().consecutive_failures) == ("provider_error", 1), "that one is its own"


def test_a_success_after_a_refused_push_prunes_nothing(
    queued: Callable[..., SyncRun], pusher: Pusher, push: Callable[..., Any]
) -> None:
    push("old", "older", at=database_now() - timedelta(hours=1))
    with provider(pushing(pusher, 200)) as served:
        run = queued(served.url, prune=Prune.UNSEEN, delete_percent=100)
        with disk_full():
            run_sync(run.pk)
    run.refresh_from_db()
    assert (run.state, run.deleted, run.held) == (RunState.SUCCEEDED, 0, 0)
    assert "disk is full" in RunCounts.objects.get().trouble
    assert Document.objects.filter(deleted_at=None).count() == 2


def test_an_embedder_that_is_away_is_not_the_providers_fault(
    queued: Callable[..., SyncRun], pusher: Pusher, embedder: HashingEmbedder
) -> None:
    embedder.available = False
    with provider(pushing(pusher, 500)) as served:
        run = queued(served.url, pause_after_failures=1)
        run_sync(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code, pusher.statuses) == (RunState.FAILED, "store_unavailable", [503])
    assert Provider.objects.get().paused_at is None


def test_a_dispatcher_that_meets_a_full_disk_takes_no_provider_out_of_the_way(make: Callable[..., Provider]) -> None:
    make()
    with disk_full("providers_syncrun"), pytest.raises(OperationalError):
        claim_due(now=NOON + timedelta(hours=1))
    assert Provider.objects.get().schedule_error == ""
    assert claim_due(now=NOON + timedelta(hours=1)).queued == 1

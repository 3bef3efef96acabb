"""The queue's door, with a real worker on a real queue."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import current_app
from celery.contrib.testing.worker import start_worker

from core.clock import database_now
from providers.models import Heartbeat, Provider, RunState, SyncRun, Trigger
from providers.runs.claim import claim_run
from providers.runs.invariants import find_breaches
from providers.runs.schedule import request_sync
from providers.tasks import dispatch_due, note_pulse, reap_runs, sync_provider
from tests.providers.runs import wait_for
from tests.providers.scripted import Connection, provider

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


@pytest.fixture
def worker() -> Iterator[None]:
    with start_worker(current_app, pool="threads", concurrency=4, perform_ping_check=False, queues=["syncs"]):
        yield


async def contract_one(connection: Connection) -> None:
    await connection.answer(200, {"upserted": 5})


def test_what_is_due_is_claimed_rung_and_run(make: Callable[..., Provider], worker: None) -> None:
    now = database_now()
    with provider(contract_one) as served:
        for number in range(12):
            make(f"p{number}", url=served.url, now=now, plan_after=now - timedelta(hours=1))
        dispatch_due()
        wait_for(lambda: SyncRun.objects.filter(state=RunState.SUCCEEDED).count() == 12)
    assert len(served.asked) == 12
    assert set(SyncRun.objects.values_list("reported", flat=True)) == {5}
    assert Heartbeat.objects.get(name="dispatcher").at >= now


def test_the_end_of_each_run_rings_for_the_next(make: Callable[..., Provider], worker: None, settings: Any) -> None:
    settings.MAX_CONCURRENT_SYNCS = 2
    now = database_now()
    with provider(contract_one) as served:
        for number in range(9):
            make(f"p{number}", url=served.url, now=now, plan_after=now - timedelta(hours=1))
        dispatch_due()
        wait_for(lambda: SyncRun.objects.filter(state=RunState.SUCCEEDED).count() == 9)
    assert len(served.asked) == 9


def test_hundreds_that_are_due_at_once_are_run_once_each_and_a_person_is_not_behind_them(
    make: Callable[..., Provider], settings: Any
) -> None:
    settings.MAX_CONCURRENT_SYNCS = places = 8
    now = database_now()
    with provider(contract_one) as served:
        make(url=served.url, now=now, sync_schedule="")
        Provider.objects.bulk_create(
            Provider(
                id=f"p{n}", url=served.url, sync_schedule="@hourly", next_run_at=now, created_at=now, updated_at=now
            )
            for n in range(300)
        )
        dispatch_due()
        assert SyncRun.objects.filter(state=RunState.QUEUED).count() == 300
        with start_worker(current_app, pool="threads", concurrency=12, perform_ping_check=False, queues=["syncs"]):
            wait_for(lambda: SyncRun.objects.filter(state=RunState.SUCCEEDED).count() > 20, 60)
            asked = request_sync("wiki", trigger=Trigger.MANUAL, now=database_now())
            stands_since = database_now()
            wait_for(lambda: SyncRun.objects.filter(state=RunState.SUCCEEDED).count() == 301, 120)
    asked.refresh_from_db()
    scheduled = SyncRun.objects.filter(trigger=Trigger.SCHEDULE)
    assert asked.started_at
    assert scheduled.filter(started_at__range=(stands_since, asked.started_at)).count() <= 2 * places
    assert scheduled.values("provider").distinct().count() == len(served.asked) - 1 == 300
    assert list(find_breaches(since=now - timedelta(hours=1), now=database_now())) == []


def test_a_flushed_queue_loses_nothing(make: Callable[..., Provider], settings: Any) -> None:
    now = database_now()
    with provider(contract_one) as served:
        make(url=served.url, now=now, plan_after=now - timedelta(hours=1))
        dispatch_due()
        redis.Redis.from_url(settings.REDIS_URL).flushdb()
        SyncRun.objects.update(notified_at=now - timedelta(seconds=6))
        reap_runs()
        with start_worker(current_app, pool="threads", concurrency=1, perform_ping_check=False, queues=["syncs"]):
            wait_for(lambda: SyncRun.objects.get().state == RunState.SUCCEEDED)


def test_a_worker_has_a_pulse_without_any_tick() -> None:
    note_pulse()
    assert Heartbeat.objects.get().name == "worker"


def test_a_message_about_a_run_that_is_gone_is_nothing() -> None:
    sync_provider("6f3e6f4e-0000-4000-8000-000000000000")


def test_the_reaper_ends_what_nobody_reports(queued: Callable[..., SyncRun]) -> None:
    claim_run(queued("http://127.0.0.1:9").pk, now=database_now() - timedelta(minutes=2))
    reap_runs()
    assert SyncRun.objects.get().state == RunState.INTERRUPTED

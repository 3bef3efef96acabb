"""Runs are executed once and come to an end, whatever happens around them."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from core.clock import database_now
from providers.errors import AlreadySyncing
from providers.models import Provider, RunState, SyncRun, Trigger
from providers.registry import delete_provider, update_provider
from providers.runs import sync
from providers.runs.claim import claim_run
from providers.runs.outcome import INTERNAL, Verdict, settle_attempt
from providers.runs.schedule import cancel_run, request_sync
from providers.runs.sync import reap, run_sync
from tests.providers.runs import after_run, running, wait_for
from tests.providers.scripted import Connection, hang, provider, script_of

Queued = Callable[..., SyncRun]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


def test_fifty_deliveries_are_one_execution(queued: Queued) -> None:
    with provider(script_of(200, {"upserted": 1})) as served, ThreadPoolExecutor(10) as pool:
        run = queued(served.url)

        def deliver(_: int) -> None:
            try:
                run_sync(run.pk)
            finally:
                connections.close_all()

        list(pool.map(deliver, range(50)))
    assert len(served.asked) == 1


def test_no_database_connection_is_held_while_a_provider_works(queued: Queued) -> None:
    held = []

    async def script(connection: Connection) -> None:
        held.append(await asyncio.to_thread(active_backends))
        await connection.answer(200, {})

    def active_backends() -> bool:
        return any(connection.connection is not None for connection in worker_connections)

    worker_connections: list[Any] = []
    with provider(script) as served:
        run = queued(served.url)
        worker_connections.extend(connections.all())
        run_sync(run.pk)
    assert held == [False]


def test_a_running_sync_is_cancelled_within_a_report(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "RENEW_S", 0.1)
    with provider(hang) as served:
        run = queued(served.url)
        with running(run):
            wait_for(lambda: served.asked)
            assert cancel_run(run.pk, now=database_now()).state == RunState.RUNNING
    run.refresh_from_db()
    assert (run.state, run.error) == (RunState.CANCELLED, "Cancelled while it ran.")


def test_a_worker_that_is_shut_down_gives_its_run_up_in_good_order(
    queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "RENEW_S", 0.1)
    stopping = threading.Event()
    monkeypatch.setattr(sync, "stopping", stopping)
    with provider(hang) as served:
        run = queued(served.url)
        with running(run):
            wait_for(lambda: served.asked)
            stopping.set()
    run.refresh_from_db()
    assert (run.state, run.error) == (RunState.INTERRUPTED, "The worker was shut down meanwhile.")


def test_a_lease_is_renewed_while_the_provider_works(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "RENEW_S", 0.1)
    leases = set()

    async def script(connection: Connection) -> None:
        for _ in range(4):
            leases.add(await asyncio.to_thread(lease))
            await asyncio.sleep(0.2)
        await connection.answer(200)

    def lease() -> datetime | None:
        try:
            return SyncRun.objects.get().lease_until
        finally:
            connections.close_all()

    with provider(script) as served:
        assert after_run(queued(served.url)).state == RunState.SUCCEEDED
    assert len(leases) >= 3


def test_a_silent_run_is_interrupted_and_its_provider_is_free_again(queued: Queued) -> None:
    run = queued("http://127.0.0.1:9")
    now = database_now()
    assert claim_run(run.pk, now=now)
    with pytest.raises(AlreadySyncing):
        request_sync("wiki", trigger=Trigger.API, now=now)
    assert reap(now=now + timedelta(seconds=59)) == 0
    assert reap(now=now + timedelta(seconds=61)) == 1
    run.refresh_from_db()
    assert (run.state, run.error) == (RunState.INTERRUPTED, "The worker stopped reporting.")
    assert request_sync("wiki", trigger=Trigger.API, now=now)


def test_a_verdict_stands_when_the_worker_comes_back_late(queued: Queued) -> None:
    run = queued("http://127.0.0.1:9")
    now = database_now()
    claimed = claim_run(run.pk, now=now)
    assert claimed
    reap(now=now + timedelta(seconds=61))
    assert not settle_attempt(claimed, Verdict(state=RunState.SUCCEEDED), now=now)
    run.refresh_from_db()
    assert run.state == RunState.INTERRUPTED


def test_a_clock_that_goes_back_makes_no_negative_duration(queued: Queued) -> None:
    now = database_now()
    claimed = claim_run(queued("http://127.0.0.1:9").pk, now=now)
    assert claimed
    assert settle_attempt(claimed, INTERNAL, now=now - timedelta(hours=2))
    assert SyncRun.objects.get().duration == timedelta()


def test_a_full_house_leaves_the_run_queued(queued: Queued, settings: Any) -> None:
    settings.MAX_CONCURRENT_SYNCS = 1
    first, second = queued("http://127.0.0.1:9"), queued("http://127.0.0.1:9", "files")
    assert claim_run(first.pk, now=database_now())
    assert claim_run(second.pk, now=database_now()) is None
    second.refresh_from_db()
    assert (second.state, second.notified_at) == (RunState.QUEUED, None)


def test_claims_at_once_never_overfill_the_house(queued: Queued, settings: Any) -> None:
    settings.MAX_CONCURRENT_SYNCS = 3
    runs = [queued("http://127.0.0.1:9", f"p{number}") for number in range(12)]

    def claim(run: SyncRun) -> bool:
        try:
            return bool(claim_run(run.pk, now=database_now()))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(claim, runs)) == 3


def test_a_provider_deleted_while_it_runs_is_left_in_peace(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "RENEW_S", 0.1)
    with provider(hang) as served:
        run = queued(served.url)
        with running(run):
            wait_for(lambda: served.asked)
            delete_provider("wiki", now=database_now())
    assert not Provider.objects.exists()
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED


def test_a_run_whose_provider_is_gone_by_then_is_cancelled(queued: Queued) -> None:
    run = queued("http://127.0.0.1:9")
    Provider.objects.all().delete()
    assert after_run(run).state == RunState.CANCELLED


def test_a_run_of_a_disabled_provider_never_starts(queued: Queued) -> None:
    run = queued("http://127.0.0.1:9")
    update_provider("wiki", now=database_now(), enabled=False)
    assert after_run(run).state == RunState.CANCELLED

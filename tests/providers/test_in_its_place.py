"""A worker that has ended a run goes on with the next one, in its place and without a message."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from core.clock import database_now
from core.stopping import stopping
from knowledge.models import RunCounts
from providers.models import Provider, RunState, SyncRun, Trigger
from providers.runs import sync
from providers.runs.claim import claim_next, claim_run
from providers.runs.schedule import claim_due, request_sync
from providers.runs.sync import run_sync
from providers.runs.wake_up import notify_waiting
from tests.providers.conftest import NOON
from tests.providers.scripted import Connection, provider, script_of

Make = Callable[..., Provider]
Queued = Callable[..., SyncRun]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]
LATER = timedelta(minutes=1)


def unheard(*runs: SyncRun) -> None:
    SyncRun.objects.filter(pk__in=[run.pk for run in runs]).update(notified_at=None)


def _deliver(run: SyncRun) -> None:
    try:
        run_sync(run.pk)
    finally:
        connections.close_all()


def test_one_message_is_enough_for_many_runs(queued: Queued) -> None:
    with provider(script_of(200, {"upserted": 0})) as served:
        first, *others = [queued(served.url, f"wiki-{number}") for number in range(4)]
        unheard(*others)
        run_sync(first.pk)
    assert len(served.asked) == 4
    assert {*SyncRun.objects.values_list("state", flat=True)} == {RunState.SUCCEEDED}
    assert not RunCounts.objects.filter(closed_at=None).exists()


def test_a_failure_hands_its_place_on_as_well(queued: Queued) -> None:
    with provider(script_of(500, {})) as failing, provider(script_of(200, {"upserted": 0})) as served:
        first, second = queued(failing.url, "failing"), queued(served.url, "wiki")
        unheard(second)
        run_sync(first.pk)
    assert [SyncRun.objects.get(pk=run.pk).state for run in (first, second)] == ["failed", "succeeded"]


def test_what_somebody_waits_for_goes_before_what_is_planned(make: Make, queued: Queued) -> None:
    make("planned")
    claim_due(now=NOON + timedelta(hours=1))
    asked = queued("http://127.0.0.1:9", "asked")
    SyncRun.objects.update(notified_at=None)
    claimed = claim_next(now=database_now())
    assert claimed is not None
    assert claimed.pk == asked.pk


def test_a_run_that_another_worker_was_told_of_is_left_to_it(queued: Queued) -> None:
    run, now = queued("http://127.0.0.1:9"), database_now()
    unheard(run)
    assert notify_waiting(now=now) == 1
    assert claim_next(now=now) is None
    assert claim_next(now=now + LATER) is not None


def test_neither_what_waits_for_its_time_nor_more_than_there_are_places(queued: Queued, settings: Any) -> None:
    first, second, now = queued("http://127.0.0.1:9", "first"), queued("http://127.0.0.1:9", "second"), database_now()
    unheard(first, second)
    SyncRun.objects.filter(pk=second.pk).update(not_before=now + LATER)
    assert claim_run(first.pk, now=now)
    assert claim_next(now=now) is None
    SyncRun.objects.filter(pk=second.pk).update(not_before=None)
    settings.MAX_CONCURRENT_SYNCS = 1
    assert claim_next(now=now) is None


def test_a_claim_brings_the_provider_a_deadline_and_open_counts(queued: Queued) -> None:
    run, now = queued("http://127.0.0.1:9", prune="unseen", sync_timeout_ms=5_000), database_now()
    claimed = claim_run(run.pk, now=now)
    assert claimed is not None
    assert (claimed.state, claimed.attempt, claimed.started_at, claimed.provider.pk) == ("running", 1, now, "wiki")
    assert claimed.deadline_at == now + timedelta(seconds=125)
    counts = RunCounts.objects.get(run=run.pk)
    assert (counts.source, counts.opened_at, counts.closed_at, counts.tracks) == ("wiki", now, None, True)


def test_a_worker_that_is_told_to_stop_takes_no_other(queued: Queued) -> None:
    async def script(connection: Connection) -> None:
        stopping.set()
        await connection.answer(200, {"upserted": 0})

    try:
        with provider(script) as served:
            first, second = queued(served.url, "first"), queued(served.url, "second")
            unheard(second)
            run_sync(first.pk)
    finally:
        stopping.clear()
    assert SyncRun.objects.get(pk=first.pk).state == RunState.SUCCEEDED
    assert SyncRun.objects.get(pk=second.pk).state == RunState.QUEUED


def test_many_that_end_at_once_take_each_run_once(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "SLOW_S", 60)  # a slow run has others told of some of these
    with provider(script_of(200, {"upserted": 0})) as served:
        runs = [queued(served.url, f"wiki-{number}") for number in range(24)]
        unheard(*runs[6:])
        threads = [threading.Thread(target=_deliver, args=[run]) for run in runs[:6]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(served.asked) == 24
    assert SyncRun.objects.filter(state=RunState.SUCCEEDED).count() == 24


def test_documents_that_came_meanwhile_are_counted_at_the_end(queued: Queued, push: Callable[..., Any]) -> None:
    with provider(script_of(200, {"upserted": 2})) as served:
        run = queued(served.url)
        claimed = claim_run(run.pk, now=database_now())
        push("a", "b", at=database_now())
        assert claimed is not None
        SyncRun.objects.filter(pk=run.pk).update(state="queued")
        run_sync(run.pk)
    ended = SyncRun.objects.get(pk=run.pk)
    assert (ended.state, ended.created, ended.reported) == (RunState.SUCCEEDED, 2, 2)


def test_a_request_by_hand_is_its_own_run(queued: Queued) -> None:
    with provider(script_of(200, {"upserted": 0})) as served:
        run_sync(queued(served.url).pk)
        run_sync(request_sync("wiki", trigger=Trigger.MANUAL, now=database_now()).pk)
    assert len(served.asked) == 2

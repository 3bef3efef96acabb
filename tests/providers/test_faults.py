"""Faults that need no process of their own: lost moments, clocks that jump, edits at the wrong time."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from core.clock import JumpWatch, database_now
from knowledge.models import Document
from providers import tasks
from providers.models import Provider, RunState, SyncRun, Trigger
from providers.registry import update_provider
from providers.runs import schedule, sync
from providers.runs.claim import LEASE, claim_run
from providers.runs.outcome import LOST, Verdict, settle_attempt
from providers.runs.schedule import claim_due, request_sync
from providers.runs.sync import reap, run_sync
from providers.tasks import dispatch_due, reap_runs
from tests.providers.conftest import NOON
from tests.providers.scripted import provider, script_of

Make = Callable[..., Provider]
HOUR = timedelta(hours=1)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


class Killed(BaseException):
    """The process is gone."""


def test_a_dispatcher_killed_before_it_rings_costs_one_sweep(
    make: Make, queue: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "notify_on_commit", lambda **named: None)
    make()
    claim_due(now=NOON + HOUR)
    assert (queue(), SyncRun.objects.get().notified_at) == (0, None)
    reap(now=NOON + HOUR + timedelta(seconds=5))
    assert queue() == 1


def test_a_worker_killed_between_the_answer_and_the_last_write_is_repeated_without_harm(
    queued: Callable[..., SyncRun], push: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: Any, **named: Any) -> None:
        raise Killed

    with provider(script_of(200, {"upserted": 2})) as served:
        run = queued(served.url, max_attempts=2)
        with monkeypatch.context() as patch:
            patch.setattr(sync, "settle_attempt", killed)
            with pytest.raises(Killed):
                run_sync(run.pk)
        push("a", "b", at=database_now())
        assert SyncRun.objects.get().state == RunState.RUNNING
        reap(now=database_now() + timedelta(seconds=61))
        SyncRun.objects.update(not_before=None)
        push("a", "b", at=database_now())
        run_sync(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempt, run.created, run.unchanged) == (RunState.SUCCEEDED, 2, 2, 2)
    assert Document.objects.count() == 2
    assert len(served.asked) == 2


def test_a_clock_that_jumps_forward_and_back_brings_one_catch_up_and_nothing_twice(make: Make) -> None:
    make()
    assert claim_due(now=NOON + 3 * HOUR).queued == 1
    SyncRun.objects.update(state=RunState.SUCCEEDED, finished_at=NOON + 3 * HOUR)
    for now in (NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR):
        assert claim_due(now=now).providers == 0
    assert claim_due(now=NOON + 4 * HOUR).queued == 1
    planned = list(SyncRun.objects.order_by("scheduled_for").values_list("scheduled_for", flat=True))
    assert planned == [NOON + 3 * HOUR, NOON + 4 * HOUR]


@pytest.mark.parametrize("hours", [2, -2])
def test_a_clock_that_is_set_gives_up_no_run_that_is_at_work_and_waits_for_no_dead_one(
    queued: Callable[..., SyncRun], monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """The time that the watch sees is set; what the rows say is moved the other way."""
    monkeypatch.setattr(tasks, "clock_watch", JumpWatch())
    reap_runs()
    working, waiting = queued("http://wiki.test"), queued("http://docs.test", "docs")
    assert claim_run(working.pk, now=database_now())
    for name in ("lease_until", "deadline_at", "not_before", "notified_at"):
        SyncRun.objects.filter(**{f"{name}__isnull": False}).update(**{name: F(name) - timedelta(hours=hours)})
    seen = tasks.clock_watch._last
    assert seen
    tasks.clock_watch._last = (seen[0] - timedelta(hours=hours), seen[1])
    reap_runs()
    working.refresh_from_db()
    waiting.refresh_from_db()
    now = database_now()
    assert (working.state, working.attempt, waiting.state) == (RunState.RUNNING, 1, RunState.QUEUED)
    assert working.lease_until
    assert timedelta() < working.lease_until - now <= LEASE
    assert all(run.deadline_at and now < run.deadline_at < now + 2 * HOUR for run in (working, waiting))
    assert waiting.notified_at
    assert abs(waiting.notified_at - now) < timedelta(seconds=5), "it was told again"


def test_the_machines_own_clock_does_not_matter(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    now = database_now()
    make(now=now)
    Provider.objects.update(next_run_at=now + timedelta(seconds=60))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 90)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=90))
    dispatch_due()
    assert not SyncRun.objects.exists()


def test_a_scheduler_that_was_down_for_a_day_catches_up_once_for_each_provider(make: Make) -> None:
    for number in range(20):
        make(f"p{number}", sync_schedule=f"{number} * * * *")
    now = NOON + timedelta(hours=26, minutes=30)
    assert claim_due(now=now).queued == 20
    assert claim_due(now=now + timedelta(seconds=1)).providers == 0
    assert all(run.late_by > timedelta(hours=25) for run in SyncRun.objects.all() if run.late_by is not None)
    assert all(each.next_run_at and each.next_run_at > now for each in Provider.objects.all())


@pytest.mark.parametrize("begun", [False, True])
def test_an_edited_schedule_leaves_the_run_that_is_under_way_alone(make: Make, begun: bool) -> None:
    make()
    claim_due(now=NOON + HOUR)
    run = SyncRun.objects.get()
    if begun:
        assert claim_run(run.pk, now=NOON + HOUR)
    edited = update_provider("wiki", now=NOON + HOUR, sync_schedule="*/10 * * * *")
    assert edited.next_run_at == NOON + HOUR + timedelta(minutes=10)
    run.refresh_from_db()
    assert run.is_active
    assert claim_due(now=NOON + HOUR + timedelta(minutes=10)).skipped == 1


def test_a_provider_that_is_edited_while_it_is_due_starts_at_the_new_time(make: Make) -> None:
    make()
    update_provider("wiki", now=NOON + HOUR, sync_schedule="30 * * * *")
    assert claim_due(now=NOON + HOUR).providers == 0
    assert claim_due(now=NOON + HOUR + timedelta(minutes=30)).queued == 1


def test_a_provider_disabled_while_it_runs_is_not_tried_again(make: Make) -> None:
    make(max_attempts=3)
    run = claim_run(request_sync("wiki", trigger=Trigger.MANUAL, now=NOON).pk, now=NOON)
    assert run
    update_provider("wiki", now=NOON, enabled=False)
    assert settle_attempt(run, LOST, now=NOON + HOUR)
    run.refresh_from_db()
    assert run.state == RunState.INTERRUPTED


def test_a_history_is_kept_whatever_becomes_of_its_provider(make: Make) -> None:
    make()
    for hour in range(1, 4):
        claim_due(now=NOON + hour * HOUR)
        run = claim_run(SyncRun.objects.active().get().pk, now=NOON + hour * HOUR)
        assert run
        settle_attempt(run, Verdict(state=RunState.SUCCEEDED), now=NOON + hour * HOUR)
    Provider.objects.get().delete()
    assert SyncRun.objects.filter(provider="wiki", state=RunState.SUCCEEDED).count() == 3

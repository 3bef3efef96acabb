"""The queue wakes workers: how often, for whom first, and that nothing waits for it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.models import Provider, RunState, SyncRun, Trigger
from providers.runs.schedule import claim_due, request_sync
from providers.runs.wake_up import notify_waiting
from tests.providers.conftest import NOON, at

Make = Callable[..., Provider]

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_only_as_many_bells_are_rung_as_there_are_places(make: Make, queue: Callable[[], int], settings: Any) -> None:
    settings.MAX_CONCURRENT_SYNCS = 3
    for number in range(10):
        make(f"p{number}")
    claim_due(now=at("13:00"))
    assert queue() == 3


@pytest.mark.django_db(transaction=True)
def test_a_run_that_somebody_waits_for_is_rung_first(make: Make, settings: Any, queue: Callable[[], int]) -> None:
    settings.MAX_CONCURRENT_SYNCS = 1
    for number in range(5):
        make(f"p{number}")
    make("asked", sync_schedule="")
    claim_due(now=at("13:00"))
    SyncRun.objects.update(notified_at=None)
    request_sync("asked", trigger=Trigger.MANUAL, now=at("13:00:01"))
    assert [run.provider_id for run in SyncRun.objects.exclude(notified_at=None)] == ["asked"]


@pytest.mark.django_db(transaction=True)
def test_a_bell_that_nobody_heard_is_rung_again_after_five_seconds(make: Make, queue: Callable[[], int]) -> None:
    make()
    claim_due(now=at("13:00"))
    assert queue() == 1
    assert notify_waiting(now=at("13:00:04")) == 0
    assert notify_waiting(now=at("13:00:05")) == 1
    assert queue() == 2


@pytest.mark.django_db(transaction=True)
def test_without_a_queue_a_request_still_answers_quickly(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from celery import current_app

    make()
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    started = datetime.now(UTC)
    run = request_sync("wiki", trigger=Trigger.MANUAL, now=NOON)
    assert datetime.now(UTC) - started < timedelta(seconds=2)
    assert run.state == RunState.QUEUED

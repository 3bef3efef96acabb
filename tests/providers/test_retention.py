"""Runs are kept for `RUN_DAYS`."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from core import batches
from knowledge.models import RunCounts
from providers.alerts.deliver import forget_old
from providers.alerts.models import Alert
from providers.alerts.saving import create_channel
from providers.models import RunAttempt, SyncRun
from providers.runs.retention import forget_runs

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=800)


@pytest.fixture(autouse=True)
def two_rows_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)


@pytest.fixture
def run() -> Callable[..., SyncRun]:
    def make(provider: str = "wiki", state: str = "succeeded", *, ago: timedelta = YEARS) -> SyncRun:
        at = timezone.now() - ago
        times: dict[str, datetime | None] = {
            "queued_at": at,
            "started_at": at,
            "finished_at": at + timedelta(seconds=3),
        }
        if state == "queued":
            times |= {"started_at": None, "finished_at": None}
        return SyncRun.objects.create(provider_id=provider, trigger="manual", state=state, **times)

    return make


def test_old_runs_go_with_their_attempts_and_what_they_counted(run: Callable[..., SyncRun]) -> None:
    old = [run(state="failed") for _ in range(5)]
    RunAttempt.objects.create(
        run=old[0], number=1, state="failed", started_at=old[0].queued_at, ended_at=old[0].queued_at,
        retry_at=old[0].queued_at, error_code="", error="",
    )  # fmt: skip
    RunCounts.objects.create(run=old[0].pk, source="wiki", opened_at=old[0].queued_at, closed_at=old[0].queued_at)
    assert forget_runs(now=timezone.now()) == 5
    assert not SyncRun.objects.exists()
    assert not RunAttempt.objects.exists()
    assert not RunCounts.objects.exists()


def test_young_and_active_runs_stay(run: Callable[..., SyncRun]) -> None:
    young, active = run(ago=timedelta(days=1)), run(state="queued")
    assert forget_runs(now=timezone.now()) == 0
    assert set(SyncRun.objects.all()) == {young, active}


def test_the_newest_success_of_each_provider_stays_however_old_it_is(run: Callable[..., SyncRun]) -> None:
    run(ago=YEARS + timedelta(days=2))
    newest, other = run(ago=YEARS), run("hr")
    run(state="failed", ago=YEARS - timedelta(days=1))
    assert forget_runs(now=timezone.now()) == 2
    assert set(SyncRun.objects.all()) == {newest, other}


def test_alerts_that_were_told_long_ago_are_forgotten_and_those_that_wait_are_not() -> None:
    channel = create_channel(now=timezone.now(), name="ops", kind="webhook", url="http://127.0.0.1:1")
    at = timezone.now() - YEARS
    for state in ("delivered", "failed", "delivered", "queued"):
        Alert.objects.create(
            channel=channel, provider="wiki", event="failing", detail="", at=at, not_before=at, state=state
        )
    assert forget_old(now=timezone.now()) == 3
    assert Alert.objects.get().state == "queued"

"""A provider that keeps failing is paused with the reason, and comes back by itself or by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import database_now
from providers.models import Provider, RunState, Trigger
from providers.registry import update_provider
from providers.runs.claim import claim_run
from providers.runs.outcome import Verdict, settle_attempt
from providers.runs.schedule import claim_due, request_sync
from providers.runs.sync import run_sync
from tests.providers.conftest import NOON
from tests.providers.scripted import provider, script_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


def fail(provider_id: str = "wiki", *, times: int, code: str = "forbidden", blames: bool = True) -> None:
    for _ in range(times):
        now = database_now()
        run = request_sync(provider_id, trigger=Trigger.MANUAL, now=now)
        claimed = claim_run(run.pk, now=now)
        assert claimed
        verdict = Verdict(state=RunState.FAILED, error_code=code, error="It refuses.", blames_provider=blames)
        settle_attempt(claimed, verdict, now=now)


def test_a_provider_that_keeps_failing_is_paused_with_the_reason(make: Callable[..., Provider]) -> None:
    make(pause_after_failures=3)
    fail(times=2)
    assert Provider.objects.get().next_run_at is not None
    fail(times=1)
    paused = Provider.objects.get()
    assert (paused.enabled, paused.next_run_at, paused.consecutive_failures) == (True, None, 3)
    assert paused.paused_reason.startswith("3 syncs in a row failed, so its schedule waits. The last one: It refuses.")
    assert claim_due(now=NOON + timedelta(days=1)).providers == 0


def test_a_paused_provider_is_resumed_from_now_on(make: Callable[..., Provider]) -> None:
    make(pause_after_failures=1)
    fail(times=1)
    resumed = update_provider("wiki", now=NOON, paused=False)
    assert (resumed.paused_at, resumed.paused_reason, resumed.consecutive_failures) == (None, "", 0)
    assert resumed.next_run_at == NOON + timedelta(hours=1)


def test_a_sync_by_hand_that_succeeds_resumes_the_schedule(make: Callable[..., Provider]) -> None:
    with provider(script_of(200)) as served:
        make(url=served.url, pause_after_failures=1)
        fail(times=1)
        run_sync(request_sync("wiki", trigger=Trigger.MANUAL, now=database_now()).pk)
    resumed = Provider.objects.get()
    assert (resumed.paused_at, resumed.consecutive_failures) == (None, 0)
    assert resumed.next_run_at
    assert resumed.next_run_at > datetime.now(UTC)


def test_an_edit_of_the_schedule_does_not_resume_it(make: Callable[..., Provider]) -> None:
    make(pause_after_failures=1)
    fail(times=1)
    assert update_provider("wiki", now=NOON, sync_schedule="*/5 * * * *").next_run_at is None


def test_faults_of_larders_own_do_not_count(make: Callable[..., Provider]) -> None:
    make(pause_after_failures=1)
    fail(times=3, code="internal_error", blames=False)
    assert Provider.objects.get().paused_at is None


def test_zero_never_pauses(make: Callable[..., Provider]) -> None:
    make(pause_after_failures=0)
    fail(times=12)
    assert Provider.objects.get().paused_at is None


def test_a_success_starts_the_count_again(make: Callable[..., Provider]) -> None:
    with provider(script_of(200)) as served:
        make(url=served.url, pause_after_failures=3)
        fail(times=2)
        run_sync(request_sync("wiki", trigger=Trigger.MANUAL, now=database_now()).pk)
        fail(times=2)
    assert Provider.objects.get().paused_at is None

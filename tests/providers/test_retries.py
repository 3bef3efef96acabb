"""Attempts inside one run: what is unavailable is tried again, what is refused is not, and all of it ends."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from core.clock import database_now
from knowledge.models import RunCounts
from knowledge.run_counts import Counts, add_counts
from providers.errors import AlreadySyncing
from providers.models import Provider, RunAttempt, RunState, SyncRun, Trigger
from providers.registry import delete_provider, update_provider
from providers.runs import outcome, sync
from providers.runs.claim import claim_run
from providers.runs.outcome import Verdict, settle_attempt
from providers.runs.retry import LONGEST_WAIT, retry_delay
from providers.runs.schedule import cancel_run, claim_due, request_sync
from providers.runs.sync import reap, run_sync
from providers.runs.wake_up import notify_waiting
from tests.providers.conftest import NOON
from tests.providers.runs import running, wait_for
from tests.providers.scripted import Connection, Script, hang, provider, script_of

Queued = Callable[..., SyncRun]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


def one_after_the_other(*answers: tuple[int, dict[str, str]]) -> Script:
    """These statuses with these headers, then 200 for ever."""
    left = iter(answers)

    async def script(connection: Connection) -> None:
        status, headers = next(left, (200, {}))
        await connection.answer(status, {"upserted": 0} if status == 200 else b"no", **headers)

    return script


def see_through(run: SyncRun) -> SyncRun:
    """Run every attempt as soon as it may start."""
    for _ in range(20):
        run_sync(run.pk)
        run.refresh_from_db()
        if not run.is_active:
            return run
        SyncRun.objects.filter(pk=run.pk).update(not_before=database_now())
    raise AssertionError("the run does not end")


# --- How long to wait ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempt", "asked_s", "spread", "seconds"),
    [
        (1, None, 0.0, 10),
        (2, None, 0.0, 20),
        (3, None, 0.0, 40),
        (3, None, 0.5, 30),
        (1, 30.0, 0.9, 30),
        (1, 3.0, 0.0, 10),
        (10, None, 0.0, 900),
        (1, 86_400.0, 0.0, 900),
    ],
)
def test_waits_double_and_honour_what_was_asked_for(
    attempt: int, asked_s: float | None, spread: float, seconds: float
) -> None:
    assert retry_delay(attempt, backoff_s=10, asked_s=asked_s, spread=spread) == timedelta(seconds=seconds)


def test_providers_that_fell_together_do_not_come_back_together() -> None:
    waits = {retry_delay(2, backoff_s=10, asked_s=None, spread=spread / 10) for spread in range(10)}
    assert len(waits) == 10
    assert all(timedelta(seconds=10) < wait <= timedelta(seconds=20) for wait in waits)


# --- What is tried again ---------------------------------------------------------------------------------------------


def test_an_unavailable_provider_is_tried_again_in_the_same_run(queued: Queued) -> None:
    with provider(one_after_the_other((503, {}), (502, {}))) as served:
        run = queued(served.url, max_attempts=3)
        run_sync(run.pk)
        run.refresh_from_db()
        first_start = run.started_at
        assert (run.state, run.attempt, run.lease_until, run.finished_at) == (RunState.QUEUED, 2, None, None)
        assert run.not_before
        assert run.not_before > database_now()
        run = see_through(run)
    assert (run.state, run.attempt, run.started_at) == (RunState.SUCCEEDED, 3, first_start)
    assert SyncRun.objects.count() == 1
    told = RunAttempt.objects.values_list("number", "state", "http_status", "error_code")
    assert list(told) == [(1, "failed", 503, "provider_error"), (2, "failed", 502, "provider_error")]
    assert {asked.headers["x-correlation-id"] for asked in served.asked} == {str(run.pk)}


@pytest.mark.parametrize("status", [401, 403, 404, 422, 307])
def test_what_is_refused_is_not_tried_again(queued: Queued, status: int) -> None:
    with provider(script_of(status, Location="http://elsewhere.test/")) as served:
        run = queued(served.url, max_attempts=3)
        run_sync(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempt) == (RunState.FAILED, 1)
    assert len(served.asked) == 1


@pytest.mark.parametrize(("body", "code"), [(b"<html>", "bad_answer"), (b"[1]", "bad_answer")])
def test_an_answer_that_cannot_be_read_is_not_tried_again(queued: Queued, body: bytes, code: str) -> None:
    with provider(script_of(200, body)) as served:
        run = queued(served.url, max_attempts=3)
        run_sync(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempt, run.error_code) == (RunState.FAILED, 1, code)


def test_a_provider_that_is_not_there_is_tried_as_often_as_allowed(queued: Queued) -> None:
    run = see_through(queued("http://127.0.0.1:9", max_attempts=4))
    assert (run.state, run.attempt, run.error_code) == (RunState.FAILED, 4, "connect_failed")
    assert RunAttempt.objects.count() == 3


@pytest.mark.parametrize(("given", "least", "most"), [("20", 20, 21), ("86400", 899, 901), ("junk", 5, 10)])
def test_retry_after_is_honoured_and_capped(queued: Queued, given: str, least: int, most: int) -> None:
    with provider(script_of(429, Retry_After=given)) as served:
        run = queued(served.url, max_attempts=2, retry_backoff_s=10)
        run_sync(run.pk)
    attempt = RunAttempt.objects.get()
    wait_s = (attempt.retry_at - attempt.ended_at).total_seconds()
    assert least <= wait_s <= min(most, LONGEST_WAIT.total_seconds())
    assert attempt.error_code == "rate_limited"


def test_retry_after_may_be_a_date_by_the_providers_own_clock(queued: Queued) -> None:
    headers = {"Retry_After": "Wed, 01 Jan 2020 00:01:00 GMT", "Date": "Wed, 01 Jan 2020 00:00:00 GMT"}
    with provider(script_of(503, **headers)) as served:
        run_sync(queued(served.url, max_attempts=2).pk)
    attempt = RunAttempt.objects.get()
    assert attempt.retry_at - attempt.ended_at == timedelta(seconds=60)


@pytest.mark.parametrize(("allowed", "state"), [(False, RunState.TIMED_OUT), (True, RunState.QUEUED)])
def test_a_timeout_is_tried_again_where_the_policy_says_so(queued: Queued, allowed: bool, state: RunState) -> None:
    with provider(hang) as served:
        run = queued(served.url, max_attempts=3, retry_timeouts=allowed, sync_timeout_ms=300)
        run_sync(run.pk)
    run.refresh_from_db()
    assert run.state == state


def test_a_run_whose_worker_died_goes_on_as_the_next_attempt_at_once(queued: Queued) -> None:
    run = queued("http://127.0.0.1:9", max_attempts=2)
    now = database_now()
    stale = claim_run(run.pk, now=now)
    assert stale
    assert reap(now=now + timedelta(seconds=61)) == 1
    run.refresh_from_db()
    assert (run.state, run.attempt, run.not_before) == (RunState.QUEUED, 2, now + timedelta(seconds=61))
    assert claim_run(run.pk, now=now + timedelta(seconds=62))
    assert not settle_attempt(stale, Verdict(state=RunState.SUCCEEDED), now=now + timedelta(seconds=63))
    with pytest.raises(sync.RunTaken):
        sync.renew_lease(stale)
    assert reap(now=now + timedelta(seconds=200)) == 1
    run.refresh_from_db()
    assert (run.state, run.error) == (RunState.INTERRUPTED, "The worker stopped reporting.")


def test_a_worker_that_is_shut_down_hands_its_run_back(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "RENEW_S", 0.1)
    stopping = threading.Event()
    monkeypatch.setattr(sync, "stopping", stopping)
    with provider(hang) as served:
        run = queued(served.url, max_attempts=2)
        with running(run):
            wait_for(lambda: served.asked)
            stopping.set()
    run.refresh_from_db()
    assert (run.state, run.attempt) == (RunState.QUEUED, 2)
    assert run.not_before
    assert run.not_before <= database_now()


def test_what_comes_between_two_attempts_belongs_to_the_run(queued: Queued) -> None:
    with provider(one_after_the_other((503, {}))) as served:
        run = queued(served.url, max_attempts=2)
        run_sync(run.pk)
        assert RunCounts.objects.get(run=run.pk).closed_at is None
        add_counts(run.pk, Counts(created=4))
        run = see_through(run)
    assert (run.state, run.created) == (RunState.SUCCEEDED, 4)
    assert RunCounts.objects.get(run=run.pk).closed_at


def test_a_waiting_run_is_rung_for_when_its_time_has_come(queued: Queued, queue: Callable[[], int]) -> None:
    with provider(script_of(503)) as served:
        run = queued(served.url, max_attempts=2)
        run_sync(run.pk)
    run.refresh_from_db()
    assert run.not_before
    assert notify_waiting(now=run.not_before - timedelta(seconds=1)) == 0
    assert claim_run(run.pk, now=run.not_before - timedelta(seconds=1)) is None
    assert notify_waiting(now=run.not_before) == 1


def test_a_run_that_waits_for_its_next_attempt_keeps_others_out(queued: Queued) -> None:
    run = queued("http://127.0.0.1:9", max_attempts=2)
    run_sync(run.pk)
    with pytest.raises(AlreadySyncing) as refused:
        request_sync("wiki", trigger=Trigger.API, now=database_now())
    assert refused.value.run_id == run.pk


@pytest.mark.parametrize("end", ["cancel", "disable", "delete"])
def test_a_run_can_be_ended_while_it_waits_for_its_next_attempt(queued: Queued, end: str) -> None:
    run = queued("http://127.0.0.1:9", max_attempts=2)
    run_sync(run.pk)
    add_counts(run.pk, Counts(updated=2))
    now = database_now()
    if end == "cancel":
        assert cancel_run(run.pk, now=now).state == RunState.CANCELLED
    elif end == "disable":
        update_provider("wiki", now=now, enabled=False)
    else:
        delete_provider("wiki", now=now)
    run.refresh_from_db()
    assert (run.state, run.updated) == (RunState.CANCELLED, 2)
    assert RunCounts.objects.get(run=run.pk).closed_at


def test_a_slot_that_falls_into_a_wait_is_skipped_and_says_why(make: Callable[..., Provider]) -> None:
    make(url="http://127.0.0.1:9")
    claim_due(now=NOON + timedelta(hours=1))
    run_sync(SyncRun.objects.get().pk)
    claim_due(now=NOON + timedelta(hours=2))
    skipped = SyncRun.objects.get(state=RunState.SKIPPED)
    assert skipped.error == "The sync before it, on schedule, was still waiting for its next attempt."


# --- Deadlines -------------------------------------------------------------------------------------------------------


def test_a_run_that_no_worker_takes_has_failed_with_its_own_sentence(queued: Queued, settings: Any) -> None:
    settings.RUN_QUEUE_MINUTES = 5
    run = queued("http://127.0.0.1:9", max_attempts=3)
    SyncRun.objects.update(deadline_at=run.queued_at + timedelta(minutes=5))
    assert reap(now=run.queued_at + timedelta(minutes=4)) == 0
    assert reap(now=run.queued_at + timedelta(minutes=6)) == 1
    run.refresh_from_db()
    assert (run.state, run.error_code) == (RunState.FAILED, "queued_too_long")
    assert run.error == "No worker took it within 5 min. Start more workers, or raise MAX_CONCURRENT_SYNCS."
    assert Provider.objects.get().consecutive_failures == 0


def test_an_attempt_that_outlives_its_timeout_is_ended_though_it_reports(queued: Queued) -> None:
    run = queued("http://127.0.0.1:9", sync_timeout_ms=1_000)
    now = database_now()
    claimed = claim_run(run.pk, now=now)
    assert claimed
    late = now + timedelta(seconds=125)
    SyncRun.objects.update(lease_until=late + timedelta(seconds=30))
    assert reap(now=now + timedelta(seconds=50)) == 0
    assert reap(now=late) == 1
    run.refresh_from_db()
    assert (run.state, run.error_code) == (RunState.TIMED_OUT, "ran_too_long")


# --- A database that is away -----------------------------------------------------------------------------------------


def test_a_verdict_outlives_a_database_that_is_away(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "INSIST_EVERY_S", 0.05)
    real, refusals = outcome.settle_attempt, iter([1, 2, 3])

    def settle(*args: Any, **named: Any) -> bool:
        if next(refusals, None):
            raise OperationalError("the connection is closed")
        return real(*args, **named)

    monkeypatch.setattr(sync, "settle_attempt", settle)
    with provider(script_of(200, {"upserted": 3})) as served:
        run = queued(served.url)
        run_sync(run.pk)
    run.refresh_from_db()
    assert (run.state, run.reported) == (RunState.SUCCEEDED, 3)
    assert len(served.asked) == 1


def test_the_verdict_is_given_up_with_the_lease(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "INSIST_EVERY_S", 0.05)
    monkeypatch.setattr(sync, "LEASE", timedelta(seconds=0.3))

    def settle(*args: Any, **named: Any) -> bool:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(sync, "settle_attempt", settle)
    with provider(script_of(200)) as served:
        run, began = queued(served.url), time.monotonic()
        with pytest.raises(OperationalError):
            run_sync(run.pk)
    assert time.monotonic() - began < 30

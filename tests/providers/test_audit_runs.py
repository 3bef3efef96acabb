"""A history as it should be, then every rule broken by hand, past constraints where need be, and found."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.clock import database_now
from knowledge.models import Change, HeldDeletion, RunCounts, SeenKeys
from providers.models import Provider, RunAttempt, RunState, SyncRun, Trigger
from providers.registry import update_provider
from providers.runs.claim import claim_run
from providers.runs.invariants import RULES, Breach, find_breaches
from providers.runs.outcome import Verdict, settle_attempt
from providers.runs.schedule import claim_due, request_sync
from tests.providers.conftest import NOON

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
NOW = NOON + 4 * HOUR + 20 * SECOND
DOWN = Verdict(state=RunState.FAILED, error_code="provider_error", error="The provider failed (500).", unavailable=True)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queue")]


@dataclass(frozen=True, kw_only=True)
class History:
    """Four hours of one provider: a success, a failure in two attempts, a slot skipped meanwhile, a run under way."""

    succeeded: SyncRun
    failed: SyncRun
    skipped: SyncRun
    running: SyncRun


@pytest.fixture
def history(make: Callable[..., Provider], push: Callable[..., Any]) -> History:
    make(max_attempts=2)
    first = _begin(NOON + HOUR)
    push("a", "b", at=NOON + HOUR + MINUTE)
    settle_attempt(first, Verdict(state=RunState.SUCCEEDED, contract=1), now=NOON + HOUR + 2 * MINUTE)
    second = _begin(NOON + 2 * HOUR)
    settle_attempt(second, DOWN, now=NOON + 2 * HOUR + MINUTE)
    assert claim_due(now=NOON + 3 * HOUR).skipped == 1
    again = claim_run(second.pk, now=NOON + 3 * HOUR + MINUTE)
    assert again
    settle_attempt(again, DOWN, now=NOON + 3 * HOUR + 2 * MINUTE)
    third = _begin(NOON + 4 * HOUR)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    skipped = SyncRun.objects.get(state=RunState.SKIPPED)
    return History(succeeded=first, failed=second, skipped=skipped, running=third)


def _begin(slot: datetime) -> SyncRun:
    assert claim_due(now=slot).queued == 1
    run = claim_run(SyncRun.objects.get(scheduled_for=slot).pk, now=slot + 5 * SECOND)
    assert run
    return run


def breaches(*, now: datetime = NOW) -> list[Breach]:
    return list(find_breaches(since=NOON - HOUR, now=now))


def without(*constraints: str) -> None:
    """The database no longer minds."""
    with connection.cursor() as cursor:
        for name in constraints:
            cursor.execute(f"ALTER TABLE providers_syncrun DROP CONSTRAINT IF EXISTS {name}")
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


def change(run: SyncRun, **fields: Any) -> SyncRun:
    SyncRun.objects.filter(pk=run.pk).update(**fields)
    return run


def copy(run: SyncRun, **fields: Any) -> SyncRun:
    twin = SyncRun.objects.get(pk=run.pk)
    for name, value in {"pk": uuid.uuid4(), **fields}.items():
        setattr(twin, name, value)
    twin.save(force_insert=True)
    return twin


def double_a_slot(history: History) -> None:
    without("run_one_per_slot")
    copy(history.succeeded)


def make_up_twice(history: History) -> SyncRun:
    return change(history.skipped, due_since=NOON + HOUR)


def let_two_be_active(history: History) -> None:
    without("run_one_active_per_provider")
    copy(history.running, scheduled_for=NOON + 4 * HOUR + MINUTE)


def let_two_overlap(history: History) -> SyncRun:
    assert history.running.started_at
    later = history.running.started_at + SECOND
    slot = NOON + HOUR + SECOND
    return copy(history.running, scheduled_for=slot, state=RunState.SUCCEEDED, started_at=later, finished_at=NOW)


def forget_a_lease(history: History) -> SyncRun:
    return change(history.running, lease_until=NOW - MINUTE)


def pass_a_deadline(history: History) -> SyncRun:
    return change(history.running, deadline_at=NOW - MINUTE)


def give_no_deadline(history: History) -> SyncRun:
    return change(history.running, deadline_at=None)


def say_nothing(history: History) -> SyncRun:
    return change(history.failed, error="")


def say_nothing_of_an_attempt(history: History) -> SyncRun:
    RunAttempt.objects.update(error_code="")
    return history.failed


def end_before_the_start(history: History) -> SyncRun:
    without("run_never_negative")
    return change(history.succeeded, finished_at=NOON + HOUR + SECOND)


def end_an_attempt_before_its_start(history: History) -> SyncRun:
    RunAttempt.objects.update(ended_at=NOON)
    return history.failed


def start_before_it_is_queued(history: History) -> SyncRun:
    return change(history.succeeded, started_at=NOON)


def make_a_run_early(history: History) -> SyncRun:
    return change(history.running, queued_at=NOON + 4 * HOUR - SECOND)


def try_again_early(history: History) -> SyncRun:
    RunAttempt.objects.update(retry_at=NOON + 3 * HOUR + 90 * SECOND)
    return history.failed


def forget_an_attempt(history: History) -> SyncRun:
    RunAttempt.objects.all().delete()
    return history.failed


def skip_without_reason(history: History) -> SyncRun:
    change(history.failed, finished_at=NOON + 2 * HOUR + 2 * MINUTE)
    return history.skipped


def leave_counts_open(history: History) -> SyncRun:
    RunCounts.objects.filter(run=history.running.pk).delete()
    RunCounts.objects.filter(run=history.failed.pk).update(closed_at=None)
    return history.failed


def run_without_counts(history: History) -> SyncRun:
    RunCounts.objects.filter(run=history.running.pk).delete()
    return history.running


def remember_what_was_seen(history: History) -> SyncRun:
    SeenKeys.objects.create(run=history.succeeded.pk, keys=["a"])
    return history.succeeded


def count_what_did_not_arrive(history: History) -> SyncRun:
    return change(history.succeeded, unchanged=5)


def lose_a_change(history: History) -> SyncRun:
    Change.objects.filter(key="a").delete()
    return history.succeeded


def plan_nothing(history: History) -> None:
    Provider.objects.update(next_run_at=None)


def fall_behind(history: History) -> None:
    Provider.objects.update(next_run_at=NOW - MINUTE)


def hold_for_nobody(history: History) -> None:
    HeldDeletion.objects.create(source="wiki", keys=["a"], count=1, live=2, run=uuid.uuid4(), held_at=NOON, reason="-")


def lose_a_slot_between(history: History) -> SyncRun:
    SyncRun.objects.filter(pk=history.skipped.pk).delete()
    return history.running


def plan_too_late(history: History) -> None:
    SyncRun.objects.filter(pk=history.running.pk).delete()


BROKEN: list[tuple[str, Callable[[History], SyncRun | None]]] = [
    ("one run per slot", double_a_slot),
    ("missed slots are made up for once", make_up_twice),
    ("one active run per provider", let_two_be_active),
    ("runs of a provider do not overlap", let_two_overlap),
    ("every run is within its lease and deadline", forget_a_lease),
    ("every run is within its lease and deadline", pass_a_deadline),
    ("every run is within its lease and deadline", give_no_deadline),
    ("every bad end has a sentence", say_nothing),
    ("every bad end has a sentence", say_nothing_of_an_attempt),
    ("time runs forward", end_before_the_start),
    ("time runs forward", end_an_attempt_before_its_start),
    ("time runs forward", start_before_it_is_queued),
    ("nothing is early", make_a_run_early),
    ("nothing is early", try_again_early),
    ("every attempt is kept", forget_an_attempt),
    ("what is skipped has a reason", skip_without_reason),
    ("the counts of a run follow it", leave_counts_open),
    ("the counts of a run follow it", run_without_counts),
    ("the counts of a run follow it", remember_what_was_seen),
    ("counts are what arrived", count_what_did_not_arrive),
    ("counts match changes", lose_a_change),
    ("plans are kept", plan_nothing),
    ("plans are kept", fall_behind),
    ("held deletions belong to a run", hold_for_nobody),
    ("no slot is lost", lose_a_slot_between),
    ("no slot is lost", plan_too_late),
]


def test_a_history_as_it_should_be_has_no_breach(history: History) -> None:
    assert breaches() == []


@pytest.mark.parametrize(("rule", "break_it"), BROKEN, ids=[break_it.__name__ for _, break_it in BROKEN])
def test_a_broken_rule_is_found_with_its_run_and_a_sentence(
    history: History, rule: str, break_it: Callable[[History], SyncRun | None]
) -> None:
    blamed = break_it(history)
    now = NOW + MINUTE if break_it is plan_too_late else NOW
    found = [breach for breach in breaches(now=now) if breach.rule == rule]
    assert found
    assert all(len(breach.sentence.split()) > 3 for breach in found)
    if blamed:
        assert blamed.pk in {breach.run_id for breach in found}


def test_every_rule_is_broken_here() -> None:
    assert {rule for rule, _ in BROKEN} == set(RULES)


def test_what_is_younger_than_a_tick_is_not_judged(history: History) -> None:
    Provider.objects.update(next_run_at=NOW - 20 * SECOND)
    change(history.running, lease_until=NOW - 20 * SECOND)
    assert breaches() == []


@pytest.mark.parametrize(
    "fields", [{"sync_schedule": "*/20 * * * *"}, {"timezone": "Asia/Kathmandu"}, {"jitter_s": 900}]
)
def test_an_edited_schedule_is_judged_from_its_edit_on(history: History, fields: dict[str, Any]) -> None:
    update_provider("wiki", now=NOW, **fields)
    assert breaches() == []


def test_a_schedule_that_rested_is_judged_from_its_return_on(history: History) -> None:
    Provider.objects.update(paused_at=NOON + 4 * HOUR, paused_reason="10 failed", next_run_at=None)
    settle_attempt(history.running, Verdict(state=RunState.CANCELLED, error_code="cancelled", error="-"), now=NOW)
    assert breaches(now=NOON + 9 * HOUR) == []
    asked = claim_run(request_sync("wiki", trigger=Trigger.MANUAL, now=NOON + 9 * HOUR).pk, now=NOON + 9 * HOUR)
    assert asked
    settle_attempt(asked, Verdict(state=RunState.SUCCEEDED), now=NOON + 9 * HOUR + MINUTE)
    assert breaches(now=NOON + 9 * HOUR + 5 * MINUTE) == []


def test_missed_slots_in_one_run_are_not_lost(make: Callable[..., Provider]) -> None:
    make()
    claim_due(now=NOON + 26 * HOUR + MINUTE)
    assert breaches(now=NOON + 26 * HOUR + 2 * MINUTE) == []


@pytest.mark.django_db(transaction=True)
def test_the_command_names_each_breach_and_fails(make: Callable[..., Provider]) -> None:
    now = database_now()
    make(now=now)
    said = StringIO()
    call_command("audit_runs", stdout=said)
    assert said.getvalue().startswith(f"all {len(RULES)} rules hold: 0 runs since ")
    Provider.objects.update(next_run_at=None)
    run = request_sync("wiki", trigger=Trigger.API, now=now)
    change(run, deadline_at=None)
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_runs", "--since", (now - HOUR).isoformat(), stdout=said)
    lines = said.getvalue().splitlines()
    assert ended.value.code == 1
    assert lines[0].startswith(f"every run is within its lease and deadline: wiki run {run.pk}: it is queued")
    assert lines[1] == "plans are kept: wiki: it has a schedule, but no next start is planned"
    assert lines[2].startswith("2 breaches: 1 runs since ")


def test_the_command_refuses_what_is_no_instant() -> None:
    with pytest.raises(CommandError, match="no instant"):
        call_command("audit_runs", "--since", json.dumps("yesterday"))

"""From due providers to runs: exactly one for each slot, whatever happens at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connections, transaction

from providers.errors import (
    AlreadySyncing,
    ProviderDisabled,
    ProviderInvalid,
    ProviderNotFound,
    RunNotActive,
    RunNotFound,
)
from providers.models import Provider, RunState, SyncRun, Trigger
from providers.registry import update_provider
from providers.runs.schedule import ClaimedSlots, cancel_run, claim_due, request_sync
from tests.providers.conftest import NOON, at

Make = Callable[..., Provider]
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def in_threads(count: int, work: Callable[[], Any]) -> list[Any]:
    def once(_: int) -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(once, range(count)))


# --- Due -------------------------------------------------------------------------------------------------------------


def test_a_due_provider_gets_one_run_for_its_slot_and_a_new_plan(make: Make) -> None:
    make()
    assert claim_due(now=at("12:59:59")) == ClaimedSlots()
    assert claim_due(now=at("13:00:01")) == ClaimedSlots(queued=1)
    assert claim_due(now=at("13:00:02")) == ClaimedSlots()
    run = SyncRun.objects.get()
    assert (run.scheduled_for, run.state, run.trigger) == (at("13:00"), RunState.QUEUED, Trigger.SCHEDULE)
    assert run.due_since is None
    assert Provider.objects.get().next_run_at == at("14:00")


def test_missed_slots_become_one_run_that_says_how_late_it_is(make: Make) -> None:
    make()
    now = NOON + timedelta(hours=27, minutes=30)
    assert claim_due(now=now) == ClaimedSlots(queued=1)
    run = SyncRun.objects.get()
    assert run.scheduled_for == NOON + timedelta(hours=27)
    assert run.late_by == timedelta(hours=26, minutes=30)
    assert Provider.objects.get().next_run_at == NOON + timedelta(hours=28)


def test_a_busy_provider_gets_a_visible_skipped_run(make: Make) -> None:
    make()
    claim_due(now=at("13:00"))
    assert claim_due(now=at("14:00")) == ClaimedSlots(skipped=1)
    skipped = SyncRun.objects.get(scheduled_for=at("14:00"))
    assert (skipped.state, skipped.error_code) == (RunState.SKIPPED, "still_running")
    assert skipped.error == "The sync before it, on schedule, was still queued."


@pytest.mark.parametrize("broken", [{"sync_schedule": "not a schedule"}, {"timezone": "Mars/Base"}])
def test_a_row_that_raises_is_moved_out_of_the_way_and_says_so(make: Make, broken: dict[str, str]) -> None:
    make("bad")
    make("good")
    Provider.objects.filter(pk="bad").update(**broken)
    assert claim_due(now=at("13:00")) == ClaimedSlots(queued=1, failed=1)
    bad = Provider.objects.get(pk="bad")
    assert bad.next_run_at == at("14:00")
    assert "tried again in an hour" in bad.schedule_error
    assert SyncRun.objects.get().provider_id == "good"


def test_a_clock_that_went_back_brings_no_slot_twice(make: Make) -> None:
    make()
    claim_due(now=at("13:00"))
    SyncRun.objects.update(state=RunState.SUCCEEDED, finished_at=at("13:01"))
    assert claim_due(now=at("11:30")) == ClaimedSlots()
    update_provider("wiki", now=at("11:30"), sync_schedule="*/30 * * * *")
    claim_due(now=at("13:00"))
    assert SyncRun.objects.filter(scheduled_for=at("13:00")).count() == 1


def test_all_of_many_due_providers_are_claimed_in_batches(make: Make) -> None:
    for number in range(7):
        make(f"p{number}")
    assert [claim_due(now=at("13:00"), limit=3).queued for _ in range(4)] == [3, 3, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_dispatchers_at_once_claim_each_slot_once(make: Make, queue: Callable[[], int]) -> None:
    for number in range(40):
        make(f"p{number}")
    for hour in range(1, 6):
        now = NOON + hour * HOUR
        in_threads(8, partial(claim_due, now=now, limit=10))
        claim_due(now=now, limit=100)
        SyncRun.objects.active().update(state=RunState.SUCCEEDED, finished_at=now)
    assert SyncRun.objects.filter(state=RunState.SUCCEEDED).count() == 200
    assert SyncRun.objects.count() == 200


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_a_second_active_run(make: Make) -> None:
    provider = make()
    SyncRun.objects.create(provider=provider, trigger=Trigger.MANUAL, queued_at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        SyncRun.objects.create(provider=provider, trigger=Trigger.MANUAL, queued_at=NOON)


# --- Asked for -------------------------------------------------------------------------------------------------------


def test_a_second_request_meets_the_run_that_is_under_way(make: Make) -> None:
    make()
    run = request_sync("wiki", trigger=Trigger.API, now=NOON)
    with pytest.raises(AlreadySyncing) as refused:
        request_sync("wiki", trigger=Trigger.API, now=NOON)
    assert refused.value.extra == {"run_id": str(run.pk)}


def test_the_same_idempotency_key_asks_for_the_same_run(make: Make) -> None:
    make()
    first = request_sync("wiki", trigger=Trigger.API, now=NOON, idempotency_key="k1")
    assert request_sync("wiki", trigger=Trigger.API, now=NOON, idempotency_key="k1") == first
    cancel_run(first.pk, now=NOON)
    assert request_sync("wiki", trigger=Trigger.API, now=NOON, idempotency_key="k1") == first
    assert request_sync("wiki", trigger=Trigger.API, now=NOON, idempotency_key="k2") != first


@pytest.mark.parametrize("key", ["x" * 256, "a\0b", ""])
def test_an_odd_idempotency_key_is_refused(make: Make, key: str) -> None:
    make()
    with pytest.raises(ProviderInvalid):
        request_sync("wiki", trigger=Trigger.API, now=NOON, idempotency_key=key)


def test_an_unknown_or_disabled_provider_cannot_be_synced(make: Make) -> None:
    make(enabled=False)
    with pytest.raises(ProviderDisabled):
        request_sync("wiki", trigger=Trigger.API, now=NOON)
    with pytest.raises(ProviderNotFound):
        request_sync("nobody", trigger=Trigger.API, now=NOON)


@pytest.mark.django_db(transaction=True)
def test_twenty_requests_at_once_make_one_run(make: Make, queue: Callable[[], int]) -> None:
    make()

    def ask() -> bool:
        try:
            return bool(request_sync("wiki", trigger=Trigger.API, now=NOON))
        except AlreadySyncing:
            return False

    assert sum(in_threads(20, ask)) == 1
    assert SyncRun.objects.count() == 1


def test_a_queued_run_is_cancelled_at_once_and_an_ended_one_is_not(make: Make) -> None:
    make()
    run = request_sync("wiki", trigger=Trigger.API, now=NOON)
    assert cancel_run(run.pk, now=NOON).state == RunState.CANCELLED
    SyncRun.objects.update(state=RunState.SUCCEEDED)
    with pytest.raises(RunNotActive):
        cancel_run(run.pk, now=NOON)
    with pytest.raises(RunNotFound):
        cancel_run(UUID("6f3e6f4e-0000-4000-8000-000000000000"), now=NOON)


def test_each_state_has_a_label_a_colour_and_an_icon() -> None:
    for state in RunState:
        assert state.label
        assert state.icon
        assert state.colour in {"ok", "run", "warn", "bad", "idle"}

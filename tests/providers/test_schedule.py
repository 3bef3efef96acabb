"""From due providers to runs: exactly one for each slot, whatever happens at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from providers.bell import ring_waiting
from providers.errors import (
    AlreadySyncing,
    ProviderDisabled,
    ProviderExists,
    ProviderInvalid,
    ProviderNotFound,
    RunNotActive,
    RunNotFound,
    ScheduleInvalid,
)
from providers.models import Provider, State, SyncRun, Trigger
from providers.registry import create_provider, delete_provider, get_provider, update_provider
from providers.schedule import Claimed, cancel_run, claim_due, request_sync
from providers.secrets import decrypt_secret
from tests.providers.conftest import NOON

Make = Callable[..., Provider]
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-06-01T{text}").replace(tzinfo=UTC)


def in_threads(count: int, work: Callable[[], Any]) -> list[Any]:
    def once(_: int) -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(once, range(count)))


# --- Saving ----------------------------------------------------------------------------------------------------------


def test_a_provider_is_planned_in_its_zone_as_soon_as_it_is_saved(make: Make) -> None:
    assert make(sync_schedule="0 18 * * *", timezone="Europe/Riga").next_run_at == at("15:00")


def test_a_blank_schedule_means_only_when_asked(make: Make) -> None:
    assert make(sync_schedule="  ").next_run_at is None


def test_a_first_plan_from_the_past_is_due_at_once(make: Make) -> None:
    make(plan_after=NOON - timedelta(minutes=90))
    assert claim_due(now=NOON) == Claimed(queued=1)
    assert SyncRun.objects.get().scheduled_for == NOON


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "ftp://x"}, "url"),
        ({"url": ""}, "url"),
        ({"url": "http://x/?q"}, "url"),
        ({"url": "http://169.254.169.254"}, "url"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"sync_timeout_ms": 0}, "sync_timeout_ms"),
        ({"sync_timeout_ms": 10**10}, "sync_timeout_ms"),
        ({"secret": "umlaut ü"}, "secret"),
        ({"secret": "line\nbreak"}, "secret"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"sync_schedule": "every day"}, "sync_schedule"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(make: Make, fields: dict[str, Any], field: str) -> None:
    with pytest.raises((ProviderInvalid, ScheduleInvalid)) as refused:
        make(**fields)
    assert refused.value.extra["field"] == field
    assert not Provider.objects.exists()


@pytest.mark.parametrize("provider_id", ["", "Wiki", "_wiki", "wi ki", "wiki\n", "wiki/..", "w" * 65, "ü"])
def test_an_id_is_a_slug(make: Make, provider_id: str) -> None:
    with pytest.raises(ProviderInvalid):
        make(provider_id)


def test_an_id_is_given_once(make: Make) -> None:
    make()
    with pytest.raises(ProviderExists):
        make()


def test_a_secret_is_kept_encrypted(make: Make) -> None:
    provider = make(secret="s3cret")
    assert "s3cret" not in provider.secret_encrypted
    assert decrypt_secret(provider.secret_encrypted) == "s3cret"


def test_a_secret_without_a_key_to_encrypt_it_is_refused(make: Make, settings: Any) -> None:
    settings.SECRETS_KEYS = []
    with pytest.raises(ProviderInvalid, match="SECRETS_KEYS"):
        make(secret="s3cret")


def test_a_new_schedule_is_effective_at_once(make: Make) -> None:
    make(sync_schedule="0 0 1 1 *")
    assert update_provider("wiki", now=NOON, sync_schedule="*/5 * * * *").next_run_at == at("12:05")


def test_a_change_of_name_leaves_the_plan_alone(make: Make) -> None:
    make()
    assert update_provider("wiki", now=at("12:59"), name="The wiki").next_run_at == at("13:00")
    assert update_provider("wiki", now=at("14:30"), name="Wiki").next_run_at == at("13:00")


def test_disabling_takes_the_plan_and_the_queued_run_away(make: Make) -> None:
    make()
    claim_due(now=at("13:00"))
    assert update_provider("wiki", now=at("13:01"), enabled=False).next_run_at is None
    run = SyncRun.objects.get()
    assert (run.state, run.finished_at) == (State.CANCELLED, at("13:01"))
    assert "disabled" in run.error


def test_a_deleted_provider_leaves_its_history(make: Make) -> None:
    make()
    claim_due(now=at("13:00"))
    delete_provider("wiki", now=at("13:01"))
    assert SyncRun.objects.get().state == State.CANCELLED
    assert claim_due(now=at("14:00")) == Claimed()
    with pytest.raises(ProviderNotFound):
        get_provider("wiki")


# --- Due -------------------------------------------------------------------------------------------------------------


def test_a_due_provider_gets_one_run_for_its_slot_and_a_new_plan(make: Make) -> None:
    make()
    assert claim_due(now=at("12:59:59")) == Claimed()
    assert claim_due(now=at("13:00:01")) == Claimed(queued=1)
    assert claim_due(now=at("13:00:02")) == Claimed()
    run = SyncRun.objects.get()
    assert (run.scheduled_for, run.state, run.trigger) == (at("13:00"), State.QUEUED, Trigger.SCHEDULE)
    assert run.due_since is None
    assert Provider.objects.get().next_run_at == at("14:00")


def test_missed_slots_become_one_run_that_says_how_late_it_is(make: Make) -> None:
    make()
    now = NOON + timedelta(hours=27, minutes=30)
    assert claim_due(now=now) == Claimed(queued=1)
    run = SyncRun.objects.get()
    assert run.scheduled_for == NOON + timedelta(hours=27)
    assert run.late_by == timedelta(hours=26, minutes=30)
    assert Provider.objects.get().next_run_at == NOON + timedelta(hours=28)


def test_a_busy_provider_gets_a_visible_skipped_run(make: Make) -> None:
    make()
    claim_due(now=at("13:00"))
    assert claim_due(now=at("14:00")) == Claimed(skipped=1)
    skipped = SyncRun.objects.get(scheduled_for=at("14:00"))
    assert (skipped.state, skipped.error_code) == (State.SKIPPED, "still_running")
    assert skipped.error == "The sync before it, on schedule, was still queued."


@pytest.mark.parametrize("broken", [{"sync_schedule": "not a schedule"}, {"timezone": "Mars/Base"}])
def test_a_row_that_raises_is_moved_out_of_the_way_and_says_so(make: Make, broken: dict[str, str]) -> None:
    make("bad")
    make("good")
    Provider.objects.filter(pk="bad").update(**broken)
    assert claim_due(now=at("13:00")) == Claimed(queued=1, failed=1)
    bad = Provider.objects.get(pk="bad")
    assert bad.next_run_at == at("14:00")
    assert "tried again in an hour" in bad.schedule_error
    assert SyncRun.objects.get().provider_id == "good"


def test_a_clock_that_went_back_brings_no_slot_twice(make: Make) -> None:
    make()
    claim_due(now=at("13:00"))
    SyncRun.objects.update(state=State.SUCCEEDED, finished_at=at("13:01"))
    assert claim_due(now=at("11:30")) == Claimed()
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
        in_threads(8, lambda now=now: claim_due(now=now, limit=10))
        claim_due(now=now, limit=100)
        SyncRun.objects.active().update(state=State.SUCCEEDED, finished_at=now)
    assert SyncRun.objects.filter(state=State.SUCCEEDED).count() == 200
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
    assert cancel_run(run.pk, now=NOON).state == State.CANCELLED
    SyncRun.objects.update(state=State.SUCCEEDED)
    with pytest.raises(RunNotActive):
        cancel_run(run.pk, now=NOON)
    with pytest.raises(RunNotFound):
        cancel_run("6f3e6f4e-0000-4000-8000-000000000000", now=NOON)


# --- The bell --------------------------------------------------------------------------------------------------------


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
    SyncRun.objects.update(rung_at=None)
    request_sync("asked", trigger=Trigger.MANUAL, now=at("13:00:01"))
    assert [run.provider_id for run in SyncRun.objects.exclude(rung_at=None)] == ["asked"]


@pytest.mark.django_db(transaction=True)
def test_a_bell_that_nobody_heard_is_rung_again_after_five_seconds(make: Make, queue: Callable[[], int]) -> None:
    make()
    claim_due(now=at("13:00"))
    assert queue() == 1
    assert ring_waiting(now=at("13:00:04")) == 0
    assert ring_waiting(now=at("13:00:05")) == 1
    assert queue() == 2


@pytest.mark.django_db(transaction=True)
def test_without_a_queue_a_request_still_answers_quickly(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from celery import current_app

    make()
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    started = datetime.now(UTC)
    run = request_sync("wiki", trigger=Trigger.MANUAL, now=NOON)
    assert datetime.now(UTC) - started < timedelta(seconds=2)
    assert run.state == State.QUEUED


# --- Asking ----------------------------------------------------------------------------------------------------------


def test_providers_with_their_last_runs_take_two_queries(
    make: Make, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(5):
        make(f"p{number}")
    claim_due(now=at("13:00"))
    claim_due(now=at("14:00"))  # skipped, as the first ones are still queued
    create_provider("fresh", now=NOON, url="http://x")
    with django_assert_num_queries(2):
        last = {provider.pk: provider.last_run for provider in Provider.objects.with_last_run()}
    assert last["fresh"] is None
    assert {run.scheduled_for for run in last.values() if run} == {at("13:00")}


def test_each_state_has_a_label_a_colour_and_an_icon() -> None:
    for state in State:
        assert state.label
        assert state.icon
        assert state.colour in {"ok", "run", "warn", "bad", "idle"}

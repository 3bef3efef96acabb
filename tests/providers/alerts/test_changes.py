"""Alerts are made on a change and not on each failure, and of whatever cause."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connections

from accounts.audit import LARDER
from knowledge.deleting.held import approve_held, discard_held, guard_of
from knowledge.models import HeldDeletion
from providers.alerts.models import Alert
from providers.models import Provider, SyncRun
from providers.registry import delete_provider, update_provider
from tests.providers.alerts.conftest import MINUTE, events, look
from tests.providers.conftest import NOON

pytestmark = pytest.mark.django_db


def test_a_row_of_failures_is_one_alert_and_its_end_another(ran: Callable[..., None], channel: Any) -> None:
    channel()
    look()
    for minute in range(5):
        ran("failed")
        look(minute)
    assert events() == ["failing"]
    assert Alert.objects.get().detail == "It was away."
    ran("succeeded")
    look(6)
    look(7)
    assert events() == ["failing", "recovered"]


def test_an_alert_goes_on_with_the_trace_of_the_run_that_brought_it_about(
    ran: Callable[..., None], channel: Any
) -> None:
    channel()
    look()
    for state, trace in (("failed", "the first"), ("failed", "the second"), ("succeeded", "the third")):
        ran(state)
        SyncRun.objects.filter(trace_context="").update(trace_context=trace)
        look()
    Provider.objects.update(max_age_s=60)
    look(minutes=60)
    told = dict(Alert.objects.values_list("event", "trace_context"))
    assert told == {"failing": "the first", "recovered": "the third", "stale": ""}


def test_failing_counts_as_each_channel_wants(ran: Callable[..., None], channel: Any) -> None:
    channel("calm", after_failures=3)
    channel("nervous")
    for _ in range(2):
        ran("timed_out")
    look()
    assert [alert.channel.name for alert in Alert.objects.all()] == ["nervous"]
    ran("interrupted")
    look(1)
    assert Alert.objects.filter(channel__name="calm").count() == 1


@pytest.mark.parametrize("state", ["skipped", "cancelled", "queued"])
def test_what_is_no_verdict_neither_begins_nor_ends_a_failure(
    ran: Callable[..., None], channel: Any, state: str
) -> None:
    channel()
    ran("failed")
    look()
    if state == "queued":
        SyncRun.objects.create(provider_id="wiki", trigger="manual", queued_at=NOON + 9 * MINUTE)
    else:
        ran(state)
    look(1)
    assert events() == ["failing"]


def test_a_provider_grows_stale_though_nothing_ran_and_is_fresh_again(ran: Callable[..., None], channel: Any) -> None:
    channel()
    update_provider("wiki", now=NOON, max_age_s=60)
    look(1)
    look(2)
    look(3)
    assert events() == ["stale"]
    ran("succeeded")
    look(2)
    assert sorted(events()) == ["fresh", "stale"]


def test_pausing_and_resuming_are_told_unless_it_was_paused_before(make: Callable[..., Provider], channel: Any) -> None:
    make("long-paused", enabled=False)
    make("wiki")
    channel()
    look()
    update_provider("wiki", now=NOON, enabled=False)
    look(1)
    update_provider("wiki", now=NOON, enabled=True)
    look(2)
    assert list(Alert.objects.order_by("at").values_list("provider", "event")) == [
        ("wiki", "paused"),
        ("wiki", "resumed"),
    ]


@pytest.mark.parametrize("decide", [approve_held, discard_held])
def test_a_deletion_that_waits_is_told_and_so_is_the_decision(
    make: Callable[..., Provider], push: Callable[..., Any], channel: Any, decide: Callable[..., Any]
) -> None:
    make("wiki")
    channel()
    push("a", "b")
    push(whole_set_of="wiki", guard=guard_of("wiki"))
    look(1)
    look(2)
    assert (events(), Alert.objects.get().provider) == (["held"], "wiki")
    assert "waits for a decision" in Alert.objects.get().detail
    decide(HeldDeletion.objects.get().pk, now=NOON, actor=LARDER)
    look(3)
    assert events() == ["held", "released"]


def test_a_channel_hears_of_its_providers_only_and_nothing_while_off(
    ran: Callable[..., None], make: Callable[..., Provider], channel: Any
) -> None:
    make("other")
    channel("others", providers=["other"])
    channel("off", enabled=False)
    ran("failed")
    look()
    assert events() == []


def test_a_deleted_provider_is_forgotten_and_one_of_the_same_name_begins_anew(
    ran: Callable[..., None], make: Callable[..., Provider], channel: Any
) -> None:
    made = channel()
    ran("failed")
    look()
    delete_provider("wiki", now=NOON)
    look(1)
    assert not made.states.exists()
    assert events() == ["failing"]


@pytest.mark.django_db(transaction=True)
def test_two_that_look_at_once_make_one_alert(ran: Callable[..., None], channel: Any) -> None:
    channel()
    ran("failed")

    def look_and_close() -> None:
        look()
        connections.close_all()

    threads = [Thread(target=look_and_close) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert events() == ["failing"]

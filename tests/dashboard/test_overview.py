"""The overview: one sentence, what needs attention, every provider."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ingestion.models import FileState
from knowledge.models import RunCounts
from knowledge.run_counts import open_run_counts
from providers.models import Heartbeat, Provider, SyncRun
from tests.dashboard.files import failed, made


def page_of(staff: Client, path: str = "/") -> str:
    answer = staff.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_providers_the_page_says_what_to_do(staff: Client, all_ready: None) -> None:
    page = page_of(staff)
    assert "Ready for the first provider" in page
    assert "Add a provider" in page
    assert "Not everything is ready" not in page


def test_all_is_well_when_everything_succeeded(
    staff: Client, all_ready: None, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    run()
    page = page_of(staff)
    assert "Everything is well" in page
    assert "Needs attention" not in page
    assert "Not everything is ready" not in page


def test_each_missing_part_has_a_row_with_its_fix(staff: Client, provider: Callable[..., Provider]) -> None:
    provider()
    page = page_of(staff)
    assert "Two things need attention" in page
    assert "<dt>Workers</dt>" in page
    assert "Start a worker:" in page
    assert "<dt>Scheduler</dt>" in page


def test_the_banner_goes_once_all_parts_are_back(staff: Client, provider: Callable[..., Provider]) -> None:
    provider()
    assert "Not everything is ready" in page_of(staff)
    for name in ("worker", "dispatcher"):
        Heartbeat.objects.create(name=name, at=timezone.now())
    assert "Not everything is ready" not in page_of(staff)


def test_a_provider_that_keeps_failing_needs_attention(
    staff: Client, all_ready: None, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    provider("tickets")
    run("wiki")
    for hours in (1, 2, 3):
        run("tickets", "failed", ago=timedelta(hours=hours), error="The provider refused our secret.")
    page = page_of(staff)
    assert "One thing needs attention, the rest is well" in page
    assert "failed 3 times in a row" in page
    assert "The provider refused our secret." in page


def test_a_success_after_failures_is_well_again(
    staff: Client, all_ready: None, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    run(state="failed", ago=timedelta(hours=1), error="It was away.")
    run()
    assert "Everything is well" in page_of(staff)


def test_a_paused_provider_asks_for_no_hand(
    staff: Client, all_ready: None, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider(enabled=False)
    provider("other")
    run(state="failed", error="It was away.")
    page = page_of(staff)
    assert "Everything is well" in page
    assert "Paused" in page
    assert "Resume" in page


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_row_asks_for_itself_while_its_run_is_active(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun], state: str
) -> None:
    provider()
    run(state=state)
    row = page_of(staff, "/providers/wiki/row/")
    assert 'hx-get="/providers/wiki/row/" hx-trigger="every 2s"' in row
    assert "Cancel" in row


@pytest.mark.parametrize(
    ("state", "label"),
    [
        ("succeeded", "Succeeded"),
        ("failed", "Failed"),
        ("timed_out", "Timed out"),
        ("cancelled", "Cancelled"),
        ("interrupted", "Interrupted"),
    ],
)
def test_a_row_comes_back_without_its_trigger_once_the_run_has_ended(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun], state: str, label: str
) -> None:
    provider()
    run(state=state)
    row = page_of(staff, "/providers/wiki/row/")
    assert "hx-trigger" not in row
    assert label in row
    assert "Sync now" in row


def test_the_row_of_a_deleted_provider_vanishes_and_stops_asking(staff: Client) -> None:
    answer = staff.get("/providers/gone/row/")
    assert answer.status_code == 286
    assert not answer.content


def test_a_row_counts_what_its_run_has_brought_against_the_last_success(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    run(ago=timedelta(hours=1), unchanged=40)
    active = run(state="running")
    open_run_counts(active.pk, source="wiki", now=timezone.now())
    RunCounts.objects.update(created=4, renewed=6)
    row = page_of(staff, "/providers/wiki/row/")
    assert "10 so far" in row
    assert "25% of what the last success brought" in row


def test_the_day_ahead_is_drawn_by_the_cron_functions(staff: Client, provider: Callable[..., Provider]) -> None:
    provider("hourly")
    provider("never", sync_schedule="")
    provider("rests", enabled=False)
    page = page_of(staff)
    assert page.count('class="fire"') in (23, 24)  # at a quarter past or earlier, this hour's start lies behind
    assert "rests: paused" in page
    assert "never:" not in page


def test_many_providers_cost_no_more_queries_than_one(
    staff: Client,
    all_ready: None,
    provider: Callable[..., Provider],
    run: Callable[..., SyncRun],
) -> None:
    provider("first")
    with CaptureQueriesContext(connection) as one:
        page_of(staff)
    for number in range(8):
        provider(f"wiki-{number}")
        run(f"wiki-{number}")
    with CaptureQueriesContext(connection) as many:
        page_of(staff)
    assert len(many) <= len(one) + 1


def test_a_stale_provider_needs_attention_though_nothing_failed(
    staff: Client, all_ready: None, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider(max_age_s=3_600)
    Provider.objects.update(created_at=timezone.now() - timedelta(days=2))
    run(ago=timedelta(hours=4, minutes=59, seconds=10))
    page = page_of(staff)
    assert "<dt>Freshness</dt>" in page
    assert "is stale" in page
    assert "Its last success was 4 h 59 min ago; its documents may be 1 h old at most." in page
    assert "exceeded by" in page_of(staff, "/providers/wiki/")
    run()
    assert "Everything is well" in page_of(staff)


def test_a_paused_provider_that_is_stale_is_not_forgotten(
    staff: Client, all_ready: None, provider: Callable[..., Provider]
) -> None:
    provider(max_age_s=60, enabled=False)
    Provider.objects.update(created_at=timezone.now() - timedelta(days=2))
    page = page_of(staff)
    assert "Paused" in page
    assert "It has not succeeded since it was added 2 days ago" in page


def test_a_thousand_providers_cost_no_more_queries_than_twelve_and_those_that_need_attention_come_first(
    staff: Client, all_ready: None, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider("zebra", max_age_s=86_400)
    run("zebra", "failed", error="It was away.")
    now = timezone.now()
    Provider.objects.bulk_create(
        Provider(id=f"wiki-{number:04}", name="w", url="http://w.test", created_at=now, updated_at=now)
        for number in range(1_000)
    )
    page_of(staff)
    with CaptureQueriesContext(connection) as asked:
        page = page_of(staff)
    assert len(asked) <= 12
    assert page.count("<tr id=") == 20
    assert page.index("provider-row-zebra") < page.index("provider-row-wiki-0000")
    assert "All 1,001 providers" in page


def test_files_on_their_way_are_told_and_those_that_may_be_tried_again_are_one_thing_to_look_at(
    staff: Client, all_ready: None, provider: Callable[..., Provider], space: object
) -> None:
    provider()
    made("on its way", state=FileState.EMBEDDING)
    failed("empty", "no_text")
    page = page_of(staff)
    assert "Everything is well" in page
    assert "files on their way: 1" in page
    for name in ("one", "two"):
        failed(name, "timed_out", temporary=True)
    page = page_of(staff)
    assert "One thing needs attention, the rest is well" in page
    assert "<b>2 files</b> failed for a reason that may be over" in page
    assert 'Files <span class="count">2<span class="hidden"> waiting</span></span>' in page


def test_quarantined_texts_are_one_thing_to_look_at(
    staff: Client, all_ready: None, provider: Callable[..., Provider], push: Callable[..., object]
) -> None:
    provider()
    push("well", {"id": "bad", "content": "☠ refused"})
    page = page_of(staff)
    assert "One thing needs attention, the rest is well" in page
    assert "<b>1 text</b> refused by the embedder" in page

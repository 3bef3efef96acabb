"""Starting, watching and stopping a sync from the pages."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from knowledge.models import Change, RunCounts
from providers.models import Provider, SyncCursor, SyncRun


def test_sync_now_queues_a_run_and_shows_the_provider(staff: Client, provider: Callable[..., Provider]) -> None:
    provider()
    answer = staff.post("/providers/wiki/sync/", follow=True)
    assert answer.redirect_chain == [("/providers/wiki/", 302)]
    run = SyncRun.objects.get()
    assert (run.state, run.trigger) == ("queued", "manual")
    assert "In the queue" in answer.content.decode()


def test_sync_now_from_a_row_answers_with_the_row(
    staff: Client, provider: Callable[..., Provider], htmx: dict[str, str]
) -> None:
    provider()
    answer = staff.post("/providers/wiki/sync/", headers={**htmx, "HX-Target": "provider-row-wiki"})
    page = answer.content.decode()
    assert page.startswith('<tr id="provider-row-wiki" hx-get="/providers/wiki/row/"')
    assert "Queued" in page


def test_sync_now_from_the_page_answers_with_its_live_part(
    staff: Client, provider: Callable[..., Provider], htmx: dict[str, str]
) -> None:
    provider()
    answer = staff.post("/providers/wiki/sync/", headers={**htmx, "HX-Target": "provider-live"})
    page = answer.content.decode()
    assert page.startswith('<div id="provider-live" hx-get="/providers/wiki/live/"')


def test_sync_now_twice_says_so_and_starts_nothing(staff: Client, provider: Callable[..., Provider]) -> None:
    provider()
    staff.post("/providers/wiki/sync/")
    page = staff.post("/providers/wiki/sync/", follow=True).content.decode()
    assert "A sync of this provider is already under way." in page
    assert SyncRun.objects.count() == 1


def test_a_paused_provider_is_not_synced(staff: Client, provider: Callable[..., Provider]) -> None:
    provider(enabled=False)
    page = staff.post("/providers/wiki/sync/", follow=True).content.decode()
    assert "This provider is disabled" in page
    assert not SyncRun.objects.exists()


def test_what_does_not_exist_is_not_found(staff: Client) -> None:
    nobody = uuid.uuid4()
    assert staff.post("/providers/nobody/sync/").status_code == 404
    assert staff.post("/providers/nobody/enabled/").status_code == 404
    assert staff.get("/providers/nobody/").status_code == 404
    assert staff.get(f"/runs/{nobody}/").status_code == 404
    assert staff.post(f"/runs/{nobody}/cancel/").status_code == 404


def test_a_queued_run_is_cancelled_at_once(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    queued = run(state="queued")
    page = staff.post(f"/runs/{queued.pk}/cancel/", follow=True).content.decode()
    assert "Cancelled before it began." in page
    assert "hx-trigger" not in page


def test_a_running_run_is_asked_to_stop(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    running = run(state="running")
    page = staff.post(f"/runs/{running.pk}/cancel/", follow=True).content.decode()
    assert "Asked to stop" in page
    assert f'hx-get="/runs/{running.pk}/live/"' in page


def test_a_run_that_has_ended_cannot_be_cancelled(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    page = staff.post(f"/runs/{run().pk}/cancel/", follow=True).content.decode()
    assert "This run has ended already" in page


def test_a_run_shows_its_counts_its_error_and_its_changes(staff: Client, run: Callable[..., SyncRun]) -> None:
    ended = run(state="failed", created=7, error="The provider answered 503.", error_code="provider_unavailable")
    Change.objects.create(source="wiki", key="a/b?c", kind="created", at=timezone.now(), run=ended.pk)
    page = staff.get(f"/runs/{ended.pk}/").content.decode()
    assert "wiki (deleted)" in page
    assert "<b>7</b><span>created</span>" in page
    assert "The provider answered 503." in page
    assert "provider_unavailable" in page
    assert 'href="/knowledge/wiki/a/b%3Fc/"' in page


def test_changes_of_a_run_come_in_pages(staff: Client, run: Callable[..., SyncRun]) -> None:
    ended = run()
    now = timezone.now()
    Change.objects.bulk_create(
        Change(source="wiki", key=f"key-{number:03}", kind="created", at=now, run=ended.pk) for number in range(130)
    )
    answer = staff.get(f"/runs/{ended.pk}/")
    first = answer.content.decode()
    assert "key-099" in first
    assert "key-100" not in first
    cursor = answer.context["page"].next
    assert f'href="/runs/{ended.pk}/?cursor={cursor}"' in first
    second = staff.get(f"/runs/{ended.pk}/?cursor={cursor}").content.decode()
    assert "key-100" in second
    assert "key-099" not in second
    assert "More changes" not in second


def test_history_goes_back_page_by_page(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    oldest = run(ago=timedelta(hours=40))
    for hours in range(25):
        run(ago=timedelta(hours=hours))
    first = staff.get("/providers/wiki/")
    assert f"/runs/{oldest.pk}/" not in first.content.decode()
    older = f"/providers/wiki/?cursor={first.context['timeline'].next}"
    assert f'href="{older}"' in first.content.decode()
    assert f"/runs/{oldest.pk}/" in staff.get(older).content.decode()


def test_a_cursor_that_no_page_handed_out_is_not_found(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    assert staff.get("/providers/wiki/?cursor=nonsense").status_code == 404
    assert staff.get(f"/runs/{run().pk}/?cursor=nonsense").status_code == 404


def test_a_run_tells_its_attempts_and_what_came_late(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    told = run(state="failed", attempt=2, error="It refuses <b>connections</b>.", error_code="connect_failed")
    SyncRun.objects.filter(pk=told.pk).update(attempt_at=told.finished_at)
    assert told.started_at
    assert told.finished_at
    told.attempts.create(
        number=1,
        state="failed",
        started_at=told.started_at,
        ended_at=told.started_at,
        retry_at=told.finished_at,
        http_status=503,
        error_code="provider_error",
        error="The provider failed (503).",
    )
    RunCounts.objects.create(run=told.pk, source="wiki", opened_at=told.started_at, closed_at=told.finished_at, late=7)
    page = staff.get(f"/runs/{told.pk}/").content.decode()
    assert "The provider failed (503). — tried again after 3.0 s" in page
    assert "attempt 2 began" in page
    assert "7 documents came after the end" in page
    assert "<b>connections" not in page


def test_a_provider_that_larder_paused_says_why_and_is_resumed_by_one_click(
    staff: Client, provider: Callable[..., Provider]
) -> None:
    provider()
    Provider.objects.update(paused_at=timezone.now(), paused_reason="10 syncs in a row failed.", next_run_at=None)
    assert "10 syncs in a row failed." in staff.get("/providers/wiki/").content.decode()
    assert "Paused after failures" in staff.get("/providers/").content.decode()
    staff.post("/providers/wiki/enabled/", {"enabled": "1"})
    resumed = Provider.objects.get()
    assert resumed.paused_at is None
    assert resumed.next_run_at


def test_a_run_that_waits_for_its_next_attempt_says_when(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    run(state="queued", attempt=2, not_before=timezone.now() + timedelta(seconds=40))
    page = staff.get("/providers/wiki/").content.decode()
    assert "Attempt 2 begins" in page
    assert "hx-trigger" in page


def test_a_run_shows_the_difference_of_updated_texts_as_text(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun], push: Callable[..., Any]
) -> None:
    provider()
    push({"id": "travel", "content": "Ask <b>ten</b> people."})
    active = run(state="running")
    RunCounts.objects.create(run=active.pk, source="wiki", opened_at=timezone.now())
    push({"id": "travel", "content": "Ask <b>five</b> people."})
    page = staff.get(f"/runs/{active.pk}/").content.decode()
    assert "Ask &lt;b&gt;<del>ten</del><ins>five</ins>&lt;/b&gt; people." in page


def test_the_state_between_syncs_is_shown_and_reset(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    assert "Sync state" not in staff.get("/providers/wiki/").content.decode()
    run(mode="incremental", attempt_at=timezone.now())
    SyncCursor.objects.create(provider_id="wiki", state='{"page":"<b>4</b>"}', saved_at=timezone.now())
    page = staff.get("/providers/wiki/").content.decode()
    assert "incremental" in page
    assert "&lt;b&gt;4&lt;/b&gt;" in page
    assert "Goes on from</dt><dd><time" in page
    assert "Its documents stay." in staff.get("/providers/wiki/reset/").content.decode()
    answer = staff.post("/providers/wiki/reset/", follow=True)
    page = answer.content.decode()
    assert "Its next sync brings everything." in page
    assert "Goes on from</dt><dd>the beginning, with everything</dd>" in page
    assert "reset its sync state" in page
    assert SyncCursor.objects.get().state == ""


def test_a_state_is_shown_where_no_mode_was_told(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    run()
    SyncCursor.objects.create(provider_id="wiki", state='{"page": 4}', saved_at=timezone.now())
    assert "Sync state" in staff.get("/providers/wiki/").content.decode()


def test_a_run_says_its_mode(staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]) -> None:
    provider()
    shown = staff.get(f"/runs/{run(mode='full_refresh').pk}/").content.decode()
    assert "full refresh" in shown

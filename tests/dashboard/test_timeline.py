"""A provider's history: runs and changes in one list, the pause and its reason, the list by state, the export."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.audit import Actor
from dashboard.providers.hints import BY_CODE
from dashboard.providers.run_timeline import run_phases
from providers.models import Provider, RunAttempt, SyncRun
from providers.registry import update_provider
from tests import REFERENCE

ADA = Actor(by="user", name="ada")  # type: ignore[arg-type]


def test_changes_of_the_configuration_stand_between_the_runs(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    early, late = run(ago=timedelta(hours=3)), run(ago=timedelta(hours=1))
    two_hours_ago = timezone.now() - timedelta(hours=2)
    update_provider("wiki", now=two_hours_ago, actor=ADA, sync_schedule="5 * * * *")
    page = staff.get("/providers/wiki/").content.decode()
    places = [page.index(each) for each in (str(late.pk), "<b>ada</b> changed it", str(early.pk))]
    assert places == sorted(places)
    assert "<del>0 * * * *</del> <ins>5 * * * *</ins>" in page


def test_each_page_of_the_history_has_the_changes_of_its_time_once(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    for hours in range(60):
        run(ago=timedelta(hours=hours))
        then = timezone.now() - timedelta(hours=hours, minutes=30)
        update_provider("wiki", now=then, actor=ADA, name=f"name {hours:02}")
    told, path = "", "/providers/wiki/"
    while path:
        answer = staff.get(path)
        told += answer.content.decode()
        following = answer.context["timeline"].next
        path = f"/providers/wiki/?cursor={following}" if following else ""
    assert [told.count(f"<ins>name {hours:02}</ins>") for hours in range(60)] == [1] * 60


@pytest.mark.parametrize(("kind", "shown"), [("good", "succeeded"), ("bad", "timed_out"), ("other", "skipped")])
def test_the_history_is_narrowed_to_runs_of_one_kind(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun], kind: str, shown: str
) -> None:
    provider()
    made = {state: run(state=state) for state in ("succeeded", "timed_out", "skipped")}
    events = staff.get(f"/providers/wiki/?kind={kind}").context["timeline"].events
    assert [event.run for event in events] == [made[shown]]


def test_who_asked_for_a_sync_stands_beside_its_run(staff: Client, provider: Callable[..., Provider]) -> None:
    provider()
    staff.post("/providers/wiki/sync/")
    assert "by hand, ada" in staff.get("/providers/wiki/").content.decode()


def test_a_pause_asks_for_its_reason_and_shows_it_until_it_is_over(
    staff: Client, provider: Callable[..., Provider]
) -> None:
    provider()
    assert "Reason" in staff.get("/providers/wiki/enabled/").content.decode()
    staff.post("/providers/wiki/enabled/", {"enabled": "0", "reason": " moves\non <b>Friday</b> "})
    page = staff.get("/providers/wiki/").content.decode()
    assert page.count("moves on &lt;b&gt;Friday&lt;/b&gt;") == 2  # the banner, and the history
    assert "<b>ada</b> paused it" in page
    staff.post("/providers/wiki/enabled/", {"enabled": "1"})
    assert Provider.objects.get().paused_reason == ""


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("", ["asked", "fails", "paused", "syncs", "well"]),
        ("attention", ["fails"]),
        ("syncing", ["syncs"]),
        ("paused", ["paused"]),
        ("asked", ["asked"]),
        ("planned", ["fails", "syncs", "well"]),
        ("stale", []),
        ("no such state", ["asked", "fails", "paused", "syncs", "well"]),
    ],
)
def test_the_list_shows_providers_in_one_state(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun], state: str, expected: list[str]
) -> None:
    for name in ("well", "fails", "syncs"):
        provider(name)
    provider("paused", enabled=False)
    provider("asked", sync_schedule="")
    run("well", "succeeded")
    run("fails", "succeeded", ago=timedelta(hours=1))
    run("fails", "interrupted")
    run("syncs", "running")
    rows = staff.get("/providers/", {"state": state}).context["rows"]
    assert [row.provider.pk for row in rows] == expected


def test_every_run_goes_into_the_export(
    staff: Client, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    run(state="failed", error="=1+1")
    run()
    answer = staff.get("/providers/wiki/runs.csv")
    lines = answer.getvalue().decode().splitlines()
    assert answer["Content-Type"].startswith("text/csv")
    assert len(lines) == 3
    assert ",'=1+1" in lines[2] or ",'=1+1" in lines[1]


def test_the_phases_of_a_run_fill_its_time(run: Callable[..., SyncRun]) -> None:
    now = timezone.now()
    at = [now + timedelta(seconds=seconds) for seconds in (0, 1, 4, 14, 20)]
    tried = run(state="failed", attempt=2)
    tried.queued_at, tried.attempt_at, tried.finished_at = at[0], at[3], at[4]
    first = RunAttempt(number=1, state="timed_out", started_at=at[1], ended_at=at[2], retry_at=at[3])
    phases = run_phases(tried, [first], now=now)
    assert [(phase.name, phase.took.total_seconds()) for phase in phases] == [
        ("in the queue", 1),
        ("attempt 1", 3),
        ("waiting", 10),
        ("attempt 2", 6),
    ]


def test_every_documented_reason_for_an_end_comes_with_what_to_do() -> None:
    table = (REFERENCE / "errors.md").read_text().partition("## Why a sync run ended")[2]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = {code.strip("` ") for row in rows for code in row.split(",")}
    assert documented == set(BY_CODE)

"""The admin API in the shapes that its clients expect."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.contrib.auth import get_user_model

from core.clock import database_now
from knowledge.models import Change
from knowledge.run_counts import Counts, add_counts
from providers.models import Heartbeat, Provider, RunState, SyncRun
from providers.runs.claim import claim_run
from providers.runs.outcome import Verdict, settle_attempt
from providers.runs.schedule import claim_due
from providers.runs.sync import note_heartbeat
from tests.providers.conftest import NOON
from tests.servers import start_redis

BASE = "/api/v1/plugins/context_provider"
PREVIEW = "/api/v1/schedule/preview"
READINESS = "/api/v1/knowledge/readiness"
WIKI = {"id": "wiki", "url": "http://wiki.test", "sync_schedule": "0 */6 * * *", "timezone": "Europe/Riga"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(api: Callable[..., Any]) -> Any:
    return api("admin")


def test_a_provider_is_created_read_changed_and_deleted(admin: Any) -> None:
    created = admin("post", BASE, {**WIKI, "name": "The wiki", "secret": "s3cret"})
    assert created.status_code == 201
    body = created.json()
    assert (body["id"], body["enabled"], body["sync_timeout_ms"], body["has_secret"]) == ("wiki", True, 120_000, True)
    assert body["schedule_description"] == "every 6 hours, on the hour, Europe/Riga"
    assert body["next_run_at"].endswith("Z")
    assert "s3cret" not in created.content.decode()
    assert admin("get", f"{BASE}/wiki").json() == body
    assert admin("get", BASE).json() == [body]

    changed = admin("patch", f"{BASE}/wiki", {"sync_schedule": None}).json()
    assert (changed["sync_schedule"], changed["next_run_at"], changed["name"]) == ("", None, "The wiki")
    assert admin("delete", f"{BASE}/wiki").status_code == 204
    assert admin("get", f"{BASE}/wiki").status_code == 404
    assert admin("delete", f"{BASE}/wiki").status_code == 404


def test_an_id_and_an_address_are_all_that_is_needed(admin: Any) -> None:
    body = admin("post", BASE, {"id": "wiki", "url": "http://wiki.test"}).json()
    given = {"id": "wiki", "url": "http://wiki.test", "enabled": True, "sync_schedule": "", "timezone": "UTC"}
    assert {name: body[name] for name in given} == given
    assert (body["sync_timeout_ms"], body["next_run_at"], body["last_run"]) == (120_000, None, None)
    assert "secret" not in body


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_request"),
        ({"id": "x"}, "invalid_request"),
        ({**WIKI, "sync_shedule": "@daily"}, "invalid_request"),
        ({**WIKI, "enabled": "yes"}, "invalid_request"),
        ({**WIKI, "sync_timeout_ms": "soon"}, "invalid_request"),
        ({**WIKI, "sync_timeout_ms": 10**30}, "invalid_provider"),
        ({**WIKI, "id": "The Wiki"}, "invalid_provider"),
        ({**WIKI, "id": "a\0"}, "invalid_provider"),
        ({**WIKI, "id": "new"}, "invalid_provider"),
        ({**WIKI, "name": "a\0"}, "invalid_provider"),
        ({**WIKI, "url": "file:///etc/passwd"}, "invalid_provider"),
        ({**WIKI, "url": "http://a\0"}, "invalid_provider"),
        ({**WIKI, "secret": "a\0"}, "invalid_provider"),
        ({**WIKI, "timezone": "a\0"}, "invalid_schedule"),
        ({**WIKI, "sync_schedule": "0 0 30 2 *"}, "invalid_schedule"),
        ([WIKI], "invalid_request"),
    ],
)
def test_what_cannot_be_saved_is_refused_with_a_code_and_a_sentence(admin: Any, body: object, code: str) -> None:
    answer = admin("post", BASE, body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert len(answer.json()["detail"]) > 10
    assert not Provider.objects.exists()


def test_an_invalid_schedule_is_refused_with_its_position(admin: Any) -> None:
    answer = admin("post", BASE, {**WIKI, "sync_schedule": "0 25 * * *"}).json()
    assert answer == {
        "code": "invalid_schedule",
        "detail": "The hour is between 0 and 23, not 25.",
        "position": 2,
        "field": "sync_schedule",
    }


def test_an_id_that_is_taken_is_a_conflict(admin: Any) -> None:
    admin("post", BASE, WIKI)
    answer = admin("post", BASE, WIKI)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize("provider_id", ["nobody", "%00", "a%2Fb", "%F0%9F%8D%8F"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("patch", ""),
        ("delete", ""),
        ("post", "/sync"),
        ("get", "/sync"),
        ("get", "/runs"),
        ("get", "/runs/x"),
    ],
)
def test_an_unknown_provider_is_not_found(admin: Any, method: str, path: str, provider_id: str) -> None:
    answer = admin(method, f"{BASE}/{provider_id}{path}", {} if method == "patch" else None)
    assert answer.status_code == 404, answer.content


def test_sync_now_answers_with_the_run_and_then_with_a_conflict(admin: Any, push: Callable[..., Any]) -> None:
    push("one", "two")
    admin("post", BASE, WIKI)
    started = admin("post", f"{BASE}/wiki/sync")
    assert started.status_code == 202
    run = started.json()
    assert (run["state"], run["trigger"], run["attempt"], run["scheduled_for"]) == ("queued", "api", 1, None)
    assert [run[name] for name in ("started_at", "finished_at", "error_code", "error")] == [None] * 4
    again = admin("post", f"{BASE}/wiki/sync")
    assert again.status_code == 409
    assert again.json()["code"] == "already_syncing"
    assert again.json()["run_id"] == run["id"]
    state = admin("get", f"{BASE}/wiki/sync").json()
    assert state["run"]["id"] == run["id"]
    assert (state["documents"], state["last_error"]) == (2, None)
    assert state["next_run_at"]


def test_an_idempotency_key_is_honoured(admin: Any) -> None:
    admin("post", BASE, WIKI)
    first = admin("post", f"{BASE}/wiki/sync", **{"Idempotency-Key": "once"})
    second = admin("post", f"{BASE}/wiki/sync", **{"Idempotency-Key": "once"})
    assert (second.status_code, second.json()["id"]) == (202, first.json()["id"])
    assert admin("post", f"{BASE}/wiki/sync", **{"Idempotency-Key": "twice"}).status_code == 409


def test_a_disabled_provider_is_not_synced(admin: Any) -> None:
    admin("post", BASE, {**WIKI, "enabled": False})
    answer = admin("post", f"{BASE}/wiki/sync")
    assert (answer.status_code, answer.json()["code"]) == (409, "provider_disabled")


def test_an_active_run_counts_as_it_goes(admin: Any) -> None:
    admin("post", BASE, WIKI)
    run_id = admin("post", f"{BASE}/wiki/sync").json()["id"]
    run = claim_run(run_id, now=database_now())
    assert run
    add_counts(run.pk, Counts(created=3))
    assert admin("get", f"{BASE}/wiki/runs/{run_id}").json()["created"] == 3
    settle_attempt(run, Verdict(state=RunState.FAILED, error_code="timed_out", error="Too slow."), now=database_now())
    ended = admin("get", f"{BASE}/wiki/runs/{run_id}").json()
    assert (ended["state"], ended["created"], ended["upserted"]) == ("failed", 3, 3)
    assert admin("get", f"{BASE}/wiki/sync").json()["last_error"] == "Too slow."


def test_the_history_comes_in_pages_newest_first(admin: Any, make: Callable[..., Provider]) -> None:
    make()
    for hour in range(1, 8):
        now = NOON + timedelta(hours=hour)
        claim_due(now=now)
        SyncRun.objects.active().update(state=RunState.SUCCEEDED, finished_at=now)
    seen, cursor = [], ""
    while cursor is not None:
        page = admin("get", f"{BASE}/wiki/runs?limit=3&cursor={cursor}").json()
        seen += [run["scheduled_for"] for run in page["runs"]]
        cursor = page["next"]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 7
    admin("delete", f"{BASE}/wiki")
    assert len(admin("get", f"{BASE}/wiki/runs").json()["runs"]) == 7


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsIDJd", "bnVsbA", "%00"])
def test_a_cursor_that_no_page_handed_out_is_refused(admin: Any, cursor: str) -> None:
    admin("post", BASE, WIKI)
    assert admin("get", f"{BASE}/wiki/runs?cursor={cursor}").status_code == 422


def test_a_run_belongs_to_its_provider(admin: Any) -> None:
    admin("post", BASE, WIKI)
    admin("post", BASE, {**WIKI, "id": "files"})
    run_id = admin("post", f"{BASE}/wiki/sync").json()["id"]
    assert admin("get", f"{BASE}/files/runs/{run_id}").status_code == 404
    assert admin("get", f"{BASE}/wiki/runs/not-a-run").status_code == 404


def test_a_run_is_cancelled_once(admin: Any) -> None:
    admin("post", BASE, WIKI)
    run_id = admin("post", f"{BASE}/wiki/sync").json()["id"]
    cancelled = admin("post", f"{BASE}/wiki/runs/{run_id}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (202, "cancelled")
    SyncRun.objects.update(state=RunState.SUCCEEDED)
    again = admin("post", f"{BASE}/wiki/runs/{run_id}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "run_not_active")


def test_what_a_run_did_is_told_document_by_document(admin: Any) -> None:
    admin("post", BASE, WIKI)
    run_id = admin("post", f"{BASE}/wiki/sync").json()["id"]
    for key in "abc":
        Change.objects.create(source="wiki", key=key, kind="created", at=NOON, run=run_id)
    first = admin("get", f"{BASE}/wiki/runs/{run_id}/changes?limit=2").json()
    rest = admin("get", f"{BASE}/wiki/runs/{run_id}/changes?limit=2&cursor={first['next']}").json()
    assert [change["id"] for change in first["changes"] + rest["changes"]] == ["a", "b", "c"]
    assert rest["next"] is None
    assert first["changes"][0]["kind"] == "created"


def test_the_preview_shows_what_will_be_planned(admin: Any) -> None:
    body = {"sync_schedule": "30 3 * * *", "timezone": "Europe/Riga", "after": "2026-03-28T12:00:00", "count": 2}
    assert admin("post", PREVIEW, body).json() == {
        "description": "every day at 03:30, Europe/Riga",
        "fires": ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
    }


def test_five_fires_are_shown_unless_others_are_asked_for(admin: Any) -> None:
    for body, count in (({}, 5), ({"count": 1}, 1), ({"count": 100}, 100)):
        assert len(admin("post", PREVIEW, {"sync_schedule": "@hourly", **body}).json()["fires"]) == count


@pytest.mark.parametrize(
    "change",
    [
        {"sync_schedule": ""},
        {"sync_schedule": "* * * *"},
        {"timezone": "Mars"},
        {"count": 0},
        {"count": 101},
        {"after": "9999-12-31T00:00:00Z"},
        {"after": "0001-01-01T00:00:00+14:00"},
        {"after": "yesterday"},
    ],
)
def test_a_preview_of_nonsense_is_refused(admin: Any, change: dict[str, Any]) -> None:
    answer = admin("post", PREVIEW, {"sync_schedule": "@daily", **change})
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("provider", 403), ("analyzer", 403)])
def test_only_admins_are_let_in(api: Callable[..., Any], role: str | None, status: int) -> None:
    speak = api(role)
    for path in (BASE, f"{BASE}/wiki", f"{BASE}/wiki/runs", READINESS):
        assert speak("get", path).status_code == status
    assert speak("post", PREVIEW, {"sync_schedule": "@daily"}).status_code == status
    assert speak("post", f"{BASE}/wiki/sync").status_code == status


def test_a_signed_in_admin_needs_no_key(client: Any) -> None:
    client.force_login(get_user_model().objects.create_superuser("boss"))
    assert client.get(BASE).status_code == 200


# --- Readiness -------------------------------------------------------------------------------------------------------


def rows_of(admin: Any) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in admin("get", READINESS).json()["rows"]}


def test_readiness_is_ok_while_every_part_is_at_work(admin: Any) -> None:
    for name in ("dispatcher", "worker"):
        note_heartbeat(name, now=database_now())
    admin("post", BASE, WIKI)
    answer = admin("get", READINESS).json()
    assert answer["status"] == "ok"
    states = {row["name"]: row["state"] for row in answer["rows"]}
    assert states.pop("reader confinement") in ("ok", "warn")  # as this machine's kernel grants it
    assert states == dict.fromkeys(
        ["embedder", "queue", "database", "workers", "scheduler", "providers", "sync runs"], "ok"
    )


def test_a_dead_scheduler_and_a_dead_worker_are_told_apart(admin: Any) -> None:
    note_heartbeat("worker", now=database_now())
    note_heartbeat("dispatcher", now=database_now() - timedelta(minutes=2))
    rows = rows_of(admin)
    assert rows["workers"]["state"] == "ok"
    assert rows["scheduler"]["state"] == "bad"
    assert "beat" in rows["scheduler"]["fix"]
    Heartbeat.objects.filter(name="worker").delete()
    rows = rows_of(admin)
    assert rows["workers"]["state"] == "bad"
    assert "worker back first" in rows["scheduler"]["fix"]


def test_a_silent_embedder_is_shown_with_its_fix(admin: Any, embedder: Any) -> None:
    embedder.available = False
    answer = admin("get", READINESS).json()
    assert answer["status"] == "degraded"
    row = answer["rows"][0]
    assert (row["name"], row["state"]) == ("embedder", "bad")
    assert row["fix"]


def test_a_queue_that_does_not_answer_is_shown(admin: Any, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    row = rows_of(admin)["queue"]
    assert row["state"] == "bad"
    assert "REDIS_URL" in row["fix"]


def test_a_queue_that_answers_and_takes_nothing_is_shown(admin: Any, settings: Any, tmp_path: Path) -> None:
    with ExitStack() as servers:
        settings.REDIS_URL = start_redis(tmp_path, servers)
        assert rows_of(admin)["queue"]["state"] == "ok"
        redis.Redis.from_url(settings.REDIS_URL).config_set("maxmemory", 1)
        row = rows_of(admin)["queue"]
    assert (row["state"], "takes nothing, so syncs wait: " in row["detail"]) == ("bad", True)
    assert "make room" in row["fix"]


def test_providers_that_cannot_be_planned_are_counted(admin: Any) -> None:
    admin("post", BASE, WIKI)
    Provider.objects.update(schedule_error="broken")
    assert rows_of(admin)["providers"]["state"] == "bad"


def test_a_runs_changes_show_what_became_of_the_texts(admin: Any, push: Callable[..., Any]) -> None:
    admin("post", BASE, WIKI)
    push({"id": "travel", "content": "Answers within ten days."})
    run = admin("post", f"{BASE}/wiki/sync").json()["id"]
    claim_run(run, now=database_now())
    push({"id": "travel", "content": "Answers within five days."}, {"id": "new", "content": "New."}, at=database_now())
    created, updated = admin("get", f"{BASE}/wiki/runs/{run}/changes").json()["changes"]
    assert (created["kind"], created["diff"], created["diff_note"]) == ("created", None, None)
    assert [(span["op"], span["text"]) for span in updated["diff"]] == [
        ("same", "Answers within "),
        ("del", "ten"),
        ("ins", "five"),
        ("same", " days."),
    ]

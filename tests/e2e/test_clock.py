"""Time goes wrong while Larder is at work: the clock is set two hours forward and back, beat is away ten minutes."""

import asyncio
import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest

from tests.e2e.conftest import PATIENCE_S, wait_for
from tests.e2e.pages import read_overview, sign_in
from tests.e2e.stack import PROVIDERS, Stack
from tests.providers.scripted import Connection, provider

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
HOUR = timedelta(hours=1)
KNOWLEDGE = "/api/v1/knowledge"
TICK_AGE = """
SELECT extract(epoch FROM pg_catalog.clock_timestamp() - at)::float8 FROM providers_heartbeat WHERE name = 'dispatcher'
"""
TEN_MINUTES_PASS = """
UPDATE providers_provider SET next_run_at = next_run_at - interval '10 min',
    created_at = created_at - interval '10 min', updated_at = updated_at - interval '10 min'
WHERE id LIKE 'each-minute%';
UPDATE providers_heartbeat SET at = at - interval '10 min' WHERE name = 'dispatcher'
"""
PLANNED = """
SELECT next_run_at > now() - interval '5 s' AND next_run_at <= now() + interval '1 min' FROM providers_provider
WHERE id LIKE 'each-minute%'
"""
STAYS = {"brief": HOUR, "day": 26 * HOUR, "ever": None}


class Held:
    """A provider whose syncs at `/long` take until `go` is set."""

    def __init__(self) -> None:
        self.began, self.go = threading.Event(), threading.Event()
        self.calls: list[str] = []

    async def __call__(self, connection: Connection) -> None:
        path = connection.asked.path.removesuffix("/internal/sync").strip("/")
        self.calls.append(path)
        if path == "long":
            self.began.set()
            while not self.go.is_set():
                await asyncio.sleep(0.05)
        await connection.answer(200, {"upserted": 0})


def test_the_clock_two_hours_ahead_and_back_runs_nothing_twice_and_keeps_nothing_waiting(stack: Stack) -> None:
    script, mark = Held(), len(stack.larder.log())
    with provider(script) as served, stack.clock.played(), psycopg.connect(stack.database_url, autocommit=True) as rows:
        stack.register("hourly", f"{served.url}/hourly", sync_schedule="0 * * * *")
        stack.register("long", f"{served.url}/long", sync_timeout_ms=600_000)
        push(stack)
        long = stack.sync("long")
        assert script.began.wait(PATIENCE_S)
        wait_for(lambda: tick_age(rows) < 3, what=stack.larder.log)

        stack.clock.set(2 * HOUR)
        [caught_up] = wait_for(lambda: runs(stack, "hourly", "succeeded"), what=stack.larder.log)
        assert caught_up["late_by_s"] >= 3_600 - 60
        assert timedelta() < next_start(stack) - datetime.now(UTC) - 2 * HOUR <= HOUR
        wait_for(lambda: found(stack) == {"day", "ever"}, what=stack.larder.log)
        wait_for(lambda: -2 * 3_600 <= tick_age(rows) < 3 - 2 * 3_600, what=stack.larder.log)
        wait_for(lambda: is_in_trash(rows), what=stack.larder.log)
        with sign_in(stack.larder.url) as browser:
            stack.clock.set(timedelta())
            wait_for(lambda: 0 <= tick_age(rows) < 3, within_s=30, what=stack.larder.log)
            assert browser.get("/").status_code == 200
        assert stack.run("long", long["id"])["state"] == "running"
        script.go.set()
        assert attempts(stack.ended("long", long["id"])) == ("succeeded", 1)
        for name in ("long", "hourly"):
            assert attempts(stack.ended(name, stack.sync(name)["id"])) == ("succeeded", 1)
        file_one(stack)
        assert found(stack) == {"day", "ever"}
        assert is_in_trash(rows), "what expired while the clock was ahead can be had back from there"
        assert len(runs(stack, "hourly", "succeeded")) == 2
        assert sorted(script.calls) == ["hourly", "hourly", "long", "long"]
        for name in ("hourly", "long"):
            stack.admin.delete(f"{PROVIDERS}/{name}")
        with stack.environment():
            assert "rules hold" in stack.larder.manage("audit_runs", "--since", "2000-01-01T00:00")
    said = stack.log_since(mark)
    assert not [line for line in said if "Traceback" in line], "\n".join(said)


def test_a_beat_that_was_killed_ten_minutes_ago_is_made_up_for_once(stack: Stack) -> None:
    """The supervisor is stopped meanwhile, as it would start another at once; ten minutes pass in the database."""
    names, supervisor = [f"each-minute{number}" for number in range(10)], stack.larder.process.pid
    with provider(Held()) as served, psycopg.connect(stack.database_url, autocommit=True) as rows:
        for number, name in enumerate(names):
            stack.register(name, f"{served.url}/{name}", sync_schedule="* * * * *", jitter_s=5 * number)
        os.kill(supervisor, signal.SIGSTOP)
        try:
            os.kill(stack.process("celery", " beat "), signal.SIGKILL)
            rows.execute(TEN_MINUTES_PASS)
            told = wait_for(lambda: scheduler_row(stack), within_s=30, what=stack.larder.log)
            assert told["fix"].startswith("Start the scheduler: ")
            assert "No tick has arrived" in read_overview(stack.larder.url)
            assert httpx.get(f"{stack.larder.url}/readyz", trust_env=False).status_code == 200, (
                "what is asked is answered"
            )
        finally:
            os.kill(supervisor, signal.SIGCONT)
        made = [wait_for(partial(runs, stack, name, "succeeded"), what=stack.larder.log) for name in names]
        planned = rows.execute(PLANNED).fetchall()
    for all_runs in made:
        late = [run for run in all_runs if run["late_by_s"] >= 540]
        assert len(late) == 1, all_runs
        assert all(run["late_by_s"] < 60 for run in all_runs if run not in late), all_runs
    assert [in_time for (in_time,) in planned] == [True] * len(names)
    assert wait_for(lambda: scheduler_row(stack) is None, what=stack.larder.log)
    with stack.environment():
        assert "rules hold" in stack.larder.manage("audit_runs", "--since", "2000-01-01T00:00")
    for name in names:
        stack.admin.delete(f"{PROVIDERS}/{name}")


def scheduler_row(stack: Stack) -> dict[str, Any] | None:
    """What readiness says of the scheduler, where it is not well."""
    rows = stack.admin.get(f"{KNOWLEDGE}/readiness").json()["rows"]
    return next((row for row in rows if row["name"] == "scheduler" and row["state"] == "bad"), None)


def push(stack: Stack) -> None:
    now = datetime.now(UTC)
    documents = [
        {"id": f"clock:{name}", "source": "clock", "content": f"A note for the {name}.", "tags": ["clock"]}
        | ({"expires_at": (now + stays).isoformat()} if stays else {})
        for name, stays in STAYS.items()
    ]
    stack.admin.post(f"{KNOWLEDGE}/bulk-upsert", json={"documents": documents}).raise_for_status()


def found(stack: Stack) -> set[str]:
    asked = {"text": "a note", "tags": "clock", "top_k": 5}
    answer = stack.admin.post(f"{KNOWLEDGE}/query", json=asked)
    return {each["id"].removeprefix("clock:") for each in answer.json().get("documents", [])}


def is_in_trash(rows: psycopg.Connection[Any]) -> bool:
    [(deleted_at,)] = rows.execute("SELECT deleted_at FROM knowledge_document WHERE key = 'clock:brief'").fetchall()
    return deleted_at is not None


def file_one(stack: Stack) -> None:
    body = {"source_type": "text", "title": "after the clock", "content": "It was set back."}
    file = stack.admin.post("/api/documents", json=body).raise_for_status().json()["id"]
    wait_for(lambda: stack.admin.get(f"/api/documents/{file}").json()["status"] == "done", what=stack.larder.log)


def runs(stack: Stack, name: str, state: str) -> list[dict[str, Any]]:
    return [run for run in stack.admin.get(f"{PROVIDERS}/{name}/runs").json().get("runs", []) if run["state"] == state]


def next_start(stack: Stack) -> datetime:
    return datetime.fromisoformat(stack.admin.get(f"{PROVIDERS}/hourly").json()["next_run_at"])


def attempts(run: dict[str, Any]) -> tuple[str, int]:
    return run["state"], run["attempt"]


def tick_age(rows: psycopg.Connection) -> float:
    """Seconds since a tick arrived, by the true clock; negative while it is ahead."""
    row = rows.execute(TICK_AGE).fetchone()
    return row[0] if row else 1e9

"""Runs survive what happens to the processes around them: killed, stopped, without Redis, without PostgreSQL.

A lease of a minute is ended in the database.
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest
from celery import Celery

from tests import ROOT
from tests.e2e.conftest import PATIENCE_S, clean_environment, wait_for
from tests.e2e.pages import read_overview
from tests.e2e.stack import PROVIDERS, Stack
from tests.providers.scripted import Connection, provider

DUE = "SELECT count(*) FROM providers_provider WHERE id LIKE 'many%' AND next_run_at <= now()"
LEASE_LEFT = "SELECT lease_until - now() FROM providers_syncrun WHERE id = %s"
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


class Slow:
    """A provider that takes its time, and knows how often it was called and how many calls overlapped."""

    def __init__(self, *, seconds: float, first_hangs: bool = False) -> None:
        self.seconds, self.first_hangs = seconds, first_hangs
        self.calls, self.began = 0, threading.Event()
        self.active: Counter[str] = Counter()
        self.overlaps = 0

    async def __call__(self, connection: Connection) -> None:
        self.calls += 1
        self.began.set()
        if self.first_hangs and self.calls == 1:
            await connection.hang()
        path = connection.asked.path
        self.active[path] += 1
        self.overlaps += self.active[path] > 1
        await asyncio.sleep(self.seconds)
        self.active[path] -= 1
        await connection.answer(200, {"upserted": 0})


def test_a_worker_that_is_told_to_stop_hands_its_run_back(stack: Stack) -> None:
    script = Slow(seconds=0.1, first_hangs=True)
    with provider(script) as served:
        stack.register("deployed", served.url)
        run = stack.sync("deployed")
        assert script.began.wait(PATIENCE_S)
        os.kill(stack.process("celery", "worker"), signal.SIGTERM)
        ended = stack.ended("deployed", run["id"])
    assert (ended["state"], ended["attempt"]) == ("succeeded", 2), stack.larder.log()
    assert ended["attempts"][0]["error"] == "The worker was shut down meanwhile."


def test_a_killed_worker_costs_one_lease(stack: Stack) -> None:
    script = Slow(seconds=0.1, first_hangs=True)
    with provider(script) as served:
        stack.register("killed", served.url, sync_timeout_ms=600_000)
        run = stack.sync("killed")
        assert script.began.wait(PATIENCE_S)
        os.kill(stack.process("celery", "worker"), signal.SIGKILL)
        with psycopg.connect(stack.database_url, autocommit=True) as database:
            row = database.execute(LEASE_LEFT, [run["id"]]).fetchone()
            assert row
            (left,) = row
            assert timedelta() < left <= timedelta(seconds=60)
            assert stack.run("killed", run["id"])["attempt"] == 1
            database.execute("UPDATE providers_syncrun SET lease_until = now() WHERE id = %s", [run["id"]])
        ended = stack.ended("killed", run["id"])
    assert (ended["state"], ended["attempt"]) == ("succeeded", 2)
    assert ended["attempts"][0]["error"] == "The worker stopped reporting."


def test_without_redis_what_runs_ends_and_what_is_due_starts_afterwards(stack: Stack) -> None:
    script = Slow(seconds=4)
    with provider(script) as served:
        stack.register("busy", served.url)
        stack.register("asked", served.url)
        stack.register("due", served.url, sync_schedule="* * * * *")
        busy = stack.sync("busy")
        assert script.began.wait(PATIENCE_S)
        mark = len(stack.larder.log())
        stack.redis.down()
        began = time.monotonic()
        asked = stack.sync("asked")
        assert time.monotonic() - began < 3
        assert stack.ended("busy", busy["id"])["state"] == "succeeded"
        rows = stack.admin.get("/api/v1/knowledge/readiness").json()["rows"]
        assert next(row for row in rows if row["name"] == "queue")["state"] == "bad"
        with psycopg.connect(stack.database_url, autocommit=True) as database:
            database.execute("UPDATE providers_provider SET next_run_at = now() WHERE id = 'due'")
        time.sleep(6)
        said = stack.log_since(mark)
        assert not [line for line in said if "Traceback" in line], "\n".join(said)
        assert len(said) <= 10, "\n".join(said)
        stack.redis.up()
        assert stack.ended("asked", asked["id"])["state"] == "succeeded"
        due = wait_for(
            lambda: [r for r in stack.admin.get(f"{PROVIDERS}/due/runs").json()["runs"] if r["state"] == "succeeded"],
            what=stack.larder.log,
        )
    assert due[0]["attempt"] == 1
    stack.admin.delete(f"{PROVIDERS}/due")


def test_a_redis_that_is_stopped_slows_nobody_and_loses_nothing(stack: Stack) -> None:
    files = "/v1/collections/silent/documents"
    stack.admin.post("/v1/collections", json={"name": "silent"}).raise_for_status()
    took = []
    with stack.silent_redis():
        for number in range(6):
            document = {"id": f"n{number}", "content": f"Note {number}.", "source": "silent-notes"}
            for path, asked in (
                (files, {"files": {"files": (f"{number}.txt", f"Text {number}.".encode(), "text/plain")}}),
                ("/api/v1/knowledge/bulk-upsert", {"json": {"documents": [document]}}),
                ("/api/v1/knowledge/query", {"json": {"text": f"note {number}", "mode": "keyword"}}),
            ):
                began = time.monotonic()
                stack.admin.post(path, **asked).raise_for_status()
                took.append(time.monotonic() - began)
    assert sorted(took)[len(took) // 2] < 0.5, took
    assert max(took) < 4, took  # once 0.25 s for each thread that is the first to notice, and a busy machine
    done = [{"file_name": f"{number}.txt", "status": "success"} for number in range(6)]
    wait_for(
        lambda: [{key: file[key] for key in ("file_name", "status")} for file in filed(stack, files)] == done,
        what=stack.larder.log,
    )


def filed(stack: Stack, path: str) -> list[dict[str, Any]]:
    return sorted(stack.admin.get(path).json(), key=lambda file: str(file["file_name"]))


def test_without_postgresql_no_verdict_is_lost(stack: Stack) -> None:
    script = Slow(seconds=3)
    with provider(script) as served:
        stack.register("kept", served.url)
        run = stack.sync("kept")
        assert script.began.wait(PATIENCE_S)
        mark = len(stack.larder.log())
        stack.postgres.down()
        refused = stack.admin.get(f"{PROVIDERS}/kept")
        assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
        assert refused.headers["Retry-After"]
        assert httpx.get(f"{stack.larder.url}/health", trust_env=False).status_code == 200
        time.sleep(4)  # the worker has tried once to note the end, and will again
        said = stack.log_since(mark)
        stack.postgres.up()
        ended = stack.ended("kept", run["id"])
    assert (ended["state"], ended["attempt"]) == ("succeeded", 1)
    assert script.calls == 1
    assert not [line for line in said if "Traceback" in line], "\n".join(said)
    assert len(said) <= 15, "\n".join(said)
    again = stack.sync("kept")
    assert stack.ended("kept", again["id"])["attempt"] >= 1


def test_terminated_backends_leave_no_orphan(stack: Stack) -> None:
    script = Slow(seconds=3)
    with provider(script) as served:
        stack.register("cut", served.url)
        run = stack.sync("cut")
        assert script.began.wait(PATIENCE_S)
        with psycopg.connect(stack.database_url, autocommit=True) as database:
            for _ in range(10):
                database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
                time.sleep(0.4)
        assert stack.ended("cut", run["id"])["state"] == "succeeded"
    assert script.calls == 1


def test_three_beats_and_three_workers_run_each_slot_once(stack: Stack) -> None:
    extra = clean_environment() | stack.variables | {"LARDER_DATA_DIR": str(stack.larder.data_dir)}
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
    beat = [*celery, "beat", "--scheduler", "config.processes.ticks:TickScheduler", "--pidfile", ""]
    worker = [*celery, "worker", "--pool", "threads", "--concurrency", "16", "--queues", "celery,syncs"]
    quiet: dict[str, Any] = {"cwd": ROOT, "env": extra, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    more = [subprocess.Popen(command, **quiet) for command in (beat, beat, worker, worker)]
    script, names = Slow(seconds=0.3), [f"many{number}" for number in range(20)]
    try:
        with provider(script) as served:
            for name in names:
                stack.register(name, f"{served.url}/{name}", sync_schedule="0 0 1 1 *")
            queue = Celery(broker=stack.redis_url, set_as_current=False).control
            wait_for(lambda: len(queue.ping(timeout=1)) == 3, what=stack.larder.log)
            with psycopg.connect(stack.database_url, autocommit=True) as database:

                def all_claimed() -> bool:
                    return database.execute(DUE).fetchone() == (0,)

                for _ in range(8):
                    database.execute("UPDATE providers_provider SET next_run_at = now() WHERE id LIKE 'many%'")
                    wait_for(all_claimed, what=stack.larder.log)

                def counted() -> Counter[str]:
                    rows = database.execute("SELECT state FROM providers_syncrun WHERE provider_id LIKE 'many%'")
                    return Counter(state for (state,) in rows)

                wait_for(lambda: not {"queued", "running"} & counted().keys(), what=counted)
                states = counted()
    finally:
        for process in more:
            process.kill()
            process.wait()
        for name in names:
            stack.admin.delete(f"{PROVIDERS}/{name}")
    assert states["succeeded"] == script.calls >= 20
    assert states["succeeded"] + states["skipped"] == sum(states.values()) == 160
    assert script.overlaps == 0


def test_a_dead_scheduler_is_shown_and_what_it_missed_is_caught_up_once(stack: Stack) -> None:
    names = [f"missed{number}" for number in range(12)]
    with provider(Slow(seconds=0.1)) as served:
        for number, name in enumerate(names):
            stack.register(name, f"{served.url}/{name}", sync_schedule=f"{5 * number} * * * *")
        beat = stack.process("celery", " beat ")
        held = (stack.larder.process.pid, beat)  # the supervisor, too: it would have another in its place
        for pid in held:
            os.kill(pid, signal.SIGSTOP)
        try:
            fix = wait_for(lambda: _fix_of("scheduler", stack), what=stack.larder.log)
            assert fix.startswith("Start the scheduler: ")
            assert "No tick has arrived" in read_overview(stack.larder.url)
            with psycopg.connect(stack.database_url, autocommit=True) as database:
                database.execute(
                    "UPDATE providers_provider SET next_run_at = next_run_at - interval '27 h', "
                    "created_at = created_at - interval '27 h', updated_at = updated_at - interval '27 h' "
                    "WHERE id LIKE 'missed%'"
                )
        finally:
            for pid in held:
                os.kill(pid, signal.SIGCONT)
        made = [wait_for(partial(_ended_runs, stack, name), what=stack.larder.log) for name in names]
    for runs in made:
        assert [run["late_by_s"] >= 26 * 3_600 for run in runs] == [True]
        assert _instant(runs[0]["scheduled_for"]) <= _instant(runs[0]["queued_at"])
    with stack.environment():
        assert "rules hold" in stack.larder.manage("audit_runs", "--since", _two_days_ago())
    assert wait_for(lambda: _fix_of("scheduler", stack) == "")
    for name in names:
        stack.admin.delete(f"{PROVIDERS}/{name}")


def _instant(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _fix_of(part: str, stack: Stack) -> str:
    rows = stack.admin.get("/api/v1/knowledge/readiness").json()["rows"]
    return next(row["fix"] for row in rows if row["name"] == part) or ""


def _ended_runs(stack: Stack, name: str) -> list[dict[str, Any]]:
    runs = stack.admin.get(f"{PROVIDERS}/{name}/runs").json()["runs"]
    return runs if all(run["state"] == "succeeded" for run in runs) else []


def _two_days_ago() -> str:
    return (datetime.now(UTC) - timedelta(days=2)).isoformat()

"""What PostgreSQL or Redis kept is gone while Larder is at work: a database is dropped and made anew, Redis flushed."""

import html
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import redis

from tests.e2e.conftest import PATIENCE_S, wait_for
from tests.e2e.pages import sign_in
from tests.e2e.stack import PROVIDERS, Stack
from tests.e2e.test_clock import Held, tick_age
from tests.providers.scripted import provider
from tests.servers import END_CLIENTS

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
KNOWLEDGE = "/api/v1/knowledge"
QUESTION = {"text": "who keeps the keys", "top_k": 3}


class Database:
    """The stack's own, which is put aside, and put back at the end: other tests go on with it."""

    def __init__(self, stack: Stack, server: psycopg.Connection) -> None:
        self.name, self.server = urlsplit(stack.database_url).path.strip("/"), server

    def vanish(self) -> None:
        self._close(self.name)
        self.server.execute(f"ALTER DATABASE {self.name} RENAME TO kept")

    def create(self) -> None:
        self.server.execute(f"CREATE DATABASE {self.name}")

    def put_back(self) -> None:
        """Nothing where it is there."""
        if not self._is_there("kept"):
            return
        if self._is_there(self.name):
            self._close(self.name)
            self.server.execute(f"DROP DATABASE {self.name}")
        self.server.execute(f"ALTER DATABASE kept RENAME TO {self.name}")
        self.server.execute(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")

    def _close(self, name: str) -> None:
        self.server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        self.server.execute(END_CLIENTS, [name])

    def _is_there(self, name: str) -> bool:
        return bool(self.server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


@pytest.fixture
def database(stack: Stack) -> Iterator[Database]:
    server = urlsplit(stack.database_url)._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        found = Database(stack, connection)
        yield found
        found.put_back()


def each_way(client: httpx.Client, pages: httpx.Client) -> dict[str, httpx.Response]:
    """Every kind of address that asks the database, at once."""
    document = {"id": "lost:1", "source": "lost", "content": "The porter keeps the keys."}
    ways: dict[str, Callable[[], httpx.Response]] = {
        "query": partial(client.post, f"{KNOWLEDGE}/query", json=QUESTION),
        "explained": partial(client.post, f"{KNOWLEDGE}/query", json=QUESTION | {"explain": True}),
        "list": partial(client.get, f"{KNOWLEDGE}/documents"),
        "push": partial(client.post, f"{KNOWLEDGE}/bulk-upsert", json={"documents": [document]}),
        "readiness": partial(client.get, f"{KNOWLEDGE}/readiness"),
        "files": partial(client.get, "/api/documents"),
        "memory": partial(client.post, "/api/v1/nobody/facts", json={"text": "I like tea."}),
        "metrics": partial(client.get, "/metrics"),
        "page": partial(pages.get, "/"),
    }
    with ThreadPoolExecutor(len(ways)) as threads:
        return dict(zip(ways, threads.map(lambda ask: ask(), ways.values()), strict=True))


def statuses(answers: dict[str, httpx.Response]) -> set[int]:
    return {answer.status_code for answer in answers.values()}


def failing(stack: Stack) -> list[str]:
    found: list[str] = httpx.get(f"{stack.larder.url}/readyz", timeout=20, trust_env=False).json()["failing"]
    return found


def test_a_database_that_is_dropped_and_made_anew_is_told_and_is_served_once_it_is_migrated(
    stack: Stack, database: Database
) -> None:
    wait_for(lambda: failing(stack) == [], what=stack.larder.log)
    mark, processes = len(stack.larder.log()), ours(stack)
    with sign_in(stack.larder.url) as pages:
        database.vanish()
        gone = each_way(stack.admin, pages)
        assert statuses(gone) == {503}, gone
        wait_for(lambda: failing(stack) == ["database", "migrations"], what=stack.larder.log)
        database.create()
        wait_for(lambda: failing(stack) == ["migrations"], what=stack.larder.log)
        empty = each_way(stack.admin, pages)
        assert statuses(empty) == {503}, empty
        assert all("manage.py migrate" in html.unescape(answer.text) for answer in empty.values()), empty
    time.sleep(3)  # the ticks of the worker fail meanwhile
    with stack.environment():
        stack.larder.manage("migrate")
        key = stack.larder.manage("create_key", "anew", "--role", "admin").strip()
    check_work(stack, key)
    assert ours(stack) == processes, "nobody was restarted"
    said = stack.log_since(mark)
    assert not [line for line in said if "Traceback" in line], "\n".join(said)
    database.put_back()
    wait_for(lambda: stack.admin.get(f"{KNOWLEDGE}/readiness").is_success, within_s=30, what=stack.larder.log)
    audit(stack)


def test_a_redis_that_is_flushed_costs_no_run_and_no_message(stack: Stack) -> None:
    mark, script = len(stack.larder.log()), Held()
    with provider(script) as served, redis.Redis.from_url(stack.redis_url) as server:
        stack.register("held", f"{served.url}/long", sync_timeout_ms=600_000)
        stack.register("flushed", f"{served.url}/flushed")
        long = stack.sync("held")
        assert script.began.wait(PATIENCE_S)
        flushed = stack.sync("flushed")
        server.flushall()
        for _ in range(3):
            server.flushall()
            assert stack.ended("flushed", flushed["id"])["state"] == "succeeded"
            flushed = stack.sync("flushed")
        script.go.set()
        assert stack.ended("flushed", flushed["id"])["state"] == "succeeded"
        assert stack.ended("held", long["id"])["attempt"] == 1
    with psycopg.connect(stack.database_url, autocommit=True) as rows:
        server.flushall()
        wait_for(lambda: tick_age(rows) < 2, what=stack.larder.log)
    assert sorted(script.calls) == ["flushed"] * 4 + ["long"]
    said = stack.log_since(mark)
    assert not [line for line in said if "Traceback" in line], "\n".join(said)
    for name in ("held", "flushed"):
        stack.admin.delete(f"{PROVIDERS}/{name}")
    audit(stack)


def ours(stack: Stack) -> list[int]:
    return [stack.process("celery", " worker "), stack.process("celery", " beat ")]


def check_work(stack: Stack, key: str) -> None:
    """Larder serves: a push is found, a provider synced, the scheduler ticks."""
    script = Held()
    with stack.larder.client(key) as admin, provider(script) as served:
        document = {"id": "anew", "source": "anew", "content": "The porter has new keys."}
        admin.post(f"{KNOWLEDGE}/bulk-upsert", json={"documents": [document]}).raise_for_status()
        found = admin.post(f"{KNOWLEDGE}/query", json=QUESTION).raise_for_status().json()["documents"]
        assert [each["id"] for each in found] == ["anew"]
        admin.post(PROVIDERS, json={"id": "anew", "url": f"{served.url}/anew"}).raise_for_status()
        run = admin.post(f"{PROVIDERS}/anew/sync").raise_for_status().json()["id"]
        path = f"{PROVIDERS}/anew/runs/{run}"
        wait_for(lambda: admin.get(path).json()["state"] == "succeeded", what=stack.larder.log)
        rows = admin.get(f"{KNOWLEDGE}/readiness").json()["rows"]
        assert {row["name"]: row["state"] for row in rows}["scheduler"] == "ok"
    audit(stack)


def audit(stack: Stack) -> None:
    with stack.environment():
        assert "rules hold" in stack.larder.manage("audit_runs", "--since", "2000-01-01T00:00")

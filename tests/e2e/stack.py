"""Larder above servers of the tests' own, so that they can be away for longer than the supervisor would let them."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from embedded import postgres, redis
from embedded.child import Program, running
from tests.e2e.conftest import Larder, start, wait_for
from tests.e2e.played_clock import PlayedClock

PROVIDERS = "/api/v1/plugins/context_provider"


class Server:
    """A server that can be stopped and started again at the same address, with what it kept."""

    def __init__(self, program: Program, ready: Callable[[], bool], output: Path) -> None:
        self.program, self.ready, self.output = program, ready, output
        self.up()

    def up(self) -> None:
        self.life = ExitStack()
        self.pid = self.life.enter_context(running(self.program, ready=self.ready, output=self.output))

    def down(self) -> None:
        self.life.close()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """It and all its processes stand still, and go on afterwards; the kernel still takes connections for it."""
        still = [self.pid, *descendants(self.pid)]
        try:
            for pid in still:
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in still:
                os.kill(pid, signal.SIGCONT)


def serve_postgres(server: postgres.Postgres, **more: str) -> Server:
    """`more` settings go before the usual ones."""
    program = postgres.postgres_program(server)
    flags = [part for name, value in more.items() for part in ("-c", f"{name}={value}")]
    program = replace(program, argv=[*program.argv, *flags])
    return Server(program, partial(postgres.is_ready, server), server.directory.with_suffix(".log"))


class Stack:
    """A running Larder and the two servers under it."""

    def __init__(self, directory: Path, **variables: str) -> None:
        database = self.prepare_database(directory)
        queue = redis.prepare_redis(directory / "redis", durable=False)
        self.database_url, self.redis_url = database.url, queue.url
        self.postgres = self.serve_database(database)
        self.redis = Server(redis.redis_program(queue), partial(redis.is_ready, queue), directory / "redis.log")
        self.clock = PlayedClock(directory / "clock", database.url)
        variables |= self.start_more(database)
        self.variables = {"DATABASE_URL": database.url, "REDIS_URL": queue.url, **self.clock.variables, **variables}
        self.larder: Larder = start(directory / "data", "--no-demo", **self.variables)
        self.admin = self.larder.client(self.larder.create_key("admin", role="admin"))

    def prepare_database(self, directory: Path) -> postgres.Postgres:
        return postgres.prepare_postgres(directory / "postgres", fast=True)

    def serve_database(self, database: postgres.Postgres) -> Server:
        return serve_postgres(database)

    def start_more(self, database: postgres.Postgres) -> dict[str, str]:
        """Further servers, before Larder begins; its variables for them."""
        return {}

    @contextmanager
    def environment(self) -> Iterator[None]:
        """As the stack's own processes have it."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.variables.items():
                patch.setenv(name, value)
            yield

    def process(self, *words: str) -> int:
        """The pid of the stack's own process whose command line holds these words."""
        found = [pid for pid in descendants(self.larder.process.pid) if all(word in command_of(pid) for word in words)]
        assert len(found) == 1, found
        return found[0]

    @contextmanager
    def silent_redis(self) -> Iterator[None]:
        """Redis accepts connections and says nothing."""
        port = f":{urlsplit(self.redis_url).port}"
        [pid] = [pid for pid in descendants(os.getpid()) if port in command_of(pid) and "server" in command_of(pid)]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def register(self, provider_id: str, url: str, **fields: Any) -> None:
        given = {"id": provider_id, "url": url, "retry_backoff_s": 1, **fields}
        answer = self.admin.post(PROVIDERS, json=given)
        assert answer.status_code == 201, answer.text

    def sync(self, provider_id: str) -> dict[str, Any]:
        answer = self.admin.post(f"{PROVIDERS}/{provider_id}/sync")
        assert answer.status_code == 202, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def run(self, provider_id: str, run_id: str) -> dict[str, Any]:
        answer = self.admin.get(f"{PROVIDERS}/{provider_id}/runs/{run_id}")
        return answer.json() if answer.status_code == 200 else {"state": "?"}

    def ended(self, provider_id: str, run_id: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            run = self.run(provider_id, run_id)
            return run if run["state"] not in ("?", "queued", "running") else None

        found: dict[str, Any] = wait_for(look, what=self.larder.log)
        return found

    def log_since(self, mark: int) -> list[str]:
        return self.larder.log()[mark:].splitlines()


def descendants(pid: int) -> list[int]:
    try:
        threads = Path(f"/proc/{pid}/task").iterdir()
        children = [int(word) for thread in threads for word in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return children + [each for child in children for each in descendants(child)]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""

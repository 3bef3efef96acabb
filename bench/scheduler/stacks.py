"""What is measured: PostgreSQL and Redis alone, or all of `manage.py up`. This process speaks Django to it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import django
import httpx

from bench.compare.programs import ROOT, clean_environment, free_port, listens, running, wait_until
from config.stack_record import read_stack
from embedded import child, postgres, redis

ALSO_CALLED = {"redis": ("redis", "valkey")}
"""The wheel's own Redis is Valkey."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """All of Larder, at work. `pid` is the supervisor's."""

    data_dir: Path
    web_url: str
    pid: int
    key: str

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return manage(self.data_dir, *arguments)

    def process(self, name: str) -> int | None:
        """The pid of this child of the supervisor: `worker`, `beat`, `postgres`, `redis`; None while it is gone."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return next((int(pid) for pid in children if _is_called(name, pid)), None)

    def sync(self, provider_id: str) -> str:
        """Ask for a sync as a person would; the run's id."""
        url = f"{self.web_url}/api/v1/plugins/context_provider/{provider_id}/sync"
        answer = httpx.post(url, headers={"Authorization": f"Bearer {self.key}"}, trust_env=False, timeout=60)
        answer.raise_for_status()
        return str(answer.json()["id"])


def manage(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A `manage.py` command against the stack on this directory."""
    environment = clean_environment() | {"LARDER_DATA_DIR": str(data_dir)}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def _is_called(name: str, pid: str) -> bool:
    """By its program's file name, or, where that is Python's, by a word of its command line."""
    try:
        program, *words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return Path(program).name.startswith(ALSO_CALLED.get(name, (name,))) or name in words


@contextmanager
def stack(data_dir: Path | None, directory: Path, **variables: str) -> Iterator[Stack]:
    """The stack that runs on `data_dir`, or without one a stack of our own, which `variables` configure."""
    if data_dir:
        yield _join(data_dir)
        return
    data_dir, port = directory / "data", free_port()
    command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(port), "--data-dir", str(data_dir)]
    with running(command, variables=variables, log=directory / "up.log") as process:
        wait_until(lambda: listens(port, process), what="Larder")
        yield _join(data_dir)


def _join(data_dir: Path) -> Stack:
    record = read_stack(data_dir)
    if record is None:
        raise SystemExit(f"Nothing runs on {data_dir}.")
    key = manage(data_dir, "create_key", "bench", "--role", "admin").stdout.strip()
    _speak_django(LARDER_DATA_DIR=str(data_dir))
    return Stack(data_dir=data_dir, web_url=record.web_url, pid=record.pid, key=key)


@contextmanager
def servers(directory: Path) -> Iterator[None]:
    """PostgreSQL, with the durability that Larder gives it, and Redis; the schema is there, and nothing else runs."""
    database, queue = postgres.prepare_postgres(directory / "postgres"), redis.prepare_redis(directory / "redis")
    database_ready, queue_ready = partial(postgres.is_ready, database), partial(redis.is_ready, queue)
    with (
        child.running(postgres.postgres_program(database), ready=database_ready, output=directory / "postgres.log"),
        child.running(redis.redis_program(queue), ready=queue_ready, output=directory / "redis.log"),
    ):
        _speak_django(DATABASE_URL=database.url, REDIS_URL=queue.url)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


def _speak_django(**variables: str) -> None:
    os.environ.update(variables, DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="WARNING")
    django.setup()

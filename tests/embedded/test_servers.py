"""The embedded servers, started for real on directories of their own."""

import io
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest
import redis as redis_client

from config.stack_record import is_alive
from embedded import postgres, redis
from embedded.child import ON_LINUX, StackRefused, running, spawn
from embedded.combined_log import CombinedLog
from embedded.processes import Supervisor
from embedded.up import start_server


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster's directory below one that only its owner may enter, as .larder is."""
    directory = tmp_path_factory.mktemp("closed") / "postgres"
    directory.parent.chmod(0o700)
    postgres.prepare_postgres(directory, fast=True)
    return directory


@contextmanager
def serving(server: postgres.Postgres) -> Iterator[int]:
    output = server.directory.with_name("postgres.log")
    with running(postgres.postgres_program(server), ready=partial(postgres.is_ready, server), output=output) as pid:
        yield pid


@contextmanager
def serving_redis(server: redis.Redis) -> Iterator[redis_client.Redis]:
    output = server.directory.with_name("redis.log")
    with (
        running(redis.redis_program(server), ready=partial(redis.is_ready, server), output=output),
        redis_client.Redis.from_url(server.url) as client,
    ):
        yield client


def ask(server: postgres.Postgres, sql: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(sql).fetchone()
        return row[0] if row else None


def test_every_database_that_the_role_creates_has_pgvector(cluster: Path) -> None:
    server = postgres.prepare_postgres(cluster, fast=True)
    with serving(server):
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE another")
        with psycopg.connect(server.url, dbname="another") as connection:
            assert connection.execute("SELECT '[3,4]'::halfvec <-> '[0,0]'").fetchone() == (5.0,)


def test_the_role_is_no_superuser_and_needs_its_password(cluster: Path) -> None:
    server = postgres.prepare_postgres(cluster, fast=True)
    with serving(server):
        assert ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url, password="wrong")
        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
            psycopg.connect(server.url, user="postgres")


def test_rows_are_still_there_after_a_restart(cluster: Path) -> None:
    first = postgres.prepare_postgres(cluster, fast=True)
    with serving(first), psycopg.connect(first.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    second = postgres.prepare_postgres(cluster, fast=True)
    with serving(second):
        assert ask(second, "SELECT number FROM kept") == 7


def test_a_durable_server_flushes_what_it_commits(cluster: Path) -> None:
    server = postgres.prepare_postgres(cluster)
    with serving(server):
        assert [ask(server, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == [
            "on"
        ] * 3


def test_the_server_never_runs_as_root(cluster: Path) -> None:
    with serving(postgres.prepare_postgres(cluster, fast=True)) as pid:
        assert os.stat(f"/proc/{pid}").st_uid != 0 if ON_LINUX else True


@pytest.mark.skipif(not ON_LINUX, reason="leftovers are recognised through /proc")
def test_a_server_left_over_is_stopped_before_the_next_starts(cluster: Path) -> None:
    first = postgres.prepare_postgres(cluster, fast=True)
    with serving(first) as left_over:
        second = postgres.prepare_postgres(cluster, fast=True)
        with serving(second) as pid:
            assert pid != left_over
            assert ask(second, "SELECT 1") == 1


@pytest.mark.skipif(not ON_LINUX, reason="leftovers are recognised through /proc")
def test_a_stale_pid_file_that_names_another_process_harms_nobody(cluster: Path) -> None:
    other = subprocess.Popen(["sleep", "60"])
    try:
        (cluster / "postmaster.pid").write_text(f"{other.pid}\n")
        server = postgres.prepare_postgres(cluster, fast=True)
        with serving(server):
            assert ask(server, "SELECT 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_start_that_was_cut_short_leaves_no_ruin(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()  # an empty volume
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    server = postgres.prepare_postgres(tmp_path / "postgres", fast=True)
    with serving(server):
        assert ask(server, "SELECT count(*) FROM pg_extension WHERE extname = 'vector'") == 1


def test_a_server_that_cannot_start_says_why(cluster: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        prepared = postgres.prepare_postgres(cluster, fast=True)
        server = replace(prepared, port=occupant.getsockname()[1])
        with pytest.raises(StackRefused, match=r"(?s)postgres did not start.*could not create any TCP/IP sockets"):
            serving(server).__enter__()


def test_the_queue_is_still_there_after_a_restart(tmp_path: Path) -> None:
    with serving_redis(redis.prepare_redis(tmp_path / "redis")) as client:
        client.rpush("queue", "task")
    with serving_redis(redis.prepare_redis(tmp_path / "redis")) as client:
        assert client.lpop("queue") == b"task"


def test_redis_needs_its_password_and_its_configuration_is_private(tmp_path: Path) -> None:
    server = redis.prepare_redis(tmp_path / "redis", durable=False)
    with serving_redis(server):
        assert redis.is_ready(server)
        assert not redis.is_ready(replace(server, password="wrong"))
    assert stat.S_IMODE((tmp_path / "redis" / "redis.conf").stat().st_mode) == 0o600


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Puts a program on PATH, alone but for those put before it, that answers `--version` with these words."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(name: str, told: str) -> Path:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{told}'\n")
        program.chmod(0o700)
        return program

    return put


def test_a_server_on_path_goes_first_and_valkey_before_redis(on_path: Callable[[str, str], Path]) -> None:
    older = on_path("redis-server", "Redis server v=6.2.14 sha=00000000:0 malloc=jemalloc-5.1.0 bits=64")
    assert redis.find_binary() == redis.Binary(path=older)
    newer = on_path("valkey-server", "Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64")
    assert redis.find_binary() == redis.Binary(path=newer)


def test_a_server_on_path_that_is_too_old_is_passed_over_in_a_sentence(on_path: Callable[[str, str], Path]) -> None:
    old = on_path("redis-server", "Redis server v=5.0.7 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64")
    dumb = on_path("valkey-server", "hello")
    found = redis.find_binary()
    assert found.path.parent.parent.name == "_binaries"
    assert found.passed_over == (
        f"{dumb} does not tell its version, and is passed over",
        f"{old} is 5.0, older than 6.2, and is passed over",
    )


def test_files_that_the_server_cannot_load_end_the_start_with_a_sentence(tmp_path: Path) -> None:
    files = tmp_path / "redis" / "appendonlydir"
    files.mkdir(parents=True)
    (files / "appendonly.aof.manifest").write_text("file appendonly.aof.1.base.rdb seq 1 type b\n")
    (files / "appendonly.aof.1.base.rdb").write_text("REDIS0099")
    server = redis.prepare_redis(tmp_path / "redis")
    stack = Supervisor(CombinedLog(io.StringIO(), width=6, coloured=False))
    ready, hopeless = partial(redis.is_ready, server), partial(redis.cannot_load, server)
    with stack.listening(), pytest.raises(StackRefused, match=rf"cannot load the files in {tmp_path}/redis: .* RDB"):
        start_server(redis.redis_program(server), stack, ready=ready, hopeless=hopeless)


def test_the_queue_that_the_older_embedded_server_left_is_read(tmp_path: Path) -> None:
    """Up to 6.2 it was one file beside the configuration."""
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "appendonly.aof").write_bytes(b"*3\r\n$5\r\nRPUSH\r\n$5\r\nqueue\r\n$4\r\ntask\r\n")
    with serving_redis(redis.prepare_redis(tmp_path / "redis")) as client:
        assert client.lpop("queue") == b"task"


@pytest.mark.skipif(not ON_LINUX, reason="leftovers are recognised through /proc")
def test_a_redis_left_over_is_stopped_before_the_next_starts(tmp_path: Path) -> None:
    first = redis.prepare_redis(tmp_path / "redis")
    left_over = spawn(redis.redis_program(first))
    while not redis.is_ready(first):
        time.sleep(0.01)
    redis_client.Redis.from_url(first.url).rpush("queue", "task")
    with serving_redis(redis.prepare_redis(tmp_path / "redis")) as client:
        assert left_over.wait(5) == 0
        assert client.lpop("queue") == b"task"


@pytest.mark.skipif(not ON_LINUX, reason="only Linux tells a child that its parent died")
def test_a_server_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from embedded import redis; from embedded.child import spawn\n"
        "server = redis.prepare_redis(Path(sys.argv[1])); child = spawn(redis.redis_program(server))\n"
        "while not redis.is_ready(server): time.sleep(0.01)\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, tmp_path / "redis"], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert ends(child)


def ends(pid: int) -> bool:
    """Whether a process that is not our child is gone within five seconds."""
    for _ in range(100):
        if not is_alive(pid):
            return True
        time.sleep(0.05)
    return False

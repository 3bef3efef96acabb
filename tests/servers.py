"""A pytest plugin that gives the session a PostgreSQL and a Redis of its own, unless the environment names others.

Loaded with `-p tests.servers`, so that the servers answer before Django's settings are read. They give up durability
for speed, work in a temporary directory, and are stopped with the session, however it ends.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from embedded import postgres, redis
from embedded.child import running

END_CLIENTS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'
"""
"""Of a database that is to go: autovacuum makes way by itself, and only a superuser may end it (FORCE would try)."""


def start_servers() -> None:
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    directory = Path(tempfile.mkdtemp(prefix="larder-tests-"))
    servers = ExitStack()
    atexit.register(servers.close)
    servers.callback(shutil.rmtree, directory, ignore_errors=True)
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start_postgres(directory, servers)
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = start_redis(directory, servers)


def start_postgres(directory: Path, servers: ExitStack) -> str:
    server = postgres.prepare_postgres(directory / "postgres", fast=True)
    program = postgres.postgres_program(server)
    ready = partial(postgres.is_ready, server)
    servers.enter_context(running(program, ready=ready, output=directory / "postgres.log"))
    return server.url


def start_redis(directory: Path, servers: ExitStack) -> str:
    server = redis.prepare_redis(directory / "redis", durable=False)
    ready = partial(redis.is_ready, server)
    servers.enter_context(running(redis.redis_program(server), ready=ready, output=directory / "redis.log"))
    return server.url


def choose_database() -> None:
    """Each worker has a database of that Redis to itself. One of PostgreSQL it gets from pytest-django."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = urlsplit(os.environ["REDIS_URL"])
    os.environ["REDIS_URL"] = url._replace(path=f"/{int(url.path.strip('/') or 0) + int(worker)}").geturl()


start_servers()
choose_database()
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))

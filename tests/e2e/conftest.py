"""Larder as a newcomer runs it: `manage.py up` as real processes on a data directory of their own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from embedded.child import Program, spawn
from tests import ROOT

if TYPE_CHECKING:
    from tests.e2e.stack import Stack

PASSWORD = "a password for tests"
PATIENCE_S = 120.0
"""Nobody waits so long but where something is wrong, or the machine is busy. All waits look again and again."""
NO_TLS = False
"""Where a stack is asked by plain http, again and again: reading certificates for each new client takes 15 ms."""


@dataclass(frozen=True, kw_only=True)
class Larder:
    """A running stack: its address, its data directory, its combined log so far."""

    url: str
    data_dir: Path
    log_file: Path
    process: subprocess.Popen[bytes]
    admin_password: str = PASSWORD
    ollama_port: int = 0

    def manage(self, *arguments: str) -> str:
        """Run a `manage.py` command against this stack; its standard output."""
        environment = clean_environment() | {"LARDER_DATA_DIR": str(self.data_dir)}
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def create_key(self, name: str, *, role: str, source: str | None = None) -> str:
        """By the API, with the admin's key that the first start shows: each `manage.py` is a process of a second."""
        shown = wait_for(lambda: re.search(r"LARDER_ADMIN_KEY=(\S+)", self.log()), what=self.log)
        with self.client(shown[1]) as admin:
            asked = {"name": name, "role": role, "source": source}
            return str(admin.post("/api/v1/keys", json=asked).raise_for_status().json()["key"])

    def client(self, key: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False, verify=NO_TLS)

    def log(self) -> str:
        return self.log_file.read_text()


def clean_environment() -> dict[str, str]:
    """The machine's environment without what would point a stack at the tests' own servers, or make it start slowly."""
    ours = (
        "DATABASE_URL",
        "REDIS_URL",
        "LARDER_DATA_DIR",
        "DJANGO_SETTINGS_MODULE",
        "OLLAMA_URL",
        "EMBEDDING_MODEL",
        "SECRET_KEY",
    )
    return {name: value for name, value in os.environ.items() if name not in (*ours, "PYTHONDONTWRITEBYTECODE")}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def start(data_dir: Path, *options: str, **variables: str) -> Larder:
    """Start `manage.py up` with the local model; returns once it answers. Nothing listens at its `ollama_port` yet."""
    port, ollama_port = free_port(), free_port()
    ours = {"OLLAMA_URL": f"http://127.0.0.1:{ollama_port}", "EMBEDDING_MODEL": "local:all-MiniLM-L6-v2"}
    log_file = data_dir.parent / f"{data_dir.name}-{port}.log"
    where = ["--port", str(port), "--data-dir", str(data_dir)]
    command = [sys.executable, str(ROOT / "manage.py"), "up", *where, *options]
    environment = clean_environment() | {"LARDER_ADMIN_PASSWORD": PASSWORD} | ours | variables
    program = Program(name="up", argv=command, env=environment, cwd=data_dir.parent, orphan_signal=signal.SIGTERM)
    with log_file.open("w") as log:
        process = spawn(program, stdout=log.fileno(), stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    larder = Larder(url=url, data_dir=data_dir, log_file=log_file, process=process, ollama_port=ollama_port)
    try:
        wait_for(lambda: answers(larder), within_s=180, what=lambda: larder.log())
    except BaseException:
        stop(larder)
        raise
    return larder


def answers(larder: Larder) -> bool:
    assert larder.process.poll() is None, larder.log()
    try:
        return httpx.get(f"{larder.url}/health", timeout=2, trust_env=False, verify=NO_TLS).status_code == 200
    except httpx.TransportError:
        return False


def send_first_messages(larder: Larder, key: str) -> None:
    """To `/mcp`, by connections enough to meet each web process: it imports a library then, which takes a busy machine
    longer than the ten seconds that a client gives to discovery before it falls back on the handshake."""
    ping, accepted = {"jsonrpc": "2.0", "id": 1, "method": "ping"}, {"Accept": "application/json, text/event-stream"}
    for _ in range(8):
        with larder.client(key) as client:
            assert client.post("/mcp", json=ping, headers=accepted).status_code == 200


def stop(larder: Larder) -> int:
    """Ctrl-C, as a person would; the exit code."""
    larder.process.send_signal(signal.SIGINT)
    try:
        return larder.process.wait(timeout=PATIENCE_S)
    finally:
        larder.process.kill()


def wait_for(look: Callable[[], Any], *, within_s: float = PATIENCE_S, what: Callable[[], Any] = lambda: "") -> Any:
    """What `look` answers once it is true."""
    ends_at = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < ends_at, f"not within {within_s} s: {what()}"
        time.sleep(0.2)
    return found


@pytest.fixture(scope="package")
def larder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Larder]:
    """One stack without the demo, shared by the end-to-end tests; each uses sources of its own."""
    running = start(tmp_path_factory.mktemp("up") / "data", "--no-demo")
    yield running
    assert stop(running) == 0, running.log()


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Stack"]:
    """One more above servers that tests may stop, shared by those of them that do its processes harm.

    It files eight at a time, in short chunks.
    """
    from tests.e2e.stack import Stack  # which is made of what stands above

    made = Stack(tmp_path_factory.mktemp("stack"), MAX_CONCURRENT_FILINGS="8", CHUNK_CHARS="2000")
    yield made
    assert stop(made.larder) == 0, made.larder.log()
    made.redis.down()
    made.postgres.down()

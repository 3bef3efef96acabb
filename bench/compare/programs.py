"""What runs beside the measurement: on loopback only, and stopped however the run ends."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
STOP_WITHIN_S = 60

OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "LARDER_DATA_DIR",
    "OLLAMA_URL",
    "EMBEDDING_MODEL",
    "SEARCH_INDEX",
)
"""Variables that would point a stack somewhere else, or make it another one."""


class BenchmarkFailed(Exception):
    """Something beside the measurement did not do its part."""


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in (*OURS, "THROTTLE_RATE")}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str],
    *,
    variables: Mapping[str, str] | None = None,
    log: Path | None = None,
    stdout: int = subprocess.DEVNULL,
    root: Path = ROOT,
) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a session of its own, so that Ctrl-C reaches it only through us."""
    output = log.open("wb") if log else None
    process = subprocess.Popen(
        command,
        cwd=root,
        env=clean_environment() | dict(variables or {}),
        stdout=output or stdout,
        stderr=subprocess.STDOUT if output else subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        stop(process)
        if output:
            output.close()


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        raise BenchmarkFailed(f"{process.args!r} ended with {process.returncode}.")
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def wait_until(look: Callable[[], bool], *, what: str, within_s: float = 120) -> None:
    ends_at = time.monotonic() + within_s
    while not look():
        if time.monotonic() > ends_at:
            raise BenchmarkFailed(f"{what} was not ready within {within_s:.0f} s.")
        time.sleep(0.1)

"""Processes of Larder that are stopped instead of dying are replaced."""

import os
import signal
import time

import httpx
import pytest

from tests.e2e.conftest import wait_for
from tests.e2e.stack import Stack, command_of, descendants

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
REPLACED_WITHIN_S = 20.0


def web_processes(stack: Stack) -> list[int]:
    """Those that answer requests, without the one that started them."""
    (server,) = (pid for pid in descendants(stack.larder.process.pid) if "-m granian" in command_of(pid))
    return [pid for pid in descendants(server) if "spawn_main" in command_of(pid)]


def pulses(stack: Stack, name: str) -> set[int]:
    return {int(path.name.rpartition("-")[2]) for path in (stack.larder.data_dir / "pulse").glob(f"{name}-*")}


def test_web_worker_and_scheduler_are_replaced_when_they_are_stopped(stack: Stack) -> None:
    stopped = {"web": web_processes(stack)[0]}
    stopped |= {name: stack.process("celery", f" {name} ") for name in ("worker", "beat")}
    wait_for(lambda: all(pid in pulses(stack, name) for name, pid in stopped.items()), what=stack.larder.log)
    mark, began = len(stack.larder.log()), time.monotonic()
    for pid in stopped.values():
        os.kill(pid, signal.SIGSTOP)

    def all_ended() -> bool:
        said = "\n".join(stack.log_since(mark))
        return all(f"process {pid} does not answer any more" in said for pid in stopped.values())

    wait_for(all_ended, what=stack.larder.log)
    assert time.monotonic() - began < REPLACED_WITHIN_S
    wait_for(lambda: all(pulses(stack, name) - {pid} for name, pid in stopped.items()), what=stack.larder.log)
    for _ in range(10):
        with httpx.Client(base_url=stack.larder.url, timeout=20, trust_env=False) as anew:
            assert anew.get("/health").status_code == 200

"""Processes of Larder that are stopped instead of dying are replaced."""

import os
import signal
import time

import httpx
import pytest

from tests.e2e.conftest import wait_for
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
REPLACED_WITHIN_S = 20.0
NAMES = ("web", "worker", "beat")


def pulses(stack: Stack, name: str) -> set[int]:
    return {int(path.name.rpartition("-")[2]) for path in (stack.larder.data_dir / "pulse").glob(f"{name}-*")}


def test_web_worker_and_scheduler_are_replaced_when_they_are_stopped(stack: Stack) -> None:
    wait_for(lambda: all(pulses(stack, name) for name in NAMES), what=stack.larder.log)
    stopped = {name: min(pulses(stack, name)) for name in NAMES}
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

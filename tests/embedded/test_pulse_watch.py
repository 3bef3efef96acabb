"""Processes that hang are found by their silence, and ended."""

import os
import signal
import sys
from pathlib import Path

import pytest

from config.processes.pulse_watch import AWAY_S, SILENT_S, PulseWatch
from tests.embedded.test_processes import python, says, supervisor

PULSE = """
import os, pathlib, sys, time
print("up", os.getpid())
while True:
    pathlib.Path({directory!r}, f"web-{{os.getpid()}}").touch(); time.sleep(0.05)
"""


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(tmp_path: Path, clock: Clock) -> PulseWatch:
    (tmp_path / f"web-{os.getpid()}").touch()
    return PulseWatch(tmp_path, "web", clock=clock)


def looks(watch: PulseWatch, clock: Clock, seconds: float) -> list[int]:
    """What the last of several looks finds, a second apart."""
    for _ in range(int(seconds)):
        watch.silent(os.getpgid(0))
        clock.now += 1
    return watch.silent(os.getpgid(0))


def test_who_says_nothing_for_ten_seconds_is_found(watch: PulseWatch, clock: Clock) -> None:
    assert looks(watch, clock, SILENT_S) == []
    assert looks(watch, clock, 1) == [os.getpid()]


def test_who_renews_its_file_lives(watch: PulseWatch, clock: Clock, tmp_path: Path) -> None:
    looks(watch, clock, SILENT_S)
    os.utime(tmp_path / f"web-{os.getpid()}", (1, 1))  # whatever the time is: it has changed
    assert looks(watch, clock, 2) == []


def test_a_machine_that_slept_finds_nobody_silent(watch: PulseWatch, clock: Clock) -> None:
    looks(watch, clock, SILENT_S)
    clock.now += AWAY_S + 3_600
    assert looks(watch, clock, 1) == []


def test_files_of_others_are_removed(watch: PulseWatch, tmp_path: Path) -> None:
    gone = tmp_path / "web-4194305"
    gone.touch()
    assert watch.silent(os.getpgid(0)) == []
    assert not gone.exists()


def test_a_program_that_was_stopped_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[PulseWatch.__module__], "SILENT_S", 1.0)
    program = python("web", PULSE.format(directory=str(tmp_path)))
    watched = type(program)(**vars(program) | {"pulses": PulseWatch(tmp_path, "web")})
    stack, out = supervisor()
    with stack.listening():
        first = stack.start(watched).child
        assert first
        stack.wait_until(lambda: list(tmp_path.glob("web-*")) != [], what="a pulse", timeout_s=10)
        os.kill(first.pid, signal.SIGSTOP)
        stack.wait_until(says(out, f"process {first.pid} does not answer any more"), what="its end", timeout_s=20)
        stack.wait_until(lambda: out.getvalue().count("up ") == 2, what="another", timeout_s=20)

"""Turns among processes: one at a time, freed by whoever dies, and a courtesy."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.waiting.machine_turns import machine_turn
from tests import ROOT

HOLD = """
import sys, time
from pathlib import Path
from core.waiting.machine_turns import machine_turn
with machine_turn(Path(sys.argv[1]), patience_s=0):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""
LONG_S = 60


@contextmanager
def held_elsewhere(lock: Path, *, for_s: float) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(lock), str(for_s)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        try:
            yield other
        finally:
            other.kill()


def waited_s(lock: Path, *, patience_s: float) -> float:
    began = time.monotonic()
    with machine_turn(lock, patience_s=patience_s):
        return time.monotonic() - began


def test_another_process_is_waited_for(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path / "new" / "lock", for_s=0.5) as other:
        assert waited_s(tmp_path / "new" / "lock", patience_s=LONG_S) < LONG_S / 2
        assert other.wait(LONG_S) == 0


def test_who_dies_in_its_turn_keeps_nobody_waiting(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path / "lock", for_s=LONG_S) as other:
        os.kill(other.pid, signal.SIGKILL)
        assert waited_s(tmp_path / "lock", patience_s=LONG_S) < LONG_S / 2


def test_nobody_waits_longer_than_the_patience(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path / "lock", for_s=LONG_S):
        assert 0.2 <= waited_s(tmp_path / "lock", patience_s=0.2) < LONG_S / 2


def test_work_goes_on_where_there_can_be_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert waited_s(tmp_path / "file" / "lock", patience_s=LONG_S) < LONG_S / 2

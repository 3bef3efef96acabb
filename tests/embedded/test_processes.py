"""The supervisor, with tiny scripts as its programs."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from config.stack_record import is_alive
from embedded.child import Program, StackRefused
from embedded.combined_log import CombinedLog
from embedded.processes import StopAsked, Supervisor


def python(name: str, script: str, *, stop_within_s: float = 5.0) -> Program:
    return Program(name=name, argv=[sys.executable, "-S", "-u", "-c", script], stop_within_s=stop_within_s)


def supervisor() -> tuple[Supervisor, io.StringIO]:
    out = io.StringIO()
    return Supervisor(CombinedLog(out, width=6, coloured=False)), out


def says(out: io.StringIO, text: str) -> Callable[[], bool]:
    return lambda: text in out.getvalue()


def ask_to_stop(number: int = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


STAY = "import time; print('up'); time.sleep(60)"


def test_lines_of_all_programs_come_into_one_log() -> None:
    stack, out = supervisor()
    with stack.listening():
        stack.start(python("one", "print('first'); import time; time.sleep(60)"))
        stack.wait_until(says(out, "first"), what="one", timeout_s=5)
        stack.start(python("two", "import sys, time; print('second', file=sys.stderr); time.sleep(60)"))
        stack.wait_until(says(out, "second"), what="two", timeout_s=5)
    assert [line[10:] for line in out.getvalue().splitlines()] == ["one     first", "two     second"]


def has_said(out: io.StringIO, text: str) -> bool:
    return text in out.getvalue()


def test_programs_stop_in_reverse_order() -> None:
    script = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit()))\n"
        "print('up'); time.sleep(60)"
    )
    stack, out = supervisor()
    with stack.listening():
        for name in ("one", "two", "three"):
            stack.start(python(name, script))
            stack.wait_until(partial(has_said, out, f"{name:6}  up"), what=name, timeout_s=5)
    stopped = [line.split()[1] for line in out.getvalue().splitlines() if line.endswith("bye")]
    assert stopped == ["three", "two", "one"]


def test_a_program_that_dies_is_started_again_and_the_log_says_so(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, time\n"
        "seen = pathlib.Path(sys.argv[1])\n"
        "if not seen.exists():\n    seen.touch(); sys.exit(3)\n"
        "print('again'); time.sleep(60)"
    )
    program = python("frail", script)
    stack, out = supervisor()
    with stack.listening():
        stack.start(replace(program, argv=[*program.argv, tmp_path / "seen"]))
        stack.wait_until(says(out, "again"), what="frail", timeout_s=5)
    assert "frail ended with exit code 3; it starts again in 1 s" in out.getvalue()


def test_a_program_that_keeps_dying_is_started_ever_more_slowly() -> None:
    now = [0.0]
    out = io.StringIO()
    stack = Supervisor(CombinedLog(out, width=6, coloured=False), clock=lambda: now[0])
    with stack.listening():
        stack.start(python("frail", "raise SystemExit(1)"))
        for delay_s in (1, 2, 4, 8, 16, 30, 30):
            text = f"starts again in {delay_s} s"
            before = out.getvalue().count(text)
            stack.wait_until(lambda: out.getvalue().count(text) > before, what="frail", timeout_s=5)  # noqa: B023
            now[0] += delay_s
    assert out.getvalue().count("exit code 1") == 7


def test_a_wish_to_stop_ends_the_watch_and_leaves_no_child() -> None:
    stack, out = supervisor()
    with stack.listening():
        stack.start(python("one", STAY))
        stack.wait_until(says(out, "up"), what="one", timeout_s=5)
        child = stack.supervised[0].child
        assert child is not None
        threading.Timer(0.1, ask_to_stop).start()
        with pytest.raises(StopAsked):
            stack.watch()
    assert not is_alive(child.pid)


def test_a_wish_to_stop_waits_for_the_end_of_a_step() -> None:
    stack, _ = supervisor()
    with stack.listening():
        threading.Timer(0.1, ask_to_stop, [signal.SIGINT]).start()
        assert stack.run(python("step", "import time; time.sleep(0.5); print('done')")) == "done"
        with pytest.raises(StopAsked):
            stack.start(python("next", STAY))


def test_a_second_wish_to_stop_ends_the_step() -> None:
    stack, _ = supervisor()
    with stack.listening():
        for delay_s in (0.1, 0.3):
            threading.Timer(delay_s, ask_to_stop, [signal.SIGINT]).start()
        with pytest.raises(StopAsked):
            stack.run(python("step", STAY))


def test_a_program_that_ignores_the_wish_is_killed_in_time() -> None:
    stack, out = supervisor()
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
    with stack.listening():
        stack.start(python("deaf", script, stop_within_s=0.3))
        stack.wait_until(says(out, "up"), what="deaf", timeout_s=5)
    assert "deaf does not stop in time and is killed" in out.getvalue()


def test_a_second_wish_to_stop_hurries() -> None:
    stack, out = supervisor()
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
    with stack.listening():
        stack.start(python("deaf", script, stop_within_s=30))
        stack.wait_until(says(out, "up"), what="deaf", timeout_s=5)
        threading.Timer(0.2, ask_to_stop).start()
        threading.Timer(0.6, ask_to_stop).start()
        began = time.monotonic()
        with pytest.raises(StopAsked):
            stack.watch()
    assert time.monotonic() - began < 5


def test_the_children_of_a_dead_program_die_with_it() -> None:
    stack, out = supervisor()
    script = "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid); sys.exit(1)"
    with stack.listening():
        stack.start(python("parent", script))
        stack.wait_until(says(out, "exit code 1"), what="parent", timeout_s=5)
        grandchild = int(out.getvalue().split()[2])
        stack.wait_until(lambda: not is_alive(grandchild), what="grandchild", timeout_s=5)


def test_a_step_returns_its_output_and_shows_its_errors() -> None:
    stack, out = supervisor()
    with stack.listening():
        assert stack.run(python("step", "import sys; print('{}'); print('made it', file=sys.stderr)")) == "{}"
    assert out.getvalue().endswith("step    made it\n")


def test_a_step_that_fails_is_refused() -> None:
    stack, _ = supervisor()
    with stack.listening(), pytest.raises(StackRefused, match="step failed with exit code 4"):
        stack.run(python("step", "raise SystemExit(4)"))


def test_waiting_in_vain_ends_with_a_sentence() -> None:
    stack, _ = supervisor()
    with stack.listening(), pytest.raises(StackRefused, match="The moon took longer than 0 s"):
        stack.wait_until(lambda: False, what="The moon", timeout_s=0.1)


def test_ctrl_c_in_the_terminal_reaches_only_the_supervisor() -> None:
    stack, out = supervisor()
    with stack.listening():
        stack.start(python("one", STAY))
        child = stack.supervised[0].child
        assert child is not None
        assert os.getpgid(child.pid) == child.pid != os.getpgrp()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_no_program_outlives_a_killed_supervisor() -> None:
    script = (
        "import sys; from tests.embedded.test_processes import *\n"
        "stack = Supervisor(CombinedLog(sys.stdout, width=6, coloured=False))\n"
        "with stack.listening():\n"
        "    stack.start(python('one', STAY)); print(stack.supervised[0].child.pid, flush=True); stack.watch()"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(child)

"""A small supervisor: starts programs in order, shows their lines in one log, restarts what dies, stops in reverse.

One thread and one selector do it all, so that children can be forked safely and signals arrive at known points.

See docs/decisions/0006.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from signal import Signals
from types import FrameType
from typing import IO

from embedded.child import Program, StackRefused, kill_group, spawn
from embedded.combined_log import CombinedLog

NAME = "larder"
TICK_S = 0.25
FIRST_DELAY_S, LONGEST_DELAY_S = 1.0, 30.0
STEADY_AFTER_S = 60.0


class StopAsked(Exception):
    """Someone wants the stack to stop; raised only where waiting, never in the middle of a step."""


@dataclass
class Supervised:
    """A program that should be running: its process while it runs, and when to start it again while it does not."""

    program: Program
    child: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    failures: int = 0


@dataclass
class LineReader:
    """The output of one process, handed on line by line."""

    pipe: IO[bytes]
    take: Callable[[str], None]
    rest: bytes = b""

    def read(self) -> bool:
        """Hand on the lines that are there; False at the end of the output."""
        data = os.read(self.pipe.fileno(), 65536)
        *lines, self.rest = (self.rest + data).split(b"\n")
        if not data and self.rest:
            lines, self.rest = [self.rest], b""
        for line in lines:
            self.take(line.decode(errors="replace"))
        return bool(data)


@dataclass
class Supervisor:
    """Use it within `listening()`; times are monotonic seconds."""

    log: CombinedLog
    clock: Callable[[], float] = time.monotonic
    asked: int = field(default=0, init=False)
    supervised: list[Supervised] = field(default_factory=list, init=False)
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector, init=False)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Count SIGINT, SIGTERM and SIGHUP as wishes to stop, and whatever happens leave no child behind."""
        watched = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._ask) for number in watched}
        awake, alarm = os.pipe()
        os.set_blocking(alarm, False)
        wakeup_before = signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
        self.selector.register(awake, selectors.EVENT_READ, lambda: os.read(awake, 512))
        try:
            yield
        finally:
            self.stop_all()
            signal.set_wakeup_fd(wakeup_before)
            for number, handler in before.items():
                signal.signal(number, handler)
            self.selector.close()
            os.close(awake)
            os.close(alarm)

    def start(self, program: Program) -> Supervised:
        """Start a program and keep it running until `stop_all`; StopAsked where it should not even begin."""
        if self.asked:
            raise StopAsked
        each = Supervised(program)
        self.supervised.append(each)
        self._launch(each)
        return each

    def run(self, program: Program) -> str:
        """Run a step to its end and return what it wrote to standard output; its standard error goes to the log.

        A step is not cut in two: one wish to stop waits for its end, a second kills it. Raises StackRefused when it
        fails.
        """
        written: list[str] = []
        child = spawn(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._follow(child.stdout, written.append)
        self._follow(child.stderr, lambda line: self.log.write(program.name, line))
        try:
            while child.poll() is None:
                self._turn(patience=1)
        finally:
            kill_group(child.pid)
            child.wait()
        self._drain()
        if child.returncode:
            raise StackRefused(f"{program.name} failed with {_ending(child.returncode)}; its lines above say why.")
        return "\n".join(written)

    def wait_until(self, condition: Callable[[], bool], *, what: str, timeout_s: float) -> None:
        """Keep everything going until the condition holds. Raises StackRefused after the timeout."""
        deadline = self.clock() + timeout_s
        while not condition():
            if self.clock() > deadline:
                raise StackRefused(f"{what} took longer than {timeout_s:.0f} s; the lines above may say why.")
            self._turn(0.05)

    def watch(self) -> None:
        """Keep everything going until someone asks to stop."""
        while True:
            self._turn()

    def stop_all(self) -> None:
        """Stop in reverse order of starting. A further wish to stop kills what is left at once."""
        asked_before = self.asked
        for each in reversed(self.supervised):
            self._stop(each, hurry=lambda: self.asked > asked_before)
        self.supervised.clear()
        self._drain()

    def _stop(self, each: Supervised, *, hurry: Callable[[], bool]) -> None:
        child, program = each.child, each.program
        if child is None:
            return
        child.send_signal(program.stop_signal)
        deadline = self.clock() + program.stop_within_s
        while child.poll() is None and self.clock() < deadline and not hurry():
            self._read_output(0.05)
        if child.poll() is None:
            self.log.write(NAME, f"{program.name} does not stop in time and is killed")
        kill_group(child.pid)
        child.wait()
        each.child = None

    def _turn(self, timeout_s: float = TICK_S, *, patience: int = 0) -> None:
        """One turn of the wheel: read what was written, see who died, start again what is due.

        Raises StopAsked where there are more wishes to stop than `patience` allows.
        """
        self._read_output(timeout_s)
        if self.asked > patience:
            raise StopAsked
        for each in self.supervised:
            if each.child and each.child.poll() is not None:
                self._plan_restart(each, each.child)
            elif each.child:
                self._end_silent(each.program, each.child)
            elif not each.child and self.clock() >= each.restart_at:
                self._launch(each)

    def _end_silent(self, program: Program, child: subprocess.Popen[bytes]) -> None:
        """End processes that hang, at most once a second; whoever started one starts it again."""
        if not program.pulses or self.clock() < program.pulses.look_at:
            return
        for pid in program.pulses.silent(child.pid):
            self.log.write(NAME, f"{program.name} hangs: its process {pid} does not answer any more and is ended")
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _launch(self, each: Supervised) -> None:
        program = each.program
        child = spawn(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._follow(child.stdout, lambda line: self.log.write(program.name, line))
        each.child, each.started_at = child, self.clock()

    def _plan_restart(self, each: Supervised, child: subprocess.Popen[bytes]) -> None:
        kill_group(child.pid)
        steady = self.clock() - each.started_at > STEADY_AFTER_S
        each.failures = 1 if steady else each.failures + 1
        delay_s = min(FIRST_DELAY_S * 2 ** (each.failures - 1), LONGEST_DELAY_S)
        each.child, each.restart_at = None, self.clock() + delay_s
        ending = _ending(child.returncode)
        self.log.write(NAME, f"{each.program.name} ended with {ending}; it starts again in {delay_s:.0f} s")

    def _follow(self, pipe: IO[bytes] | None, take: Callable[[str], None]) -> None:
        if pipe is None:
            return
        reader = LineReader(pipe, take)

        def read() -> None:
            if not reader.read():
                self.selector.unregister(pipe)
                pipe.close()

        self.selector.register(pipe, selectors.EVENT_READ, read)

    def _read_output(self, timeout_s: float) -> bool:
        """Serve whatever has something to read; False when nothing had."""
        ready = self.selector.select(timeout_s)
        for key, _ in ready:
            key.data()
        return bool(ready)

    def _drain(self) -> None:
        while self._read_output(0):
            pass

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked += 1


def _ending(returncode: int) -> str:
    return f"signal {Signals(-returncode).name}" if returncode < 0 else f"exit code {returncode}"

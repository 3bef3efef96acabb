"""Start a program as our child: in its own process group, and bound to die with us where the system can arrange it."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

from config.processes.pulse_watch import PulseWatch
from embedded.account import Account

PR_SET_PDEATHSIG = 1
ON_LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None, use_errno=True) if ON_LINUX else None


class StackRefused(Exception):
    """The stack cannot start or go on; the sentence says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, and how it likes to be stopped.

    `orphan_signal` is what the kernel sends when the parent vanishes without a word (Linux only): servers that hold
    data get their own gentle signal, everything else is killed, as its work is safe to repeat. `pulses` are of its
    processes, where they say that they live.
    """

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str] | None = None  # in full; None: ours
    cwd: Path | None = None
    account: Account | None = None
    stop_signal: Signals = signal.SIGTERM
    orphan_signal: Signals = signal.SIGKILL
    stop_within_s: float = 10.0
    pulses: PulseWatch | None = None


def spawn(
    program: Program, *, stdin: int = subprocess.DEVNULL, stdout: int | None = None, stderr: int | None = None
) -> subprocess.Popen[bytes]:
    """Start it without a terminal. Call from a thread that lives as long as the child should, with no others about."""
    return subprocess.Popen(
        [str(part) for part in program.argv],
        env=program.env,
        cwd=program.cwd,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        process_group=0,
        preexec_fn=_before_exec(program),
    )


def stop(child: subprocess.Popen[bytes], program: Program) -> None:
    """Ask, wait, then insist."""
    child.send_signal(program.stop_signal)
    try:
        child.wait(program.stop_within_s)
    except subprocess.TimeoutExpired:
        kill_group(child.pid)
        child.wait()


def kill_group(pid: int) -> None:
    """Kill whatever is left of the process group that this child led."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS says EPERM for a group of zombies
        return


@contextmanager
def running(program: Program, *, ready: Callable[[], bool], output: Path, timeout_s: float = 30.0) -> Iterator[int]:
    """Run a server for the length of the block, from when it is ready; what it prints goes to the file `output`."""
    with output.open("ab") as log:
        child = spawn(program, stdout=log.fileno(), stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + timeout_s
        while not ready():
            if child.poll() is not None or time.monotonic() > deadline:
                last_words = output.read_text(errors="replace")[-2000:]
                raise StackRefused(f"{program.name} did not start. Its last words:\n{last_words}")
            time.sleep(0.02)
        yield child.pid
    finally:
        stop(child, program)


def stop_leftover(pid_file: Path, *, directory: Path, stop_signal: Signals, timeout_s: float = 30.0) -> None:
    """Stop a server that an earlier stack left behind in its data directory, and clear away a stale pid file.

    A pid alone proves nothing, as numbers are reused after a reboot; these servers work inside their data directory,
    and that tells them apart. Where this cannot be seen (no /proc, or a container that hides other users' processes)
    the pid file is left for the server itself to judge.
    """
    if ON_LINUX and (pid := _read_pid(pid_file)):
        with suppress(PermissionError):
            _stop_in(directory, pid, stop_signal=stop_signal, timeout_s=timeout_s)
            pid_file.unlink(missing_ok=True)


def _stop_in(directory: Path, pid: int, *, stop_signal: Signals, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    if _works_in(pid, directory):
        os.kill(pid, stop_signal)
    while _works_in(pid, directory):
        if time.monotonic() > deadline:
            raise StackRefused(
                f"Process {pid} still works in {directory} and does not stop. Stop it, then start again."
            )
        time.sleep(0.05)


def _read_pid(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _works_in(pid: int, directory: Path) -> bool:
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", directory)
    except (FileNotFoundError, ProcessLookupError):
        return False


def _before_exec(program: Program) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        if program.account:
            program.account.assume()  # first: changing the user clears the parent-death signal
        if _libc:
            _libc.prctl(PR_SET_PDEATHSIG, int(program.orphan_signal), 0, 0, 0)
            if os.getppid() != parent:  # the parent was gone before the kernel knew our wish
                os._exit(1)

    return prepare

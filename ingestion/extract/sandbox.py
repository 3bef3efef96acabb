"""Where files are read that nobody trusts: child processes without secrets, limited in memory, processor and time, and
confined to reading (`ingestion.extract.confinement`).

Children are kept for the next file, also a while for the next person's, since starting one and importing its libraries
costs more than reading most files. One that dies, hangs or has read its fill is replaced; whatever happens in it, the
worker lives on.

See docs/decisions/0071, docs/decisions/0080 and docs/decisions/0198.
"""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from enum import StrEnum
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from ingestion.extract.child import receive_message, send_message

log = logging.getLogger(__name__)

WALL_S = 90.0
FILES_A_CHILD = 200
IDLE_S = 60.0
REPORT_S = 3.0
PIECE_CHARS = 1_600
"""So long pieces of a table are where nobody says how long chunks are."""
HOUSE = Path(__file__).resolve().parents[2]
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(32 * 1024 * 1024), "MALLOC_TRIM_THRESHOLD_": str(64 * 1024 * 1024)}
"""For glibc: what one file needed is kept for the next. Being given it anew, page by page, took a quarter of a PDF."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""For numpy: no reader may start another."""

ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(HOUSE), **KEEP_MEMORY, **ONE_THREAD}
READER = "ingestion.extract.child"

Asked = tuple[str, bytes]
"""A kind and a body of it."""

Answer = dict[str, Any]
Request = tuple[dict[str, Any], bytes]
"""A message and its body."""

T = TypeVar("T")


class How(StrEnum):
    """How a child was lost: it took too long, it went over a limit or crashed, or somebody else ended it."""

    HUNG = "hung"
    DIED = "died"
    KILLED = "killed"


class ChildLost(Exception):
    """The child gave no answer."""

    def __init__(self, how: How) -> None:
        super().__init__(how.value)
        self.how = how


class Child:
    """A reader: the program `module`, started anew."""

    def __init__(self, module: str = READER) -> None:
        self.module = module
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, str(theirs.fileno())],
                cwd=HOUSE,
                env=ENVIRONMENT,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._connection = ours
        self.files = 0
        self.owed = 0
        self.used_at = time.monotonic()

    def ask(self, files: Sequence[Asked], *, wall_s: float, piece_chars: int = PIECE_CHARS) -> Iterator[Answer]:
        """The answers in order, see `answers`."""
        return self.answers(*_about_files(files, piece_chars), count=len(files), wall_s=wall_s)

    def answers(self, message: dict[str, Any], body: bytes, *, count: int, wall_s: float) -> Iterator[Answer]:
        """So many to a message, each as soon as it is there. Raises ChildLost in the place of one that never comes."""
        self.files += count
        self.owed = count
        self._connection.settimeout(wall_s)
        try:
            send_message(self._connection, message, body)
            for _ in range(count):
                answer = self._next_answer()
                self.owed -= 1
                yield answer
        except TimeoutError as error:
            raise ChildLost(How.HUNG) from error
        except OSError as error:
            raise ChildLost(self._end()) from error
        self.used_at = time.monotonic()

    def _next_answer(self) -> Answer:
        received = receive_message(self._connection)
        if received is None:
            raise ChildLost(self._end())
        answer, text = received
        if answer.pop("spent", False):
            self.files = FILES_A_CHILD
        return {**answer, "text": text.decode()}

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def _end(self) -> How:
        """None of its limits ends it by SIGKILL: that is the kernel, short of memory, or a person."""
        try:
            return How.KILLED if self._process.wait(5) == -signal.SIGKILL else How.DIED
        except subprocess.TimeoutExpired:
            return How.DIED

    def end(self) -> None:
        self._connection.close()
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)


_idle: list[Child] = []
_lock = Lock()


def ask_children(
    files: Sequence[Asked], *, wall_s: float = WALL_S, piece_chars: int = PIECE_CHARS
) -> Iterator[Answer | ChildLost]:
    """What reading each came to, in their order, see `ingestion.extract.child`.

    They go to one child in one message, and while one answer is unpacked the next file is read. A child that is lost is
    lost on the first file without an answer; the files behind it go to another one.
    """
    return ask_in_turn(files, lambda left: _about_files(left, piece_chars), module=READER, wall_s=wall_s)


def ask_in_turn(
    items: Sequence[T], request: Callable[[Sequence[T]], Request], *, module: str, wall_s: float
) -> Iterator[Answer | ChildLost]:
    """An answer for each, of children that run this module; `request` is the message about those that are left."""
    done = 0
    while done < len(items):
        child = _idle_or_new(module)
        try:
            for answer in child.answers(*request(items[done:]), count=len(items) - done, wall_s=wall_s):
                done += 1
                yield answer
        except ChildLost as lost:
            done += 1
            yield lost
        finally:
            _put_back(child)


def _about_files(files: Sequence[Asked], piece_chars: int) -> Request:
    sizes = [[kind, len(body)] for kind, body in files]
    return {"files": sizes, "piece_chars": piece_chars}, b"".join(body for _, body in files)


def _idle_or_new(module: str) -> Child:
    with _lock:
        child = next((each for each in reversed(_idle) if each.module == module), None)
        if child is not None:
            _idle.remove(child)
    return child if child is not None and child.alive else Child(module)


def _put_back(child: Child) -> None:
    """One that owes an answer, has read its fill or has no memory left is ended."""
    if child.owed or child.files >= FILES_A_CHILD:
        child.end()
        return
    with _lock:
        _idle.append(child)


def end_children(*, idle_s: float = 0.0) -> None:
    """End those that have waited for work that long."""
    since = time.monotonic() - idle_s
    with _lock:
        stale = [child for child in _idle if child.used_at <= since]
        _idle[:] = [child for child in _idle if child not in stale]
    for child in stale:
        child.end()


@cache
def doors_left_open() -> dict[str, str]:
    """What a reader may do here that it should not, and why; one is started for it, once in the life of this process.

    Raises OSError or subprocess.SubprocessError where that fails.
    """
    started = subprocess.run(
        [sys.executable, "-m", "ingestion.extract.confinement.doors"],
        cwd=HOUSE,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=REPORT_S,
    )
    found: dict[str, str] = json.loads(started.stdout)
    return found

"""A progress line for people: on a terminal one line that is drawn over, elsewhere a line now and then for the log."""

import time
from typing import Protocol

BAR_CHARS = 30
TERMINAL_EVERY_S, LOG_EVERY_S = 0.1, 5.0


class Stream(Protocol):
    def write(self, text: str, /) -> object: ...

    def flush(self) -> object: ...

    def isatty(self) -> bool: ...


class ProgressLine:
    """Shows how many of a number of things are done, and how fast. What is soon done says nothing in a log."""

    def __init__(self, stream: Stream, *, unit: str) -> None:
        self._stream = getattr(stream, "_out", stream)  # Django's wrapper ends every line
        self._unit = unit
        self._began_at = time.monotonic()
        self._shown_at = float("-inf") if self._stream.isatty() else self._began_at
        self._line = ""

    def show(self, done: int, *, of: int | None = None) -> None:
        """`of` None: nobody knows how many there will be."""
        now = time.monotonic()
        self._line = progress_line(done, of, self._unit, seconds=now - self._began_at)
        if now - self._shown_at >= (TERMINAL_EVERY_S if self._stream.isatty() else LOG_EVERY_S):
            self._write()
            self._shown_at = now

    def close(self) -> None:
        """The last state stays on the screen, and in a log that has lines of it."""
        if self._line and (self._stream.isatty() or self._shown_at != self._began_at):
            self._write()
            self._stream.write("\n" if self._stream.isatty() else "")

    def _write(self) -> None:
        self._stream.write(f"\r{self._line}\x1b[K" if self._stream.isatty() else f"{self._line}\n")
        self._stream.flush()


def progress_line(done: int, of: int | None, unit: str, *, seconds: float) -> str:
    """`[#####.....] 1,200 of 10,000 files, 410/s`; without a total the count and the speed alone."""
    speed = f"{done / seconds:,.0f}/s" if seconds > 0 else "…"
    if of is None:
        return f"{done:,} {unit}, {speed}"
    full = min(BAR_CHARS, BAR_CHARS * done // of) if of else BAR_CHARS
    return f"[{'#' * full}{'.' * (BAR_CHARS - full)}] {done:,} of {of:,} {unit}, {speed}"

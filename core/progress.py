"""A progress line on a terminal: one line that is written over; elsewhere a line now and then."""

import time
from typing import Protocol

BAR = 24
TERMINAL_EVERY_S, LOG_EVERY_S = 0.1, 5.0


class Stream(Protocol):
    def write(self, text: str, /) -> object: ...

    def flush(self) -> object: ...

    def isatty(self) -> bool: ...


class Meter:
    """Shows how many of a number of things are done, at most ten times a second."""

    def __init__(self, stream: Stream, *, unit: str) -> None:
        self.stream = getattr(stream, "_out", stream)  # Django's wrapper ends every line
        self.unit = unit
        self.began = time.monotonic()
        self.shown_at = float("-inf")
        self.line = ""

    def show(self, done: int, *, of: int | None = None) -> None:
        """`of` None: nobody knows how many there will be."""
        self.line = self._line(done, of)
        every_s = TERMINAL_EVERY_S if self.stream.isatty() else LOG_EVERY_S
        if time.monotonic() - self.shown_at >= every_s:
            self._write()

    def close(self) -> None:
        """The last state stays on the screen."""
        if self.line:
            self._write()
            if self.stream.isatty():
                self.stream.write("\n")

    def _write(self) -> None:
        self.stream.write(f"\r{self.line}\x1b[K" if self.stream.isatty() else f"{self.line}\n")
        self.stream.flush()
        self.shown_at = time.monotonic()

    def _line(self, done: int, of: int | None) -> str:
        speed = done / max(time.monotonic() - self.began, 1e-3)
        if not of:
            return f"{done:,} {self.unit}  {speed:,.0f}/s"
        filled = int(BAR * done / of)
        return f"[{'█' * filled}{'·' * (BAR - filled)}] {done / of:6.1%}  {done:,} of {of:,} {self.unit}"

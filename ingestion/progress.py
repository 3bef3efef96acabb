"""A bar for people at a terminal; silent where nobody looks."""

import time
from typing import Protocol

WIDTH = 30
EVERY_S = 0.1


class Terminal(Protocol):
    def isatty(self) -> bool: ...
    def write(self, text: str, *, ending: str) -> None: ...


class Bar:
    """`[#####.....] 1,200 of 10,000 files, 410/s`, redrawn in place."""

    def __init__(self, out: Terminal, *, total: int, unit: str) -> None:
        self._out, self._total, self._unit = out, total, unit
        self._began_at, self._shown_at, self._watched = time.monotonic(), 0.0, out.isatty()

    def show(self, count: int) -> None:
        now = time.monotonic()
        if self._watched and (now - self._shown_at > EVERY_S or count >= self._total):
            self._shown_at = now
            self._out.write(f"\r{bar_line(count, self._total, self._unit, now - self._began_at)}\x1b[K", ending="")

    def close(self) -> None:
        if self._watched:
            self._out.write("", ending="\n")


def bar_line(count: int, total: int, unit: str, seconds: float) -> str:
    full = WIDTH * count // total if total else WIDTH
    speed = f"{count / seconds:,.0f}/s" if seconds > 0 else "…"
    return f"[{'#' * full}{'.' * (WIDTH - full)}] {count:,} of {total:,} {unit}, {speed}"

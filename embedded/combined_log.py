"""One log for several programs: time, name, line."""

from collections.abc import Callable
from datetime import datetime
from typing import TextIO

from config import env

COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)
DIM = 2


class CombinedLog:
    """Writes each program's lines under its name, aligned to `width`.

    An indented line belongs to the one before it, as in a traceback: under the same name it is shown without repeating
    time and name.
    """

    def __init__(
        self, out: TextIO, *, width: int, coloured: bool, clock: Callable[[], datetime] = datetime.now
    ) -> None:
        self._out = out
        self._width = width
        self._coloured = coloured
        self._clock = clock
        self._colours: dict[str, int] = {}
        self._last_name = ""

    def write(self, name: str, line: str) -> None:
        line = line.rstrip()
        if not line:
            return
        if name == self._last_name and line[0].isspace():
            head = " " * (10 + self._width)
        else:
            time = self._paint(f"{self._clock():%H:%M:%S}", DIM)
            head = f"{time}  {self._paint(name.ljust(self._width), self._colour(name))}"
        self.block(f"{head}  {line}")
        self._last_name = name

    def block(self, text: str) -> None:
        """Write text as it is, without time and name."""
        if not text:
            return
        self._last_name = ""
        self._out.write(f"{text}\n")
        self._out.flush()

    def _colour(self, name: str) -> int:
        return self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])

    def _paint(self, text: str, colour: int) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._coloured else text


def wants_colour(out: TextIO) -> bool:
    """Colour is for terminals, unless NO_COLOR (https://no-color.org) is set to anything."""
    return out.isatty() and not env.text("NO_COLOR") and env.text("TERM") != "dumb"

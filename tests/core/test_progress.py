"""The progress line on a terminal and in a log."""

import io
from typing import Any

import pytest

from core import progress
from core.progress import ProgressLine, progress_line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]

    class Time:
        @staticmethod
        def monotonic() -> float:
            return now[0]

    monkeypatch.setattr(progress, "time", Time)
    return now


def show(stream: Any, clock: list[float], *, every_s: float) -> str:
    line = ProgressLine(stream, unit="files")
    for done in (0, 1, 2):
        line.show(done, of=2)
        clock[0] += every_s
    line.close()
    return str(stream.getvalue())


def test_the_line_shows_how_far_and_how_fast() -> None:
    assert progress_line(1_200, 2_400, "files", seconds=2.0) == f"[{'#' * 15}{'.' * 15}] 1,200 of 2,400 files, 600/s"
    assert progress_line(1_200, None, "files", seconds=2.0) == "1,200 files, 600/s"
    assert progress_line(0, 0, "files", seconds=0) == f"[{'#' * 30}] 0 of 0 files, …"


def test_on_a_terminal_one_line_is_drawn_over_and_its_last_state_stays(clock: list[float]) -> None:
    shown = show(Terminal(), clock, every_s=0.04).split("\r")
    assert [line.partition("] ")[2] for line in shown] == ["", "0 of 2 files, …\x1b[K", "2 of 2 files, 25/s\x1b[K\n"]


def test_a_log_gets_a_line_now_and_then_and_none_of_what_is_soon_done(clock: list[float]) -> None:
    assert show(io.StringIO(), clock, every_s=0.04) == ""
    assert len(show(io.StringIO(), clock, every_s=5).splitlines()) == 3


def test_what_never_began_says_nothing() -> None:
    terminal = Terminal()
    ProgressLine(terminal, unit="files").close()
    assert terminal.getvalue() == ""

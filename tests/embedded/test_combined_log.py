import io
from datetime import datetime

import pytest

from embedded.combined_log import CombinedLog, wants_colour


def noon() -> datetime:
    return datetime(2030, 1, 1, 12, 0, 5)  # noqa: DTZ001 - a clock on the wall


def log(*, coloured: bool = False) -> tuple[CombinedLog, io.StringIO]:
    out = io.StringIO()
    return CombinedLog(out, width=6, coloured=coloured, clock=noon), out


def test_names_are_aligned() -> None:
    lines, out = log()
    lines.write("web", "ready")
    lines.write("worker", "ready")
    assert out.getvalue() == "12:00:05  web     ready\n12:00:05  worker  ready\n"


def test_a_traceback_stays_one_block() -> None:
    lines, out = log()
    for line in ("Traceback:", '  File "a.py", line 1', "    boom()", "ValueError: boom"):
        lines.write("web", line)
    assert out.getvalue().splitlines() == [
        "12:00:05  web     Traceback:",
        '                    File "a.py", line 1',
        "                      boom()",
        "12:00:05  web     ValueError: boom",
    ]


def test_an_indented_line_after_another_program_is_named() -> None:
    lines, out = log()
    lines.write("web", "Traceback:")
    lines.write("worker", "  indented")
    assert out.getvalue().splitlines()[1] == "12:00:05  worker    indented"


def test_blank_lines_are_left_out() -> None:
    lines, out = log()
    lines.write("web", "  \r")
    assert out.getvalue() == ""


def test_each_name_keeps_its_colour() -> None:
    lines, out = log(coloured=True)
    for name in ("web", "worker", "web"):
        lines.write(name, "line")
    first, second, third = out.getvalue().splitlines()
    assert first == third != second
    assert "\033[" in first


def test_colour_is_for_terminals_and_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_colour(terminal)
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(terminal)

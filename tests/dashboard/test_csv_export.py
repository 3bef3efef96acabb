"""CSV files that any spreadsheet reads and none executes."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.csv_export import stream_csv


def cells(*values: Any) -> list[str]:
    """The row as a reader of CSV finds it, behind a header."""
    text = stream_csv("x", ["header"], [values]).getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", "＝1＋1", "-"])
def test_what_a_spreadsheet_would_execute_is_marked_as_text(text: str) -> None:
    assert cells(text) == [f"'{text}"]


@pytest.mark.parametrize("text", ["plain", 'say "yes", or no', "two\nlines", "a=b", "ünï", "'quoted", ""])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert cells("first", text) == ["first", text]


def test_numbers_instants_and_structures_are_written_for_programs() -> None:
    at = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    assert cells(-5, 1.5, None, at, ["=a"], {"b": True}) == [
        "-5",
        "1.5",
        "",
        "2026-03-04T05:06:00+00:00",
        '["=a"]',
        '{"b": true}',
    ]


def test_a_long_list_is_sent_in_pieces_under_its_name() -> None:
    answer = stream_csv("audit of März", ["n"], ([n] for n in range(1_000)))
    assert len(list(answer)) > 2
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''audit%20of%20M")
    assert answer["Content-Type"].startswith("text/csv")


def test_an_empty_list_is_its_header() -> None:
    answer = stream_csv("runs", ["run", "state"], [])
    assert answer.getvalue() == "\ufeffrun,state\r\n".encode()
    assert answer["Content-Disposition"] == 'attachment; filename="runs.csv"'

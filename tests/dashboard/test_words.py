"""Numbers and times as people say them, and pictures that can be read aloud."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.charts.strips import bar, run_strip
from dashboard.words import moment_words, plural, relative_words, span_words
from providers.models import SyncRun

NOW = datetime(2026, 6, 1, 12, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.42, "0.4 s"), (41, "41 s"), (125, "2 min 5 s"), (20_880, "5 h 48 min"), (7_200, "2 h"), (9 * 86_400, "9 days")],
)
def test_a_span_has_its_one_or_two_units(seconds: float, words: str) -> None:
    assert span_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *[(-1, "just now"), (-720, "12 min ago"), (2, "in a moment"), (7_200, "in 2 h"), (-86_400, "1 day ago")],
        *[(-59.6, "1 min ago"), (-3_580, "1 h ago"), (86_300, "in 1 day")],
    ],
)
def test_a_time_is_said_relative_to_now(seconds: float, words: str) -> None:
    assert relative_words(NOW + timedelta(seconds=seconds), now=NOW) == words


def test_a_moment_names_the_day_only_where_it_is_another() -> None:
    assert moment_words(NOW, now=NOW) == "today 12:07"
    assert moment_words(NOW - timedelta(days=2), now=NOW) == "30 May 12:07"
    assert moment_words(NOW - timedelta(days=400), now=NOW) == "27 Apr 2025 12:07"


def test_a_count_agrees_with_its_noun() -> None:
    assert [plural(1, "run"), plural(1204, "run"), plural(2, "entry", "entries")] == [
        "1 run",
        "1,204 runs",
        "2 entries",
    ]


def ended(state: str, seconds: int) -> SyncRun:
    end = NOW + timedelta(seconds=seconds)
    return SyncRun(state=state, queued_at=NOW, started_at=NOW, finished_at=end)


def test_a_strip_says_in_words_what_it_shows() -> None:
    strip = run_strip([ended("failed", 1), ended("succeeded", 60), ended("succeeded", 5)])
    assert 'aria-label="Last 3 runs: 2 succeeded, 1 failed; newest failed"' in strip
    assert strip.count("v-") == 30
    assert "<title>01 Jun 12:07 UTC: failed, 1.0 s</title>" in strip


def test_a_strip_without_runs_is_a_dotted_line() -> None:
    assert 'aria-label="No runs yet"' in run_strip([])


@pytest.mark.parametrize(("share", "width"), [(-1, "0.0"), (0.256, "25.6"), (7, "100.0")])
def test_a_bar_never_leaves_its_track(share: float, width: str) -> None:
    assert f'<rect width="{width}"' in bar(share, label="x")

"""Times: our boundary words, the calendar's arithmetic, half-open intervals. Spoken on Wednesday 18 March 2026."""

from datetime import UTC, datetime, timedelta

import pytest

from memory.extraction.diff import Modality
from memory.writing.given import EARLIEST
from tests.memory.extraction.told import read

FROM = [
    ("I've lived in Graz since January.", "2026-01-01T00:00"),
    ("I've lived in Graz since 2019.", "2019-01-01T00:00"),
    ("I've lived in Graz since Monday.", "2026-03-16T00:00"),
    ("I've lived in Graz for three years.", "2023-03-18T10:00"),
    ("I joined Hooli last week.", "2026-03-11T10:00"),
    ("I joined Hooli yesterday.", "2026-03-17T10:00"),
    ("I joined Hooli two years ago.", "2024-03-18T10:00"),
    ("I joined Hooli in May 2024.", "2024-05-01T00:00"),
    ("I joined Hooli in Q3 2025.", "2025-07-01T00:00"),
    ("I joined Hooli in October.", "2025-10-01T00:00"),
    ("I joined Hooli on 5 March.", "2026-03-05T00:00"),
    ("I joined Hooli on March 5th, 2020.", "2020-03-05T00:00"),
    ("I joined Hooli on 2026-02-09.", "2026-02-09T00:00"),
    ("I joined Hooli on Friday.", "2026-03-13T00:00"),
    ("I joined Hooli at the start of 2025.", "2025-01-01T00:00"),
    ("In 2021 I moved to Graz.", "2021-01-01T00:00"),
]
AHEAD = [
    ("I'm moving to Graz in June.", "2026-06-01T00:00"),
    ("As of next Monday I work at Hooli.", "2026-03-23T00:00"),
    ("I will join Hooli next month.", "2026-04-01T00:00"),
    ("I start at Hooli on 1 April.", "2026-04-01T00:00"),
    ("I'll be joining Hooli in two weeks.", "2026-04-01T10:00"),
    ("Starting in May I'm working at Hooli.", "2026-05-01T00:00"),
    ("I'm joining Hooli in January.", "2027-01-01T00:00"),
]
UNTIL = [
    ("I'm on parental leave until the end of August.", "2026-09-01T00:00"),
    ("I'm on parental leave until August.", "2026-08-01T00:00"),
    ("I'm on parental leave through August.", "2026-09-01T00:00"),
    ("I'm on vacation till Friday.", "2026-03-20T00:00"),
    ("I'm on vacation until the end of the year.", "2027-01-01T00:00"),
    ("I'm on vacation until the end of Q2.", "2026-07-01T00:00"),
    ("I am in Bremen this week.", "2026-03-23T00:00"),
    ("I'm in Bremen today.", "2026-03-19T00:00"),
]
UNRESOLVED = [
    "I moved to Graz a while ago.",
    "I moved to Graz some time ago.",
    "I recently moved to Graz.",
    "I moved to Graz in early 2020.",
    "I moved to Graz last spring.",
    "I moved to Graz when I was twenty.",
    "I moved to Graz on 5/6/2020.",
]


@pytest.mark.parametrize(("text", "instant"), FROM)
def test_since_when_it_has_been_so(text: str, instant: str) -> None:
    (fact,) = read(text).facts
    assert f"{fact.valid_from:%Y-%m-%dT%H:%M}" == instant
    assert fact.modality is Modality.STATED


@pytest.mark.parametrize(("text", "instant"), AHEAD)
def test_from_when_it_will_be_so(text: str, instant: str) -> None:
    (fact,) = read(text).facts
    assert f"{fact.valid_from:%Y-%m-%dT%H:%M}" == instant
    assert fact.modality is Modality.FUTURE


@pytest.mark.parametrize(("text", "instant"), UNTIL)
def test_the_first_instant_when_it_is_so_no_longer(text: str, instant: str) -> None:
    (fact,) = read(text).facts
    assert f"{fact.valid_until:%Y-%m-%dT%H:%M}" == instant


@pytest.mark.parametrize("text", UNRESOLVED)
def test_a_phrase_that_is_no_date_is_told(text: str) -> None:
    diff = read(text)
    (fact,) = diff.facts
    assert fact.valid_from is None
    assert fact.time_unresolved
    assert [(row.about, row.kind) for row in diff.uncertainties] == [("lives_in", "time")]


@pytest.mark.parametrize(
    "text",
    [
        "I work at Hooli on Mondays.",
        "I'm moving to Graz.",
        "I lived in Graz until 2010.",
        "I'm on vacation until last Monday.",
    ],
)
def test_what_is_not_so_now_or_at_no_known_time_is_no_fact(text: str) -> None:
    assert not [fact for fact in read(text).facts if fact.valid_until is None or fact.valid_until.year < 2026]


WHEN = ["last Friday", "next Sunday", "on Monday", "this morning", "this week", "next weekend", "yesterday", "tomorrow",
        "for 999 decades", "two weeks ago", "in five minutes"]  # fmt: skip


@pytest.mark.parametrize("spoken_at", [EARLIEST, datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("when", WHEN)
def test_where_the_calendar_ends_a_time_is_only_not_known(when: str, spoken_at: datetime) -> None:
    for said in (f"I moved to Graz {when}.", f"{when.capitalize()} I will join Hooli.", f"I'm on leave until {when}."):
        for fact in read(said, spoken_at=spoken_at).facts:
            assert fact.valid_from is None or abs(fact.valid_from - spoken_at) <= timedelta(days=14)


def test_a_weekday_before_the_first_is_not_known() -> None:
    (fact,) = read("I moved to Graz last Friday.", spoken_at=EARLIEST).facts
    assert (fact.value or fact.target, fact.valid_from) == ("Graz", None)

"""Calendars: what, when and in which zone, how often, where and who."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from ingestion.errors import ExtractionFailed
from ingestion.extract.readers.calendars.recurrence import in_words
from tests.ingestion.other_files import calendar
from tests.ingestion.reading import places, read

EVENT = "BEGIN:VEVENT\nSUMMARY:Lunch\n{}\nEND:VEVENT\n"


def lines(told: str) -> list[str]:
    return read(calendar(EVENT.format(told)), "a.ics").text.split("\n\n")[1].split("\n")[1:]


def test_an_event_is_a_section_that_says_all_of_it() -> None:
    found = read(calendar(), "a.ics")
    assert found.title == "Team"
    assert places(found) == [
        ("Team", None, "", "text"),
        (
            "Stand-up\nWhen: Monday, 2026-01-05 13:30 to 14:30, Europe/Vienna\n"
            "Repeats: every 2 weeks on Monday and Wednesday\nWhere: Room 3",
            None,
            "Stand-up",
            "text",
        ),
    ]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("DTSTART:20260105T133000Z", "Monday, 2026-01-05 13:30, UTC"),
        ("DTSTART:20260105T133000", "Monday, 2026-01-05 13:30, wherever one is"),
        ("DTSTART;TZID=Mars/Phobos:20260105T133000", "Monday, 2026-01-05 13:30, Mars/Phobos"),
        ("DTSTART:20260105T230000Z\nDURATION:PT2H", "Monday, 2026-01-05 23:00 to Tuesday, 2026-01-06 01:00, UTC"),
        ("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260106", "2026-01-05, all day"),
        ("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260108", "2026-01-05 to 2026-01-07, all day"),
        ("DTSTART;VALUE=DATE:20260105", "2026-01-05, all day"),
    ],
)
def test_when_it_is(told: str, shown: str) -> None:
    assert lines(told) == [f"When: {shown}"]


def test_people_say_whether_they_come_and_text_is_unfolded() -> None:
    told = (
        'ORGANIZER;CN="Ann B":mailto:ann@example.org\nATTENDEE;CN=Bob;PARTSTAT=DECLINED:mailto:bob@example.org\n'
        "ATTENDEE:mailto:carl@example.org\nDESCRIPTION:Bring pens\\, and\n  paper\\nplease\n"
        "CATEGORIES:one,two\nSTATUS:CANCELLED\nEXDATE:20260112T133000Z"
    )
    assert lines(told) == [
        "Except on: 2026-01-12 13:30 UTC",
        "Status: cancelled",
        "Organizer: Ann B <ann@example.org>",
        "Who: Bob <bob@example.org> (declined), carl@example.org",
        "Categories: one, two",
        "Bring pens, and paper",
        "please",
    ]


def test_a_property_that_is_broken_leaves_the_others() -> None:
    assert lines("DTSTART:2026010\nLOCATION:Room 3") == ["Where: Room 3"]


def test_tasks_say_when_they_are_due() -> None:
    task = "BEGIN:VTODO\nSUMMARY:Pay\nDUE;VALUE=DATE:20260131\nEND:VTODO\n"
    assert read(calendar(task), "a.ics").text.endswith("To do: Pay\nDue: 2026-01-31")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"FREQ": ["DAILY"]}, "every day"),
        ({"FREQ": ["DAILY"], "INTERVAL": [3], "COUNT": [10]}, "every 3 days 10 times"),
        ({"FREQ": ["WEEKLY"], "BYDAY": ["MO", "TU", "WE", "TH", "FR"]}, "every week on working days"),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["2TU"]}, "every month on the 2nd Tuesday"),
        (
            {"FREQ": ["MONTHLY"], "BYDAY": ["MO", "FR"], "BYSETPOS": [-1]},
            "every month on the last of Monday and Friday",
        ),
        ({"FREQ": ["MONTHLY"], "BYMONTHDAY": [1, 11, -1]}, "every month on the 1st, 11th and last day"),
        ({"FREQ": ["YEARLY"], "BYMONTH": [3], "BYDAY": ["-1SU"]}, "every year on the last Sunday in March"),
        ({"FREQ": ["WEEKLY"], "UNTIL": [date(2026, 12, 31)]}, "every week until 2026-12-31"),
        (
            {"FREQ": ["WEEKLY"], "UNTIL": [datetime(2026, 12, 31, 9, tzinfo=UTC)]},
            "every week until 2026-12-31 09:00 UTC",
        ),
        ({"FREQ": ["DAILY"], "BYHOUR": [9], "BYMINUTE": [0, 30]}, "every day at 09:00 and 09:30"),
    ],
)
def test_recurrence_in_words(rule: dict[str, Any], words: str) -> None:
    assert in_words(rule) == words


def test_a_calendar_without_events_says_so() -> None:
    with pytest.raises(ExtractionFailed, match="without events"):
        read(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "a.ics")

"""What is said of a schedule: missed slots, plain words, the preview, a whole day at once."""

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from providers.cron import describe, latest_fire, minutes_within, next_fire, parse_schedule, parse_zone, preview
from providers.errors import ScheduleInvalid
from tests.providers.cron.chance import any_expression
from tests.providers.cron.clocks import CHANGES, RIGA, utc


@pytest.mark.parametrize(
    ("expression", "since", "until", "expected"),
    [
        ("* * * * *", "2026-01-01T00:00", "2026-01-02T02:00:30", "2026-01-02T02:00"),
        ("0 */6 * * *", "2026-01-01T00:00", "2026-01-02T05:59", "2026-01-02T00:00"),
        ("0 0 1 1 *", "2020-01-01T00:00", "2026-06-01T00:00", "2026-01-01T00:00"),
        ("0 0 29 2 *", "2016-02-29T00:00", "2027-06-01T00:00", "2024-02-29T00:00"),
        ("0 * * * *", "2026-01-01T10:00", "2026-01-01T10:30", "2026-01-01T10:00"),
        ("0 * * * *", "2026-01-01T10:00", "2026-01-01T11:00", "2026-01-01T11:00"),
    ],
)
def test_of_missed_slots_the_latest_is_found(expression: str, since: str, until: str, expected: str) -> None:
    found = latest_fire(parse_schedule(expression), zone=ZoneInfo("UTC"), since=utc(since), until=utc(until))
    assert found == utc(expected)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 */6 * * *", "every 6 hours, on the hour"),
        ("* * * * *", "every minute"),
        ("*/15 * * * *", "every 15 minutes"),
        ("*/20 6-20 * * 1-5", "every 20 minutes from 06:00 to 20:40 on Monday to Friday"),
        ("0 * * * *", "every hour, on the hour"),
        ("17 * * * *", "every hour, at 17 past the hour"),
        ("30 2 * * *", "every day at 02:30"),
        ("0,30 9 * * *", "every day at 09:00 and 09:30"),
        ("0 9 * * mon", "at 09:00 on Monday"),
        ("0 9 * * sat,sun", "at 09:00 on Saturday and Sunday"),
        ("0 0 13 * fri", "at 00:00 on day 13 of the month or on Friday"),
        ("0 0 */2 * 1", "at 00:00 on Monday, if it falls on day 1, 3, … 31 of the month"),
        ("@yearly", "at 00:00 on day 1 of the month in January"),
        ("0 8-18 * 6-8 *", "every hour from 08:00 to 18:59, on the hour in June to August"),
    ],
)
def test_a_schedule_is_described_in_plain_words(expression: str, words: str) -> None:
    assert describe(parse_schedule(expression), "Europe/Riga") == f"{words}, Europe/Riga"


@pytest.mark.parametrize("seed", range(3))
def test_every_schedule_can_be_described(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(200):
        try:
            schedule = parse_schedule(any_expression(chance))
        except ScheduleInvalid:
            continue
        assert describe(schedule, "UTC").endswith(", UTC")


def test_the_preview_marks_what_a_change_of_the_clocks_does() -> None:
    moved = preview(parse_schedule("30 3 * * *"), zone=RIGA, after=utc("2026-03-28T12:00"), count=2)
    assert [(f"{fire.local:%H:%M}", fire.note) for fire in moved] == [
        ("04:00", "moved: the clocks skip the planned time"),
        ("03:30", ""),
    ]
    repeated = preview(parse_schedule("0 * * * *"), zone=RIGA, after=utc("2026-10-24T23:30"), count=3)
    assert [(f"{fire.local:%H:%M}", bool(fire.note)) for fire in repeated] == [
        ("03:00", False),
        ("03:00", True),
        ("04:00", False),
    ]


# --- A whole day at once ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone_name", CHANGES)
@pytest.mark.parametrize(
    "expression", ["*/7 * * * *", "30 2 * * *", "0 */5 1,15 * mon", "15 1-3 * * sun", "5 0 29 2 *", "59 23 31 * *"]
)
def test_a_day_at_once_holds_what_walking_it_finds(zone_name: str, expression: str) -> None:
    schedule, zone = parse_schedule(expression), parse_zone(zone_name)
    for around in (*CHANGES[zone_name], "2026-02-28", "2026-12-31"):
        for hours in (-20, -3, 2):
            since = utc(f"{around}T00:00") + timedelta(hours=hours, minutes=13)
            planned, walked = since - timedelta(minutes=1), []
            while (planned := next_fire(schedule, zone=zone, after=planned)) < since + timedelta(days=1):
                walked.append((planned - since) // timedelta(minutes=1))
            assert list(minutes_within(schedule, zone=zone, since=since, minutes=1_440)) == walked

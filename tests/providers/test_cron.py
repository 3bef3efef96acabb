"""The cron brain: tables for reading, two independent oracles for time."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from providers.cron import describe, fires, latest_fire, minutes_within, next_fire, parse_schedule, parse_zone, preview
from providers.errors import ScheduleInvalid

RIGA = ZoneInfo("Europe/Riga")
CHANGES = {
    "Europe/Riga": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Pacific/Chatham": ["2026-04-05", "2026-09-27"],
    "America/Santiago": ["2026-04-05", "2026-09-06"],
    "Europe/Dublin": ["2026-03-29", "2026-10-25"],
    "Africa/Casablanca": ["2026-02-15", "2026-03-22"],
    "Asia/Kathmandu": ["2026-06-01"],
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def next_of(expression: str, after: str, zone: str = "UTC") -> datetime:
    return next_fire(parse_schedule(expression), zone=parse_zone(zone), after=utc(after))


# --- Reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "position", "words"),
    [
        ("", 0, "is empty"),
        ("   ", 3, "is empty"),
        ("* * * *", 7, "has 4 fields"),
        ("* * * * * *", 10, "no seconds"),
        ("60 * * * *", 0, "between 0 and 59"),
        ("  0 24 * * *", 4, "between 0 and 23"),
        ("0 0 0 * *", 4, "between 1 and 31"),
        ("0 0 1 13 *", 6, "between 1 and 12"),
        ("0 0 * * 8", 8, "between 0 and 7"),
        ("*/0 * * * *", 2, "whole number from 1"),
        ("*/ * * * *", 2, "whole number from 1"),
        ("*/5/5 * * * *", 4, "One step"),
        ("*/90 * * * *", 2, "after its first value"),
        ("5/15 * * * *", 0, "5-59/15"),
        ("30-10 * * * *", 0, "backwards"),
        ("0 0 * * fri-sun", 8, "Sunday may be written 7"),
        ("1-2-3 * * * *", 0, "two ends"),
        ("1- * * * *", 2, "missing"),
        ("1,,2 * * * *", 2, "missing"),
        ("-5 * * * *", 0, "missing"),
        ("*-5 * * * *", 0, "not a minute"),
        ("1,x * * * *", 2, "not a minute"),
        ("0 0 L * *", 4, "not a day of the month"),
        ("0 0 15W * *", 4, "not a day of the month"),
        ("0 0 * * mon#2", 8, "not a day of the week"),
        ("0 0 1 foo *", 6, "not a month"),
        ("H * * * *", 0, "not a minute"),
        ("? * * * *", 0, "not a minute"),
        ("٣ * * * *", 0, "not a minute"),
        ("1e1 * * * *", 0, "not a minute"),
        ("0\x000 * * * *", 0, "not a minute"),
        ("99999999999999999999 * * * *", 0, "not a minute"),
        ("@reboot", 0, "not known"),
        (" @every 5m", 1, "not known"),
        ("0 0 30 2 *", 4, "never"),
        ("0 0 31 2,4,6,9,11 *", 4, "never"),
        ("0 0 31 feb */2", 4, "never"),
        ("0," * 400, 500, "at most 500"),
    ],
)
def test_what_is_not_understood_is_refused_at_its_place(expression: str, position: int, words: str) -> None:
    with pytest.raises(ScheduleInvalid, match=words) as refused:
        parse_schedule(expression)
    assert refused.value.position == position
    assert refused.value.code == "invalid_schedule"


@pytest.mark.parametrize("zone", ["", "Europe/Nowhere", "europe/riga", "../../etc/passwd", "Europe", "UTC\0", "/UTC"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ScheduleInvalid, match="not a time zone"):
        parse_zone(zone)


@given(st.text(max_size=40))
def test_any_text_is_either_a_schedule_or_refused_within_its_length(text: str) -> None:
    try:
        schedule = parse_schedule(text)
    except ScheduleInvalid as error:
        refused = error
    else:
        assert next_fire(schedule, zone=RIGA, after=utc("2026-01-01"))
        return
    assert refused.position is not None
    assert 0 <= refused.position <= len(text)


@pytest.mark.parametrize(
    ("macro", "expression"),
    [
        ("@hourly", "0 * * * *"),
        ("@daily", "0 0 * * *"),
        ("@weekly", "0 0 * * sun"),
        ("@monthly", "0 0 1 * *"),
        (" @YEARLY ", "0 0 1 jan *"),
    ],
)
def test_a_macro_means_its_expression(macro: str, expression: str) -> None:
    after = utc("2026-02-03T04:05")
    assert fires(parse_schedule(macro), zone=RIGA, after=after, count=5) == fires(
        parse_schedule(expression), zone=RIGA, after=after, count=5
    )


# --- Days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("0 0 13 * fri", ["02-06", "02-13", "02-20", "02-27", "03-06"]),  # either
        ("0 0 13 * *", ["02-13", "03-13", "04-13"]),
        ("0 0 * * 7", ["02-08", "02-15", "02-22"]),
        ("0 0 * * 0", ["02-08", "02-15", "02-22"]),
        ("0 0 * * 5-7", ["02-06", "02-07", "02-08", "02-13"]),
        ("0 0 */2 * 1", ["02-09", "02-23", "03-09"]),  # begins with *: both must match
        ("0 0 13 * */5", ["02-13", "03-13", "09-13"]),  # Sunday or Friday, and the 13th
        ("0 0 1-31 * mon", ["02-04", "02-05", "02-06"]),  # restricted to every day, or Monday
        ("0 0 29 2 *", ["02-29", "02-29"]),
        ("0 0 31 4 sun", ["04-05", "04-12"]),  # no 31 April, but Sundays come
    ],
)
def test_both_day_fields_restricted_means_either(expression: str, days: list[str]) -> None:
    found = fires(parse_schedule(expression), zone=ZoneInfo("UTC"), after=utc("2026-02-03T12:00"), count=len(days))
    assert [f"{fire:%m-%d}" for fire in found] == days


def test_the_rarest_day_is_still_found() -> None:
    assert next_of("0 0 29 2 */7", "2026-01-01") == utc("2032-02-29")


def test_a_fire_is_strictly_later_than_after_and_on_a_whole_minute() -> None:
    assert next_of("*/5 * * * *", "2026-01-01T10:05:00") == utc("2026-01-01T10:10")
    assert next_of("*/5 * * * *", "2026-01-01T10:04:59.999999") == utc("2026-01-01T10:05")


# --- Changes of the clocks -------------------------------------------------------------------------------------------


def test_a_fixed_time_in_the_gap_runs_at_the_first_instant_after_it() -> None:
    assert next_of("30 3 * * *", "2026-03-28T12:00", "Europe/Riga") == utc("2026-03-29T01:00")


def test_a_fixed_time_in_the_fold_runs_once() -> None:
    found = fires(parse_schedule("30 3 * * *"), zone=RIGA, after=utc("2026-10-24T12:00"), count=2)
    assert found == [utc("2026-10-25T00:30"), utc("2026-10-26T01:30")]


def test_a_wildcard_hour_runs_through_both_passes_of_the_fold() -> None:
    found = fires(parse_schedule("*/30 * * * *"), zone=RIGA, after=utc("2026-10-24T23:59"), count=5)
    assert [f"{fire:%H:%M}" for fire in found] == ["00:00", "00:30", "01:00", "01:30", "02:00"]


def test_midnight_that_does_not_exist_runs_at_one() -> None:
    assert next_of("0 0 * * *", "2026-09-05T12:00", "America/Santiago") == utc("2026-09-06T04:00")


def test_two_times_in_one_gap_run_once_after_it() -> None:
    found = fires(parse_schedule("0,30 3 * * *"), zone=RIGA, after=utc("2026-03-28T12:00"), count=2)
    assert found == [utc("2026-03-29T01:00"), utc("2026-03-30T00:00")]


@dataclass(frozen=True)
class Wake:
    """One turn of Debian's loop: it wakes each real minute and lets its virtual clock catch up with the wall."""

    now: datetime
    wall: datetime
    caught_up: list[datetime]


def debian_wakes(zone: ZoneInfo, start: datetime, end: datetime) -> list[Wake]:
    wakes, now, virtual = [], start, start.astimezone(zone).replace(tzinfo=None)
    while (now := now + timedelta(minutes=1)) <= end:
        wall, caught_up = now.astimezone(zone).replace(tzinfo=None), []
        while virtual < wall:
            virtual += timedelta(minutes=1)
            caught_up.append(virtual)
        wakes.append(Wake(now, wall, caught_up))
    return wakes


def debian_runs(expression: str, wakes: list[Wake]) -> list[datetime]:
    schedule = parse_schedule(expression)
    stars = [field.startswith("*") for field in expression.split()]

    def due(wall: datetime) -> bool:
        if wall.minute not in schedule.minutes or wall.hour not in schedule.hours or wall.month not in schedule.months:
            return False
        dom, dow = wall.day in schedule.days, wall.isoweekday() % 7 in schedule.weekdays
        return (dom and dow) if stars[2] or stars[4] else (dom or dow)

    if stars[0] or stars[1]:
        return [wake.now for wake in wakes if due(wake.wall)]
    return [wake.now for wake in wakes if any(map(due, wake.caught_up))]


# cronsim goes astray where the clocks change by half an hour, and where a midnight does not exist.
PLAIN_CHANGES = [zone for zone in CHANGES if zone not in ("Australia/Lord_Howe", "America/Santiago")]
EXPRESSIONS = [
    "* * * * *", "*/7 * * * *", "0 * * * *", "30 * * * *", "*/20 2 * * *", "15 */2 * * *", "0 0 * * *", "30 0 * * *",
    "15 1 * * *", "45 1,2 * * *", "0 2 * * *", "15 2 * * *", "30 2 * * *", "50 2 * * *", "0,30 2,3 * * *", "0 3 * * *",
    "10 3 * * *", "45 3 * * *", "0 23 * * *", "30 23 * * 6", "5 0 * * 0", "0-59 2 * * *", "0 0-23 * * *",
]  # fmt: skip


@pytest.mark.parametrize("zone_name", CHANGES)
def test_every_change_of_the_clocks_equals_a_minute_by_minute_run_of_debian_cron(zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    for day in CHANGES[zone_name]:
        start = utc(day) - timedelta(days=1)
        end = start + timedelta(days=2.5)
        wakes = debian_wakes(zone, start, end)
        for expression in EXPRESSIONS:
            expected = debian_runs(expression, wakes)
            found = fires(parse_schedule(expression), zone=zone, after=start, count=len(expected) + 1)
            assert found[:-1] == expected, (expression, zone_name, day)
            assert found[-1] > end


def any_field(chance: random.Random, low: int, high: int) -> str:
    def entry() -> str:
        first = chance.randint(low, high - 1)
        last = chance.randint(first + 1, high)
        step = chance.randint(1, last - first)
        return chance.choice([str(first), f"{first}-{last}", f"{first}-{last}/{step}"])

    return chance.choice(["*", "*", f"*/{chance.randint(2, high - low)}", entry(), ",".join([entry(), entry()])])


def any_expression(chance: random.Random) -> str:
    return " ".join(any_field(chance, low, high) for low, high in [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)])


def by_cronsim(expression: str, zone: ZoneInfo, after: datetime, count: int) -> list[datetime]:
    simulator, found = CronSim(expression, after.astimezone(zone)), []
    while len(found) < count:
        instant = next(simulator).astimezone(UTC)
        if instant not in found:
            found.append(instant)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_random_schedules_equal_an_independent_implementation(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        expression, zone_name = any_expression(chance), chance.choice(PLAIN_CHANGES)
        try:
            schedule = parse_schedule(expression)
        except ScheduleInvalid:
            continue
        day = datetime.fromisoformat(chance.choice(CHANGES[zone_name])).replace(tzinfo=UTC)
        after = day - timedelta(hours=chance.randint(20, 40), minutes=chance.randint(0, 59))
        zone = ZoneInfo(zone_name)
        assert fires(schedule, zone=zone, after=after, count=15) == by_cronsim(expression, zone, after, 15), expression


@pytest.mark.parametrize("expression", ["*/10 * * * *", "30 3 * * *", "0 */2 * * *", "0 0-23 * * *"])
def test_starting_anywhere_around_a_change_gives_the_same_fires(expression: str) -> None:
    schedule = parse_schedule(expression)
    for day in CHANGES["Europe/Riga"]:
        start = utc(day) - timedelta(hours=12)
        planned = fires(schedule, zone=RIGA, after=start, count=300)
        for minute in range(0, 24 * 60, 7):
            after = start + timedelta(minutes=minute)
            assert next_fire(schedule, zone=RIGA, after=after) == next(fire for fire in planned if fire > after)


# --- Missed slots, words, preview ------------------------------------------------------------------------------------


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

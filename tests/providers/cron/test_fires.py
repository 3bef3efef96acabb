"""When a schedule fires: days, and changes of the clocks, against Debian's cron and against cronsim."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from providers.cron import fires, next_fire, parse_schedule
from providers.errors import ScheduleInvalid
from tests.providers.cron.chance import any_expression
from tests.providers.cron.clocks import CHANGES, RIGA, next_of, utc
from tests.providers.cron.debian import debian_runs, debian_wakes

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


def by_cronsim(expression: str, zone: ZoneInfo, after: datetime, count: int) -> list[datetime]:
    simulator = CronSim(expression, after.astimezone(zone))
    found: list[datetime] = []
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

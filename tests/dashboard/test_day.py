"""The day ahead: counted by the cron brain, drawn so that herds stand out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.charts.day_ahead import Day, Planned, plan_day
from dashboard.charts.day_chart import describe_day, draw_day

NOON = datetime(2026, 11, 20, 12, 7, tzinfo=UTC)


def planned(provider_id: str, schedule: str, **fields: Any) -> Planned:
    return Planned(
        provider_id, schedule, **{"zone": "UTC", "jitter_s": 0, "enabled": True, "paused_at": None, **fields}
    )


def day_of(*providers: Planned) -> Day:
    day = plan_day(list(providers), now=NOON)
    assert day
    return day


def test_without_a_schedule_there_is_no_day() -> None:
    assert plan_day([], now=NOON) is None


def test_the_busiest_minute_is_where_most_begin() -> None:
    day = day_of(planned("a", "0 2 * * *"), planned("b", "0 2 * * *"), planned("c", "*/30 * * * *"))
    assert (day.most, f"{day.busiest_at:%H:%M}") == (3, "02:00")
    assert day.total == 2 + 48


def test_what_has_just_begun_begins_again_within_the_day() -> None:
    day = day_of(planned("daily", "5 12 * * *"), planned("now", "7 12 * * *"), planned("soon", "8 12 * * *"))
    assert [f"{lane.first_at:%d %H:%M}" for lane in day.lanes if lane.first_at] == ["21 12:05", "21 12:07", "20 12:08"]
    assert day.total == 3


def test_jitter_takes_a_herd_apart() -> None:
    herd = [planned(f"p{number}", "0 2 * * *", jitter_s=3_600) for number in range(60)]
    assert day_of(*herd).most < 10


def test_what_is_paused_begins_nothing_and_says_so() -> None:
    day = day_of(planned("rests", "* * * * *", paused_at=NOON), planned("off", "* * * * *", enabled=False))
    assert day.total == 0
    assert "rests: paused" in describe_day(day)


def test_a_schedule_that_cannot_be_read_takes_no_other_with_it() -> None:
    assert day_of(planned("broken", "what?"), planned("well", "0 2 * * *")).total == 1


def test_many_providers_are_told_by_their_schedules() -> None:
    day = day_of(*(planned(f"p{number}", "0 2 * * *" if number else "0 3 * * *") for number in range(40)))
    assert [lane.name for lane in day.lanes] == ["39 × 0 2 * * *", "1 × 0 3 * * *"]


def test_more_than_can_run_at_once_is_drawn_as_a_herd() -> None:
    herd = day_of(*(planned(f"p{number}", "0 2 * * *") for number in range(5)))
    assert 'class="herd"' in draw_day(herd, capacity=4)
    assert 'class="herd"' not in draw_day(herd, capacity=5)


def test_a_thousand_schedules_of_their_own_are_counted_quickly() -> None:
    providers = [planned(f"p{number}", f"{number % 60} {number // 60} * * *") for number in range(1_000)]
    began = datetime.now(UTC)
    day = day_of(*providers)
    assert day.most <= 2
    assert datetime.now(UTC) - began < timedelta(seconds=2)  # some 50 ms where nothing else runs


def test_a_day_is_drawn_in_quarters_of_an_hour_and_told_in_words() -> None:
    day = day_of(planned("wiki", "15,16,29,30 12 * * *"), planned("<b>", "@daily", enabled=False))
    picture = draw_day(day, capacity=9)
    assert picture.count("<rect") == 2
    assert "wiki: next at 12:15 UTC. &lt;b&gt;: paused." in picture
    assert picture.count("<line") == 12

"""What is a schedule, and what is refused at which place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.cron import fires, next_fire, parse_schedule, parse_zone
from providers.errors import ScheduleInvalid
from tests.providers.cron.clocks import RIGA, utc


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


@pytest.mark.parametrize(
    "zone", ["", "Europe/Nowhere", "europe/riga", "localtime", "Factory", "../../etc/passwd", "Europe", "UTC\0", "/UTC"]
)
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


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("every 5 minutes", "*/5 * * * *"),
        ("Every hour", "@hourly"),
        ("daily", "@daily"),
        ("@every 2h", "0 */2 * * *"),
        ("“0 5 * * *”", "0 5 * * *"),
        ("`@daily`\n", "@daily"),
        ("'0 5 * * * '", "0 5 * * *"),
    ],
)
def test_words_are_refused_with_the_schedule_that_they_mean(said: str, meant: str) -> None:
    with pytest.raises(ScheduleInvalid) as refused:
        parse_schedule(said)
    assert refused.value.detail.endswith(f"Did you mean {meant}?")
    assert parse_schedule(meant)


@pytest.mark.parametrize("said", ["every 7 minutes", "every fortnight", "every 5 months", "0 0 * *"])
def test_nothing_is_proposed_that_means_something_else(said: str) -> None:
    with pytest.raises(ScheduleInvalid) as refused:
        parse_schedule(said)
    assert "Did you mean" not in refused.value.detail


@pytest.mark.parametrize(
    ("said", "meant"),
    [("Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("Europe/Berln", "Europe/Berlin"), ("utc", "UTC"),
     ("new york", "America/New_York"), ("UTC+1", "Etc/GMT-1, which is UTC[+]1[?]"),
     ("GMT-05:00", "Etc/GMT[+]5, which is UTC-5"),
     ("+1", "Etc/GMT-1, which"), ("UTC+0", "UTC[?]")],
)  # fmt: skip
def test_a_zone_is_refused_with_the_name_that_was_meant(said: str, meant: str) -> None:
    with pytest.raises(ScheduleInvalid, match=f"Did you mean {meant}"):
        parse_zone(said)


@pytest.mark.parametrize("said", ["UTC+15", "UTC-13", "+99", "GMT+5:30"])
def test_no_zone_is_proposed_for_an_offset_that_none_has(said: str) -> None:
    with pytest.raises(ScheduleInvalid, match="Use an IANA name"):
        parse_zone(said)


@pytest.mark.parametrize("pasted", ["*/5 * * * *\n", "\ufeff*/5 * * * *\r\n", "*/5\u00a0* * *\u200b*"])
def test_what_is_pasted_with_blanks_that_nobody_sees_is_read(pasted: str) -> None:
    assert parse_schedule(pasted).text == "*/5 * * * *"
    assert parse_zone("\u00a0Europe/Riga\r\n").key == "Europe/Riga"

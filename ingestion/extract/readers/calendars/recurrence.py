"""When something comes again, in words: `every 2 weeks on Monday and Wednesday until 2026-12-31`.

The rules are those of RFC 5545, 3.3.10.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

UNITS = {
    "SECONDLY": "second",
    "MINUTELY": "minute",
    "HOURLY": "hour",
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}
DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
MOST_TOLD = 60
WORKING = ("MO", "TU", "WE", "TH", "FR")
ENDINGS = {1: "st", 2: "nd", 3: "rd"}

Rule = Mapping[str, Any]


def in_words(rule: Rule) -> str:
    """Of a rule as the library has it: lists by name."""
    unit = UNITS.get(str(_first(rule, "FREQ")).upper(), "time")
    every = _number(_first(rule, "INTERVAL"))
    said = [f"every {every} {unit}s" if every > 1 else f"every {unit}", *_on(rule, unit)]
    if (until := _first(rule, "UNTIL")) is not None:
        said.append(f"until {moment(until)}")
    if count := _number(_first(rule, "COUNT")):
        said.append(f"{count} times" if count > 1 else "once")
    return " ".join(said)


def moment(told: Any) -> str:
    """A day as ISO has it, a time of day with its zone, if it has one."""
    if isinstance(told, datetime):
        return f"{told:%Y-%m-%d %H:%M}" + (f" {zone}" if (zone := zone_of(told)) else "")
    return told.isoformat() if isinstance(told, date) else str(told)


def zone_of(told: datetime) -> str:
    if told.tzinfo is None:
        return ""
    return str(getattr(told.tzinfo, "key", None) or told.tzname() or "")


def joined(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _on(rule: Rule, unit: str) -> Iterator[str]:
    days = [each for told in _all(rule, "BYDAY") if (each := DAY.fullmatch(str(told).upper()))]
    months = [MONTHS[number - 1] for told in _all(rule, "BYMONTH") if 0 < (number := _number(told)) <= 12]
    if set(WORKING) == {day[2] for day in days} and not any(day[1] for day in days):
        yield "on working days"
    elif days:
        places = [_number(told) for told in _all(rule, "BYSETPOS")]
        names = joined([_day(day) for day in days])
        yield f"on the {joined([ordinal(place) for place in places])} of {names}" if places else f"on {names}"
    if of_month := [_number(told) for told in _all(rule, "BYMONTHDAY")]:
        yield f"on the {joined([_of_month(number) for number in of_month])}"
    if of_year := [_number(told) for told in _all(rule, "BYYEARDAY")]:
        yield f"on the {joined([ordinal(number) for number in of_year])} day of the year"
    if weeks := [_number(told) for told in _all(rule, "BYWEEKNO")]:
        yield f"in week {joined([str(number) for number in weeks])}"
    if months:
        yield f"in {joined(months)}" if days or of_month or unit != "month" else f"of {joined(months)}"
    if hours := [f"{_number(told):02d}" for told in _all(rule, "BYHOUR")]:
        minutes = [f"{_number(told):02d}" for told in _all(rule, "BYMINUTE")] or ["00"]
        yield f"at {joined([f'{hour}:{minute}' for hour in hours for minute in minutes][:MOST_TOLD])}"


def _day(day: re.Match[str]) -> str:
    return f"the {ordinal(int(day[1]))} {DAYS[day[2]]}" if day[1] else DAYS[day[2]]


def _of_month(number: int) -> str:
    return ordinal(number) if number > 0 else f"{ordinal(number)} day"


def ordinal(number: int) -> str:
    """`2nd`, `last`, `2nd to last`."""
    if number == -1:
        return "last"
    if number < 0:
        return f"{ordinal(-number)} to last"
    ending = "th" if 10 < number % 100 < 14 else ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"


def _all(rule: Rule, name: str) -> Sequence[Any]:
    found = rule.get(name) or ()
    return (list(found) if isinstance(found, (list, tuple)) else [found])[:MOST_TOLD]


def _first(rule: Rule, name: str) -> Any:
    return next(iter(_all(rule, name)), None)


def _number(told: Any) -> int:
    """0 for what is none."""
    try:
        return int(told or 0)
    except (TypeError, ValueError):
        return 0

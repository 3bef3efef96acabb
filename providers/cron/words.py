"""A schedule in plain words, made from its values and not from how they were written."""

from collections.abc import Sequence
from itertools import pairwise

from providers.cron.parse import Schedule

WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MAX_TIMES = 6
MONDAY_FIRST = (1, 2, 3, 4, 5, 6, 0)


def describe(schedule: Schedule, zone: str) -> str:
    """One phrase without a full stop: "every 6 hours, on the hour, Europe/Riga"."""
    time, days, months = _times(schedule), _days(schedule), _months(schedule)
    phrase = " ".join(part for part in (time, days, months) if part)
    if phrase.startswith("at ") and not days:
        phrase = f"every day {phrase}"
    return f"{phrase}, {zone}"


def _times(schedule: Schedule) -> str:
    minutes, hours = schedule.minutes, schedule.hours
    if len(minutes) * len(hours) <= MAX_TIMES and not (len(minutes) == 1 and _beat(hours, 24) and len(hours) > 2):
        return "at " + _listed([f"{hour:02}:{minute:02}" for hour in hours for minute in minutes])
    if len(minutes) > 1 and (beat := _beat(minutes, 60)):
        return f"{_every(beat, 'minute')}{_through(schedule)}"
    past = "on the hour" if minutes == (0,) else f"at {_spans(minutes)} past the hour"
    if beat := _beat(hours, 24):
        return f"{_every(beat, 'hour')}, {past}"
    if _run(hours):
        return f"every hour from {hours[0]:02}:00 to {hours[-1]:02}:59, {past}"
    return f"{past} in the hours {_spans(hours)}"


def _through(schedule: Schedule) -> str:
    """Which hours a beat of minutes goes through."""
    hours = schedule.hours
    if len(hours) == 24:
        return ""
    if _run(hours):
        return f" from {hours[0]:02}:{schedule.minutes[0]:02} to {hours[-1]:02}:{schedule.minutes[-1]:02}"
    return f" in the hours {_spans(hours)}"


def _days(schedule: Schedule) -> str:
    if schedule.any_day:
        return ""
    dates = "" if len(schedule.days) == 31 else f"on day {_spans(schedule.days)} of the month"
    weekdays = "" if len(schedule.weekdays) == 7 else f"on {_weekday_names(schedule.weekdays)}"
    if dates and weekdays:
        return f"{dates} or {weekdays}" if schedule.either_day else f"{weekdays}, if it falls {dates}"
    return dates or weekdays


def _months(schedule: Schedule) -> str:
    if len(schedule.months) == 12:
        return ""
    names = [MONTHS[month - 1] for month in schedule.months]
    return "in " + (f"{names[0]} to {names[-1]}" if _run(schedule.months) and len(names) > 2 else _listed(names))


def _weekday_names(weekdays: Sequence[int]) -> str:
    order = [MONDAY_FIRST.index(day) for day in MONDAY_FIRST if day in weekdays]
    names = [WEEKDAYS[MONDAY_FIRST[place]] for place in order]
    return f"{names[0]} to {names[-1]}" if len(names) > 2 and _run(order) else _listed(names)


def _beat(values: Sequence[int], cycle: int) -> int:
    """The even distance at which the values divide the whole cycle, from 0 on; 0 if they do not."""
    step = cycle // len(values)
    return step if list(values) == list(range(0, cycle, step)) and step * len(values) == cycle else 0


def _run(values: Sequence[int]) -> bool:
    return len(values) == values[-1] - values[0] + 1


def _every(count: int, unit: str) -> str:
    return f"every {unit}" if count == 1 else f"every {count} {unit}s"


def _spans(values: Sequence[int]) -> str:
    """1, 2, 3, 7 as "1–3 and 7"; a longer even row as "1, 3, … 31"."""
    distances = {later - earlier for earlier, later in pairwise(values)}
    if len(values) > 3 and len(distances) == 1 and distances != {1}:
        return f"{values[0]}, {values[1]}, … {values[-1]}"
    spans: list[list[int]] = []
    for value in values:
        if spans and value == spans[-1][-1] + 1:
            spans[-1].append(value)
        else:
            spans.append([value])
    return _listed([part for span in spans for part in _span_words(span)])


def _span_words(span: list[int]) -> list[str]:
    return [f"{span[0]}–{span[-1]}"] if len(span) > 2 else [str(value) for value in span]


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

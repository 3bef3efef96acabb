"""Values that hold a day as one says it: `noon tomorrow`, `four this afternoon`. Their words are false a day later."""

import re
from dataclasses import replace
from datetime import datetime

from memory.extraction.rules.dating import Dates
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.times.instants import first_of, shift

_DAY = r"yesterday|today|tonight|tomorrow|this (?=morning|afternoon|evening)"
_SAID = rf"(?P<day>{_DAY})(?: ?(?P<part>morning|afternoon|evening|night))?"
_LAST = re.compile(rf"(?:^|,? ){_SAID}$")
_FIRST = re.compile(rf"^{_SAID},? (?=\S)")
_STEPS = {"yesterday": -1, "tomorrow": 1}


def on_its_day(assertion: Assertion, dates: Dates, spoken: datetime) -> tuple[Assertion, Dates]:
    """The value without the day, which it is true on and no longer; `2026-03-19` where it says nothing else."""
    found = _LAST.search(assertion.value) or _FIRST.search(assertion.value)
    day = shift(first_of(spoken, "day"), _STEPS.get(found["day"], 0), "day") if found else None
    if found is None or day is None:
        return assertion, dates
    rest = assertion.value[: found.start()] + assertion.value[found.end() :]
    if not rest:
        return replace(assertion, value=f"{day:%Y-%m-%d}"), dates
    hour = rest.removeprefix("at ")
    value = f"{rest if hour.isdecimal() else hour} {_part(found)}".strip()
    return replace(assertion, value=value), _within(dates, day, spoken)


def _part(found: re.Match[str]) -> str:
    part = found["part"] or ("night" if found["day"] == "tonight" else "")
    return f"at {part}" if part == "night" else f"in the {part}" if part else ""


def _within(dates: Dates, day: datetime, spoken: datetime) -> Dates:
    """What came about yesterday is still so; a day that was resolved before stays."""
    if day > spoken:
        return replace(dates, valid_from=day, valid_until=shift(day, 1, "day"), future=True)
    if first_of(spoken, "day") > day:
        return replace(dates, valid_from=dates.valid_from or day)
    return replace(dates, valid_until=dates.valid_until or shift(day, 1, "day"))

"""Reading a cron expression. What is not plainly understood is refused, with the place and a sentence."""

import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from providers.cron.proposals import propose_schedule, propose_zone
from providers.errors import ScheduleInvalid

MAX_CHARS = 500
QUOTES = " \"'`“”„‘’"
BLANKS = re.compile(r"[\s\u200b\u2060\ufeff]")
"""Also those that nobody sees; each stands for one blank, so that places in the text stay what they are."""
NO_PLACES = frozenset({"localtime", "Factory", "posixrules"})
"""Names of the zone files that mean another zone on each machine, or none."""
MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}
LONGEST_MONTH = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When the wall clock matches. All fields ascending; `weekdays` count from 0, Sunday.

    `either_day`: both day fields are restricted, so that one of them suffices; otherwise both must match.
    `follows_clock`: minute or hour begins with `*`, so the job follows real time through a change of the clocks,
    where a job with fixed times runs once for each time written down.
    """

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    either_day: bool
    follows_clock: bool

    @property
    def any_day(self) -> bool:
        full = len(self.days) == 31, len(self.weekdays) == 7
        return any(full) if self.either_day else all(full)


@dataclass(frozen=True)
class CronField:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A stretch of the expression and where it starts."""

    text: str
    at: int

    def split(self, separator: str) -> list["Piece"]:
        pieces, at = [], self.at
        for part in self.text.split(separator):
            pieces.append(Piece(part, at))
            at += len(part) + len(separator)
        return pieces

    def refused(self, sentence: str) -> ScheduleInvalid:
        return ScheduleInvalid(sentence, position=self.at)


FIELDS = (
    CronField("minute", 0, 59),
    CronField("hour", 0, 23),
    CronField("day of the month", 1, 31),
    CronField("month", 1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    CronField("day of the week", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)


def parse_schedule(text: str) -> Schedule:
    """The schedule that five cron fields or one of the five macros name; raises ScheduleInvalid.

    Ends of lines and no-break spaces, as they come with what is pasted, are blanks.
    """
    try:
        return _parse(BLANKS.sub(" ", text))
    except ScheduleInvalid as error:
        if meant := _unquoted(text) or propose_schedule(text):
            raise ScheduleInvalid(f"{error.detail} Did you mean {meant}?", position=error.position) from None
        raise


def _unquoted(text: str) -> str:
    """The schedule within quotation marks, as it stands in other files; "" where there are none, or is no schedule."""
    bare = BLANKS.sub(" ", text).strip(QUOTES)
    try:
        return _parse(bare).text if bare != text.strip() else ""
    except ScheduleInvalid:
        return ""


@lru_cache(maxsize=4096)
def _parse(text: str) -> Schedule:
    pieces = _expand_macro(text) if text.lstrip(" \t").startswith("@") else _five_fields(text)
    minutes, hours, days, months, weekdays = (
        _read_field(piece, field) for piece, field in zip(pieces, FIELDS, strict=True)
    )
    starred = [piece.text.startswith("*") for piece in pieces]
    schedule = Schedule(
        text=text.strip(" \t"),
        minutes=_ascending(minutes),
        hours=_ascending(hours),
        days=_ascending(days),
        months=_ascending(months),
        weekdays=_ascending({day % 7 for day in weekdays}),
        either_day=not (starred[2] or starred[4]),
        follows_clock=starred[0] or starred[1],
    )
    _refuse_never(schedule, day_field=pieces[2])
    return schedule


@lru_cache(maxsize=1024)
def parse_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name, as it is spelled there; raises ScheduleInvalid. Blanks around it are dropped."""
    bare = BLANKS.sub(" ", name).strip()
    if bare not in _zone_names():
        meant = propose_zone(bare, _zone_names())
        advice = f"Did you mean {meant}?" if meant else "Use an IANA name such as UTC or Europe/Riga."
        raise ScheduleInvalid(f"{_shown(name)} is not a time zone. {advice}", field="timezone")
    return ZoneInfo(bare)


@lru_cache(maxsize=1)
def _zone_names() -> set[str]:
    return available_timezones() - NO_PLACES


def _expand_macro(text: str) -> list[Piece]:
    word = Piece(text.strip(" \t"), len(text) - len(text.lstrip(" \t")))
    expression = MACROS.get(word.text.lower())
    if expression is None:
        raise word.refused(f"{_shown(word.text)} is not known here. There are {', '.join(MACROS)}.")
    return [Piece(field, word.at) for field in expression.split()]


def _five_fields(text: str) -> list[Piece]:
    if len(text) > MAX_CHARS:
        raise ScheduleInvalid(f"A schedule has at most {MAX_CHARS} characters.", position=MAX_CHARS)
    pieces = [Piece(match.group(), match.start()) for match in re.finditer(r"[^ \t]+", text)]
    if len(pieces) < 5:
        given = ["is empty", "has 1 field", "has 2 fields", "has 3 fields", "has 4 fields"][len(pieces)]
        raise ScheduleInvalid(f"This schedule {given}; five are needed: {_field_names()}.", position=len(text))
    if len(pieces) > 5:
        raise pieces[5].refused(f"Five fields are enough: {_field_names()}. There are no seconds and no years.")
    return pieces


def _field_names() -> str:
    return ", ".join(field.name for field in FIELDS)


def _read_field(piece: Piece, field: CronField) -> set[int]:
    return {value for entry in piece.split(",") for value in _read_entry(entry, field)}


def _read_entry(entry: Piece, field: CronField) -> range:
    """One entry of a list: `*`, `5`, `1-5`, `*/2` or `1-5/2`."""
    span, *steps = entry.split("/")
    if span.text == "*":
        low, high = field.low, field.high
    else:
        low, *rest = (_read_number(end, field) for end in span.split("-"))
        high = _range_end(low, rest, span=span, field=field)
        if steps and not rest:
            raise entry.refused(
                f"A step needs a range or `*` before it: write {span.text}-{field.high}/{steps[0].text} instead."
            )
    return range(low, high + 1, _read_step(steps, width=high - low))


def _range_end(low: int, rest: list[int], *, span: Piece, field: CronField) -> int:
    if len(rest) > 1:
        raise span.refused("A range has two ends, as in 1-5.")
    high = rest[0] if rest else low
    if high < low:
        hint = "; Sunday may be written 7" if field.names[:1] == ("sun",) else ""
        raise span.refused(f"The range {_shown(span.text)} in the {field.name} runs backwards{hint}.")
    return high


def _read_step(steps: list[Piece], *, width: int) -> int:
    if not steps:
        return 1
    if len(steps) > 1:
        raise steps[1].refused("One step is enough, as in */15.")
    step = steps[0]
    if not _is_number(step.text) or int(step.text) == 0:
        raise step.refused(f"A step is a whole number from 1 on, not {_shown(step.text)}.")
    if int(step.text) > max(width, 1):
        raise step.refused(f"A step of {step.text} leaves this range after its first value; name that value instead.")
    return int(step.text)


def _read_number(piece: Piece, field: CronField) -> int:
    if piece.text.lower() in field.names:
        return field.names.index(piece.text.lower()) + field.low
    if not piece.text:
        raise piece.refused(f"A value is missing in the {field.name}.")
    if not _is_number(piece.text):
        names = f" or a name such as {field.names[1]}" if field.names else ""
        raise piece.refused(f"{_shown(piece.text)} is not a {field.name}: a number{names} belongs here.")
    if not field.low <= int(piece.text) <= field.high:
        raise piece.refused(f"The {field.name} is between {field.low} and {field.high}, not {piece.text}.")
    return int(piece.text)


def _refuse_never(schedule: Schedule, *, day_field: Piece) -> None:
    """With either day enough, a day of the week always comes; else some month must be long enough."""
    if not schedule.either_day and schedule.days[0] > max(LONGEST_MONTH[month] for month in schedule.months):
        raise day_field.refused("This never comes: none of these months has such a day.")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _ascending(values: set[int]) -> tuple[int, ...]:
    return tuple(sorted(values))


def _shown(text: str) -> str:
    """The reader's own words, short and on one line."""
    return repr(text if len(text) <= 40 else text[:39] + "…")

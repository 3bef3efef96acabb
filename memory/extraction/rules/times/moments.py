"""The inner part of a time phrase: `January`, `5 March 2020`, `the end of June`, `Q3`, `last week`, `next Monday`.

Months and dates go to `dateparser`, in English only and by whole phrases; what is relative is counted here, since it
moves "two years ago" to the first of that month under the setting that "January" needs.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.instants import Instant, Leaning, first_of, make_day, shift

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: number
    for number, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
}
UNITS = {
    form: unit
    for unit in ("minute", "hour", "day", "week", "month", "quarter", "year", "decade")
    for form in (unit, unit + "s")
}
_QUARTERS = {"q1": 1, "q2": 2, "q3": 3, "q4": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
_EDGES = {"end": True, "start": False, "beginning": False}
_BLUR = words("early mid late middle")
_SEASONS = words("spring summer autumn fall winter childhood")

Found = tuple[Instant, int] | None


_SPELLED = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth
twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"""
_ORDINALS = {word: number for number, word in enumerate(_SPELLED.split(), start=1)}


def _in_digits(token: Token) -> Token:
    """`9th` for `ninth`."""
    said = f"{_ORDINALS[token.low]}th"
    return replace(token, text=said, low=said, kind="number")


def read_moment(tokens: Sequence[Token], at: int, *, spoken: datetime, lean: Leaning) -> Found:
    """The moment at `at` and where it ends; a moment that is none (`spring 2020`) has no instant."""
    start = at + 1 if tokens[at].low == "the" and at + 1 < len(tokens) else at
    if tokens[start].low in _ORDINALS and [each.low for each in tokens[start + 1 : start + 2]] == ["of"]:
        tokens = [*tokens[:start], _in_digits(tokens[start]), *tokens[start + 1 : start + 6]]
    for reader in (_edge, _plain, _blurred):
        found = reader(tokens, start, spoken, lean)
        if found:
            return found
    return None


def _plain(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> Found:
    """Without "the end of" or "early", which stand once."""
    start = at + 1 if _low(tokens, at) == "the" else at
    for reader in (_quarter, _near, _ahead, _spelled_day, _dated, _weekday, _year):
        found = reader(tokens, start, spoken, lean)
        if found:
            return found
    return None


def _low(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].low if at < len(tokens) else ""


def _edge(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> Found:
    """`the end of June`, `the start of 2025`; `mid-June` and `early 2020` are no instants."""
    word = _low(tokens, at)
    if word not in _EDGES:
        return None
    inner_at = at + 2 if _low(tokens, at + 1) == "of" else at + 1
    if inner_at >= len(tokens):
        return None
    whole = _this(tokens, inner_at, spoken)
    found = whole or _plain(tokens, inner_at, spoken, lean)
    if found is None:
        return None
    instant, end = found
    start = first_of(instant.at, instant.grain) if instant.at and instant.grain else instant.at
    return Instant(start, instant.grain, is_last=_EDGES[word]), end


def _this(tokens: Sequence[Token], at: int, spoken: datetime) -> Found:
    """`the month` of "the end of the month"."""
    if _low(tokens, at) in ("the", "this") and _low(tokens, at + 1) in UNITS:
        unit = UNITS[_low(tokens, at + 1)]
        return Instant(first_of(spoken, unit), unit), at + 2
    return None


def _quarter(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> Found:
    number = _QUARTERS.get(_low(tokens, at))
    end = at + 1
    if number is None:
        return None
    if not _low(tokens, at).startswith("q"):
        if _low(tokens, end) != "quarter" or (_low(tokens, at) == "last" and _low(tokens, end + 1) != "of"):
            return None
        end += 1
    end += _low(tokens, end) == "of"
    year = year_of(_low(tokens, end))
    if year is None:
        return Instant(make_day(_year_of_quarter(number, spoken, lean), number * 3 - 2), "quarter"), end
    return Instant(make_day(year, number * 3 - 2), "quarter"), end + 1


def _year_of_quarter(number: int, spoken: datetime, lean: Leaning) -> int:
    start = make_day(spoken.year, number * 3 - 2)
    if start is not None and lean is Leaning.PAST and start > spoken:
        return spoken.year - 1
    if start is not None and lean is Leaning.FUTURE and start < first_of(spoken, "quarter"):
        return spoken.year + 1
    return spoken.year


def _near(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> Found:
    """`yesterday`, `last week`, `next month`, `this year`, `last March`."""
    word, after = _low(tokens, at), _low(tokens, at + 1)
    if word in ("yesterday", "today", "tonight", "tomorrow"):
        return Instant(shift(spoken, {"yesterday": -1, "tomorrow": 1}.get(word, 0), "day"), "day"), at + 1
    if word not in ("last", "next", "this", "past", "coming"):
        return None
    step = {"last": -1, "past": -1, "this": 0}.get(word, 1)
    if after in UNITS and after == UNITS[after]:
        whole = step > 0 or UNITS[after] in ("month", "year")  # `last year`: the whole of it, and no day
        moved = first_of(spoken, UNITS[after]) if whole and UNITS[after] != "day" else spoken
        return Instant(shift(moved, step, UNITS[after]), UNITS[after]), at + 2
    if after in WEEKDAYS:
        return _weekday(tokens, at + 1, spoken, Leaning.PAST if step < 0 else Leaning.FUTURE)
    if after == "weekend":
        leaning = lean if step == 0 else Leaning.PAST if step < 0 else Leaning.FUTURE
        return nearest(WEEKDAYS["saturday"], spoken, leaning), at + 2
    if after in MONTHS:
        return _month_near(MONTHS[after], step, spoken), at + 2
    return (Instant(None, ""), at + 2) if after in _SEASONS or after == "night" else None


def _month_near(month: int, step: int, spoken: datetime) -> Instant:
    year = spoken.year
    if step < 0 and month >= spoken.month:
        year -= 1
    elif step > 0 and month <= spoken.month:
        year += 1
    return Instant(make_day(year, month), "month")


def _ahead(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> Found:
    """`two weeks` of "in two weeks"; `two years ago` after a boundary word ("since two years ago")."""
    low = _low(tokens, at)
    number = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}.get(low)
    number = int(low) if number is None and low.isdecimal() and len(low) < 4 else number
    unit = UNITS.get(_low(tokens, at + 1))
    if number is None or unit is None:
        return None
    if _low(tokens, at + 2) == "ago":
        return Instant(shift(spoken, -number, unit), ""), at + 3
    before = _low(tokens, at - 1) if at else ""
    return (Instant(shift(spoken, number, unit), ""), at + 2) if before == "in" else None


def _weekday(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> Found:
    day = WEEKDAYS.get(_low(tokens, at))
    return (nearest(day, spoken, lean), at + 1) if day is not None else None


def nearest(day: int, spoken: datetime, lean: Leaning) -> Instant:
    """The weekday before or after the day of speaking, which it never is itself."""
    today = first_of(spoken, "day")
    ahead = (day - today.weekday()) % 7 or 7
    days = ahead if lean is Leaning.FUTURE else ahead - 7 if ahead < 7 else -7
    return Instant(shift(today, days, "day"), "day")


def year_of(word: str) -> int | None:
    return int(word) if len(word) == 4 and word.isdecimal() and 1900 <= int(word) <= 2100 else None


def _year(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> Found:
    year = year_of(_low(tokens, at))
    return (Instant(make_day(year), "year"), at + 1) if year else None


def _dated(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> Found:
    """A month with or without a day and a year, either way round, and dates in digits."""
    if at < len(tokens) and tokens[at].kind == "date":
        return Instant(_digits(tokens[at].text), "day"), at + 1
    end, has_day, has_month = _date_end(tokens, at)
    if not has_month:
        return None
    words = " ".join(token.text for token in tokens[at:end] if token.low not in (",", "of", "the"))
    return Instant(_parsed(words, spoken.isoformat(), lean.value), "day" if has_day else "month"), end


def _digits(text: str) -> datetime | None:
    """Only 2026-05-01 is read: 5/6/2020 is a day in May or in June."""
    parts = text.split("-")
    return make_day(*(int(part) for part in parts)) if len(parts) == 3 else None


_FIRSTS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEENS = ("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth")
_LATER = ("eighteenth", "nineteenth", "twentieth", *(f"twenty-{each}" for each in _FIRSTS), "thirtieth", "thirty-first")
DAYS = {word: number for number, word in enumerate((*_FIRSTS, *_TEENS, *_LATER), start=1)}
"""`third` -> 3."""


def _spelled_day(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> Found:
    """`third of March`, `March the third`, with or without its year."""
    first = _low(tokens, at)
    if first in DAYS and _low(tokens, at + 1) == "of" and _low(tokens, at + 2) in MONTHS:
        day, month, end = DAYS[first], _low(tokens, at + 2), at + 3
    elif first in MONTHS and _low(tokens, at + 1 + (_low(tokens, at + 1) == "the")) in DAYS:
        end = at + 2 + (_low(tokens, at + 1) == "the")
        day, month = DAYS[_low(tokens, end - 1)], first
    else:
        return None
    year = _low(tokens, end) if year_of(_low(tokens, end)) else ""
    parsed = _parsed(f"{day} {month} {year}".rstrip(), spoken.isoformat(), lean.value)
    return Instant(parsed, "day"), end + bool(year)


def _is_day(word: str) -> bool:
    digits = word.rstrip("stndrh")
    return digits.isdecimal() and 1 <= len(digits) <= 2 and 1 <= int(digits) <= 31


def _date_end(tokens: Sequence[Token], at: int) -> tuple[int, bool, bool]:
    end, day = at, False
    if _is_day(_low(tokens, end)):
        day, end = True, end + 1
        end += _low(tokens, end) == "of"
    if _low(tokens, end) not in MONTHS:
        return at, False, False
    end += 1
    if not day and _is_day(_low(tokens, end)):
        day, end = True, end + 1
    comma = _low(tokens, end) in (",", "of")
    if year_of(_low(tokens, end + comma)):
        end += comma + 1
    return end, day, True


@lru_cache(maxsize=512)
def _parsed(words: str, spoken: str, lean: str) -> datetime | None:
    import dateparser  # loaded with the first date, 0.1 s

    base = datetime.fromisoformat(spoken)
    found = dateparser.parse(
        words,
        languages=["en"],
        settings={
            "RELATIVE_BASE": base.replace(tzinfo=None),
            "PREFER_DAY_OF_MONTH": "first",
            "PREFER_DATES_FROM": lean,
            "TIMEZONE": "UTC",
            "RETURN_AS_TIMEZONE_AWARE": True,
        },
    )
    return found.replace(hour=0, minute=0, second=0, microsecond=0) if found else None


def format_of(said: str) -> str:
    """As precise as it was told, for `strftime`: "last month" and "in 2016" are no days."""
    told = said.casefold().split()
    months = [each for each in told if each in MONTHS or each in ("month", "months")]
    if any(_is_day(each) and not year_of(each) for each in told) and months and "ago" not in told:
        return "%Y-%m-%d"
    if months:
        return "%Y-%m"
    years = any(each in ("year", "years") or year_of(each) for each in told)
    return "%Y" if years else "%Y-%m-%d"


def _blurred(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> Found:
    """`mid June`, `spring 2020`, `the summer of 2019`: named, and no instant."""
    word = _low(tokens, at)
    if word.startswith("mid-") and word[4:] in MONTHS:
        return Instant(None, ""), at + 1
    if word not in _BLUR and word not in _SEASONS:
        return None
    start = at + 2 if _low(tokens, at + 1) in ("of", "in") else at + 1
    found = _plain(tokens, start, spoken, lean) if start < len(tokens) else None
    if found:
        return Instant(None, ""), found[1]
    return (Instant(None, ""), at + 1) if word in _SEASONS else None

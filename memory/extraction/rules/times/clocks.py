"""When something is, in the words it was told in: days, clock times, and what comes again."""

import re

from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.days import read_date_words
from memory.extraction.rules.times.moments import MONTHS, WEEKDAYS

_CLOCK = re.compile(r"\d{1,2}[:.]\d\d(?:am|pm)?|\d{1,2}(?:am|pm)|[01]?\d|2[0-3]")
_TIMED = words(
    """tomorrow noon midnight christmas easter halloween every half week month year today weekends weekdays mornings
    evenings day days hour hours fortnight weekend weekends twice"""
)
_LEADS = ("on ", "in ", "at ", "by ", "for ")
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)")
_ORDINALS = words("first second third fourth fifth sixth seventh eighth ninth tenth")
_HOURS = words("one two three four five six seven eight nine ten eleven twelve half quarter")
_FEASTS = words("christmas easter halloween noon midnight")


def read_when(cursor: Cursor) -> str:
    """`Friday at 10:40`, `every other Tuesday`, `the 19th`; nothing for what is not told in days or numbers."""
    start = cursor.at
    while not cursor.done and (_step(cursor) or (cursor.at > start and (_further(cursor) or _but_for(cursor)))):
        pass
    text = join_tokens(cursor.tokens[start : cursor.at])
    text = next((text[len(lead) :] for lead in _LEADS if text.casefold().startswith(lead)), text)
    if not text or not _is_told(text):
        cursor.at = start
        return ""
    return text


def _further(cursor: Cursor) -> bool:
    """`and Thursday`."""
    start = cursor.at
    if cursor.take_any(("and", ",", "or")):
        cursor.take_any(("and", "every"))
        if cursor.kind() == "time" or cursor.low().rstrip("s") in WEEKDAYS:
            cursor.at += 1
            cursor.take_any(PARTS)
            return True
    cursor.at = start
    return False


def _but_for(cursor: Cursor) -> bool:
    """`except Friday`, `except on Sundays`."""
    start = cursor.at
    if cursor.take("except") and (cursor.take("for") or True) and _step(cursor):
        return True
    cursor.at = start
    return False


def _is_told(text: str) -> bool:
    said = re.findall(r"[a-z]+", text.casefold())
    known = any(each in MONTHS or each in _TIMED or each.rstrip("s") in WEEKDAYS for each in said)
    hour = text.casefold().split(" ")[0] in _HOURS
    return known or hour or any(each in _ORDINALS for each in said) or any(letter.isdigit() for letter in text)


def _step(cursor: Cursor) -> bool:
    return any(reader(cursor) for reader in (_time, _again, _clock, _day, _weekday))


PARTS = ("morning", "evening", "night", "afternoon", "mornings", "evenings", "nights", "afternoons")


def _time(cursor: Cursor) -> bool:
    if cursor.kind() in ("number", "word") and any(token.low in MONTHS for token in cursor.tokens[cursor.at :][:4]):
        return bool(cursor.attempt(read_date_words))
    begins = (cursor.low().split(" ") or [""])[0] in ("starting", "since", "from", "until", "till", "beginning")
    if cursor.kind() not in ("time", "date") or begins:
        return False
    cursor.at += 1
    cursor.take_any(PARTS)
    return True


def _again(cursor: Cursor) -> bool:
    """`every other Tuesday`, `twice a week`, `three times a month`."""
    start = cursor.at
    if cursor.take("every"):
        cursor.take_any(("other", "second", "two", "three"))
        cursor.at += 1
        if cursor.low(-1).rstrip("s") in _UNITS | WEEKDAYS.keys() | MONTHS.keys() or cursor.kind(-1) == "time":
            return True
        cursor.at = start
    often = cursor.take_any(("once", "twice")) or (spelled_number(cursor.low()) and cursor.low(1) == "times")
    cursor.at += 2 if often and cursor.at == start else 0
    if often and cursor.take_any(("a", "per", "every")) and cursor.take_any(_UNITS):
        return True
    cursor.at = start
    return False


_UNITS = words("day week month year morning evening night afternoon hour quarter fortnight weekend")


def _clock(cursor: Cursor) -> bool:
    start = cursor.at
    cursor.take_any(("at", "around", "from", "to", "on" if cursor.low(1) in _FEASTS else "at"))
    past = (cursor.low() in ("half", "quarter") and cursor.low(1) in ("past", "to")) and 2
    cursor.at += past or 0
    cursor.take("half")
    number = spelled_number(cursor.low()) is not None and (past or cursor.low(-1) in ("half", "at"))
    if cursor.low() in _FEASTS or number or (cursor.kind() == "number" and _CLOCK.fullmatch(cursor.low())):
        bare = cursor.at == start and ":" not in cursor.low() and not cursor.low().endswith("m")
        cursor.at += 1
        cursor.take_any(("am", "pm", "o'clock", "sharp"))
        cursor.take_any(("utc", "gmt", "cet", "cest", "est", "pst", "bst", "eet"))
        if not bare and (cursor.kind() != "word" or cursor.low() in ("and", "on", "in", "every", "to")):
            return True
    cursor.at = start
    return False


def _day(cursor: Cursor) -> bool:
    """`on the 19th`, `the fifth`."""
    start = cursor.at
    cursor.take_any(("on", "by"))
    found = cursor.take("the") and (cursor.low() in _ORDINALS or _ORDINAL.fullmatch(cursor.low()))
    if found and cursor.kind(1) != "word":
        cursor.at += 1
        return True
    cursor.at = start
    return False


def _nth(cursor: Cursor) -> bool:
    found = bool(_ORDINAL.fullmatch(cursor.low()))
    cursor.at += found
    return found


def _of_each(cursor: Cursor) -> bool:
    """`Tuesday of every quarter`, `working day of the month`."""
    cursor.take_any(("working", "business", "calendar"))
    day = cursor.low() in WEEKDAYS or cursor.low() == "day" or cursor.kind() == "time"
    cursor.at += day
    day = day or cursor.low() == "of"
    if day and cursor.low() == "of" and cursor.kind(1) == "time":
        cursor.at += 2
        return True
    if day and cursor.take("of") and cursor.take_any(("every", "each", "the", "a")):
        cursor.take_any(("second", "other"))
        return bool(cursor.take_any(_UNITS))
    return False


def _weekday(cursor: Cursor) -> bool:
    start = cursor.at
    cursor.take("on")
    begin = cursor.at
    if cursor.take("the") and (cursor.take_any(_ORDINALS | {"last"}) or _nth(cursor)) and _of_each(cursor):
        return True
    cursor.at = begin
    if cursor.low().rstrip("s") in WEEKDAYS:
        cursor.at += 1
        return True
    cursor.at = start
    return False

"""Days in the words that they were told in."""

import re
from datetime import UTC, datetime

from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.times.instants import Leaning
from memory.extraction.rules.times.moments import DAYS, MONTHS, read_moment

_ANY_DAY = datetime(2020, 1, 1, tzinfo=UTC)
_BEFORE_A_DATE = ("on", "in", "by", "at", "until")


def is_day_of_year(value: str) -> bool:
    """Whether a day and a month are told; "next week" is no birthday."""
    folded = value.casefold()
    said = re.findall(r"[a-z-]+", folded)
    day = re.search(r"\b\d{1,2}(?!\d)", folded) or any(each in DAYS for each in said)
    dated = day and any(each in MONTHS for each in said)
    return bool(dated or re.search(r"\d{4}-\d\d-\d\d", folded))


def read_date_words(cursor: Cursor) -> str:
    """A date in the words it was told in, without its preposition."""
    token = cursor.token()
    if token is None:
        return ""
    if token.kind == "time":
        cursor.at += 1
        words = token.text.split(" ")
        return " ".join(words[1:] if words[0].casefold() in _BEFORE_A_DATE else words)
    return cursor.attempt(_untaken_date)


def _untaken_date(cursor: Cursor) -> str:
    """One that no time phrase took."""
    cursor.take_any(("on", "in", "the"))
    if cursor.done:
        return ""
    found = read_moment(cursor.tokens, cursor.at, spoken=_ANY_DAY, lean=Leaning.FUTURE)
    if not found:
        return ""
    text = join_tokens(cursor.tokens[cursor.at : found[1]])
    cursor.at = found[1]
    return text

"""Time phrases in tokens. The boundary words and the arithmetic are ours; docs/decisions/0166-time-phrases.md.

What is read: `since January`, `until the end of June 2026`, `two years ago`, `in Q3`, `from 2015 to 2019`, `for three
years`, `next Monday`. What cannot be resolved ("a while ago") is found too, and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from memory.extraction.rules.text.lexicon import NUMBERS, spelled_number
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.instants import Instant, Leaning, end_of, shift, this_instant
from memory.extraction.rules.times.moments import MONTHS, UNITS, WEEKDAYS, read_moment
from memory.extraction.rules.times.unresolved import unresolved_end


class Boundary(StrEnum):
    FROM = "from"
    UNTIL = "until"
    AT = "at"
    DURING = "during"
    """A stretch that now lies in ("this week"), or how long it has been so ("for three years")."""
    LASTS = "lasts"
    REPEATS = "repeats"
    BY = "by"


BOUNDARIES = {
    "since": Boundary.FROM,
    "from": Boundary.FROM,
    "starting": Boundary.FROM,
    "beginning": Boundary.FROM,
    "effective": Boundary.FROM,
    "until": Boundary.UNTIL,
    "till": Boundary.UNTIL,
    "through": Boundary.UNTIL,
    "to": Boundary.UNTIL,
    "by": Boundary.BY,
    "in": Boundary.AT,
    "on": Boundary.AT,
    "at": Boundary.AT,
    "during": Boundary.AT,
    "around": Boundary.AT,
    "about": Boundary.AT,
}
_BARE = words("yesterday today tomorrow tonight recently lately")
_VAGUE = (
    "a while ago",
    "a long time ago",
    "some time ago",
    "sometime ago",
    "long ago",
    "ages ago",
    "years ago",
    "months ago",
    "weeks ago",
    "days ago",
    "decades ago",
    "not long ago",
    "a while back",
    "some time back",
    "years back",
    "the other day",
    "the other week",
    "recently",
    "lately",
    "a long time",
    "years",
    "ages",
    "a while",
    "forever",
    "childhood",
    "a few years ago",
    "a few months ago",
    "a few weeks ago",
    "a few days ago",
    "several years ago",
    "several months ago",
    "many years ago",
    "some years ago",
    "a couple years ago",
    "a few years",
    "a few months",
    "several years",
    "many years",
    "soon",
    "someday",
    "some day",
    "one day",
    "later",
)
_VAGUE_WORDS = sorted((tuple(each.split()) for each in _VAGUE), key=len, reverse=True)
_VAGUE_OPENINGS = frozenset(said[0] for said in _VAGUE_WORDS)
_REPEATING = words("mornings evenings nights weekends weekdays afternoons summers winters")
_DAYTIMES = words("night day noon midnight lunchtime dawn dusk times weekends")
_TERMS = words("semester term trimester season half-term")
_PARTS = words("morning evening afternoon winter summer spring autumn fall")


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """`at` None: it could not be resolved. `to`: the exclusive end of a stretch that is named as one."""

    boundary: Boundary
    text: str
    at: datetime | None = None
    to: datetime | None = None


def time_at(tokens: Sequence[Token], at: int, *, spoken: datetime, lean: Leaning) -> tuple[TimePhrase, int] | None:
    """The phrase that begins at `at` and where it ends; None for none."""
    token = tokens[at]
    if not token.is_word and token.kind not in ("date",):
        return None
    for reader in (_repeating, _marked, _part_of_today, _bare):
        found = reader(tokens, at, spoken, lean)
        if found:
            return replace(
                found[0], text=" ".join(each.text for each in tokens[at : found[1]]).replace(" ,", ",")
            ), found[1]
    return None


def _lows(tokens: Sequence[Token], at: int, count: int) -> tuple[str, ...]:
    return tuple(token.low for token in tokens[at : at + count])


def _repeating(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> tuple[TimePhrase, int] | None:
    """`on Mondays`, `every year`, `at night`, `in the morning`: what comes again says nothing about since when."""
    said = _lows(tokens, at, 3)
    if said[0] == "every" and len(said) > 1 and (said[1] in UNITS or said[1] in WEEKDAYS or said[1] in _PARTS):
        return TimePhrase(Boundary.REPEATS, ""), at + 2
    if said[0] not in ("on", "at", "in", "during") or len(said) < 2:
        return None
    step = 2 if said[1] == "the" and len(said) > 2 else 1
    word = said[step]
    weekly = said[0] == "on" and ((word.endswith("s") and word[:-1] in WEEKDAYS) or said[1] == "weekend")
    if said[0] == "on" and step == 1 and word in WEEKDAYS and said[2:3] and said[2] in _REPEATING:
        return TimePhrase(Boundary.REPEATS, ""), at + 3  # `on Sunday mornings`
    if weekly or (word in _REPEATING and not (said[0] == "on" and word in ("nights", "mornings"))):
        return TimePhrase(Boundary.REPEATS, ""), at + step + 1
    followed = tokens[at + step + 1].low if at + step + 1 < len(tokens) else ""
    dated = followed == "of" or (at + step + 1 < len(tokens) and tokens[at + step + 1].kind == "number")
    if (word in _DAYTIMES and said[0] == "at") or (word in _PARTS and said[0] != "on" and not dated):
        return TimePhrase(Boundary.REPEATS, ""), at + step + 1
    return None


_OPENING = words("starting beginning effective since")


def _marked(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> tuple[TimePhrase, int] | None:
    word = tokens[at].low
    start, boundary = at + 1, BOUNDARIES.get(word)
    pair = _lows(tokens, at, 2)
    if pair in (("as", "of"), ("up", "until"), ("up", "till"), ("ever", "since"), ("back", "in"), ("later", "in")):
        boundary = {"as": Boundary.FROM, "up": Boundary.UNTIL, "ever": Boundary.FROM}.get(pair[0], Boundary.AT)
        start = at + 2
    if word == "for" or pair in (("over", "the"), ("in", "the")):
        return _duration(tokens, at, spoken)
    if boundary is None or start >= len(tokens):
        return None
    if word == "since" and (counted := count_units(tokens, start)):  # `since six years`
        return _counted(tokens, counted, spoken)
    start += tokens[start].low in ("from", "in", "on", "about", "around") and word in _OPENING
    if start >= len(tokens):
        return None
    found = _inner(tokens, start, spoken, _leaning(boundary, lean)) or _day_of_span(tokens, start, spoken, lean)
    if found is None:
        return None
    instant, end = found
    through = word == "through" or (word == "to" and instant.grain == "day")
    return _bounded(boundary, instant, through=through), end


def _day_of_span(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> tuple[Instant, int] | None:
    """`3` of "from 3 to 10 December": a day of the month that stands with the other one."""
    if tokens[at - 1].low != "from" or not tokens[at].low.isdecimal() or len(tokens[at].low) > 2:
        return None
    dated = list(tokens[at + 2 : at + 6])
    if _lows(tokens, at + 1, 1) not in (("to",), ("until",), ("till",), ("through",)) or not dated:
        return None
    if not dated[0].low.rstrip("stndrh").isdecimal():
        return None
    found = read_moment([tokens[at], *dated[1:]], 0, spoken=spoken, lean=lean)
    return (found[0], at + 1) if found else None


def _leaning(boundary: Boundary, lean: Leaning) -> Leaning:
    if boundary in (Boundary.UNTIL, Boundary.BY):
        return Leaning.FUTURE
    return Leaning.FUTURE if lean is Leaning.FUTURE else Leaning.PAST


def _inner(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> tuple[Instant, int] | None:
    if at >= len(tokens):
        return None
    found = read_moment(tokens, at, spoken=spoken, lean=lean)
    if found:
        return found
    if tokens[at].low != "in" and (end := unresolved_end(tokens, at)):
        return Instant(None, ""), end
    for said in _VAGUE_WORDS if tokens[at].low in _VAGUE_OPENINGS else ():
        if _lows(tokens, at, len(said)) == said:
            return Instant(None, ""), at + len(said)
    return None


def _bounded(boundary: Boundary, instant: Instant, *, through: bool = False) -> TimePhrase:
    if boundary in (Boundary.UNTIL, Boundary.BY):
        end = end_of(instant) if through or instant.is_last else instant.at
        return TimePhrase(boundary, "", at=end)
    if boundary is Boundary.FROM:
        return TimePhrase(boundary, "", at=instant.at)
    end = end_of(instant)
    last = shift(end, -1, "day") if instant.is_last and end else instant.at
    return TimePhrase(boundary, "", at=last, to=end)


def _duration(tokens: Sequence[Token], at: int, spoken: datetime) -> tuple[TimePhrase, int] | None:
    """`for three years`, `for the past two months`: from then on; `for the rest of the year` is no such thing."""
    start = at + 1
    while start < len(tokens) and tokens[start].low in _ABOUT_SO_LONG:
        start += 1
    counted = count_units(tokens, start)
    if counted and (tokens[at].low != "in" or start > at + 1):
        return _counted(tokens, counted, spoken)
    if tokens[at].low != "for":
        return None
    for said in _VAGUE_WORDS:
        if _lows(tokens, at + 1, len(said)) == said and said[-1] not in ("ago", "back"):
            return TimePhrase(Boundary.LASTS, ""), at + 1 + len(said)
    return None


_ABOUT_SO_LONG = words("the past last about almost over around nearly")


def _counted(tokens: Sequence[Token], counted: tuple[int, str, int], spoken: datetime) -> tuple[TimePhrase, int] | None:
    number, unit, end = counted
    following = tokens[end].low if end < len(tokens) else ""
    if following in ("ago", "back"):
        return None
    return TimePhrase(Boundary.LASTS, "", at=shift(spoken, -number, unit)), end + (following == "now")


def count_units(tokens: Sequence[Token], at: int) -> tuple[int, str, int] | None:
    """`three years`, `a couple of months`, `18 months`: number, unit, end."""
    if at + 1 >= len(tokens):
        return None
    low = tokens[at].low
    start = at + 1
    if low == "a" and tokens[start].low == "couple":
        low, start = "couple", start + 1
    if low == "couple" and start < len(tokens) and tokens[start].low == "of":
        start += 1
    number = NUMBERS.get(low, int(low) if low.isdecimal() and len(low) < 4 else spelled_number(low))
    if number is None or start >= len(tokens) or tokens[start].low not in UNITS:
        return None
    return number, UNITS[tokens[start].low], start + 1


def _part_of_today(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> tuple[TimePhrase, int] | None:
    """`this morning`: today, as no more is known of it."""
    if _lows(tokens, at, 2) not in (("this", "morning"), ("this", "afternoon"), ("this", "evening")):
        return None
    day = spoken.replace(hour=0, minute=0, second=0, microsecond=0)
    return TimePhrase(Boundary.AT, "", at=day, to=shift(day, 1, "day")), at + 2


def _bare(tokens: Sequence[Token], at: int, spoken: datetime, lean: Leaning) -> tuple[TimePhrase, int] | None:
    """Without a boundary word: `last week`, `two years ago`, `yesterday`, `next Monday`, `this month`, `2026-05-01`."""
    low = tokens[at].low
    if low == "this" and at + 1 < len(tokens) and tokens[at + 1].low in _TERMS:
        return TimePhrase(Boundary.DURING, ""), at + 2
    if low in _BARE or low in ("last", "next", "this", "earlier", "early", "late") or tokens[at].kind == "date":
        found = _inner(tokens, at, spoken, lean)
        return (_stretch(low, found[0], spoken), found[1]) if found else None
    counted = count_units(tokens, at)
    if counted and counted[2] < len(tokens) and tokens[counted[2]].low in ("later", "earlier", "after", "before"):
        return TimePhrase(Boundary.AT, ""), counted[2] + 1
    if counted and counted[2] < len(tokens) and tokens[counted[2]].low in ("ago", "back"):
        number, unit, end = counted
        return TimePhrase(Boundary.AT, "", at=shift(spoken, -number, unit)), end + 1
    if end := unresolved_end(tokens, at):
        return TimePhrase(Boundary.AT, ""), end
    for said in _VAGUE_WORDS if low in _VAGUE_OPENINGS else ():
        if (
            said[-1] in ("ago", "back", "day", "week", "recently", "lately", "soon")
            and _lows(tokens, at, len(said)) == said
        ):
            return TimePhrase(Boundary.AT, ""), at + len(said)
    return None


def _stretch(low: str, instant: Instant, spoken: datetime) -> TimePhrase:
    if low in ("this", "today", "tonight") and instant.at is not None:
        return TimePhrase(Boundary.DURING, "", at=this_instant(instant, spoken), to=end_of(instant))
    return TimePhrase(Boundary.AT, "", at=instant.at, to=end_of(instant))


def is_past(phrase: TimePhrase, spoken: datetime) -> bool:
    return phrase.at is not None and phrase.at - spoken <= timedelta(minutes=1)


def month_or_weekday(word: str) -> bool:
    return word in MONTHS or word in WEEKDAYS

"""`there are thirty-one children in my class`, `there are three of us in the firm`: what a place has."""

from collections.abc import Callable, Sequence

from memory.extraction.diff import SELF
from memory.extraction.rules.everyday.again import AGAIN
from memory.extraction.rules.everyday.tails import is_anchored, read_tail
from memory.extraction.rules.general.phrases import read_phrase
from memory.extraction.rules.general.things import read_things
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.lexicon import spelled_number
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.verbs import VerbGroup
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.boundaries import count_units
from memory.vocabulary.folding import fold_token


def read_there(cursor: Cursor) -> Predication | None:
    """Clauses whose subject is not what they tell of."""
    start = cursor.at
    if cursor.take("there") and _is(cursor):
        told = _first_of(cursor, (_missing, _of_us, _beside, _in_a_place, _offered))
    else:
        cursor.at = start
        told = _day_of(cursor) or _takes(cursor) or _employees(cursor)
    if told and cursor.done:
        return Predication(assertions=told, group=VerbGroup(lemma="be"), state=True, dateless=True, general=True)
    cursor.at = start
    return None


def _first_of(cursor: Cursor, readers: Sequence[Callable[[Cursor], list[Assertion]]]) -> list[Assertion]:
    start = cursor.at
    for reader in readers:
        cursor.at = start
        if (told := reader(cursor)) and cursor.done:
            return told
    return []


def _is(cursor: Cursor) -> bool:
    return bool(cursor.take_any(("is", "are", "'s")))


_GOODS = words(
    "discount charge fee deposit surcharge reduction refund minimum maximum limit waitlist list code gate key"
)
_NOT_MISSED = words("way point chance reason doubt need hope harm question rush hurry problem issue wonder one use")


def _missing(cursor: Cursor) -> list[Assertion]:
    """`no lift in the building`, `no keys for number 14`."""
    if not cursor.take("no"):
        return []
    begin = cursor.at
    phrase = read_phrase(cursor)
    tail = read_tail(cursor) if phrase and phrase.head not in _NOT_MISSED else None
    plain = tail is not None and not tail.dated and (tail.is_bare or tail.joint in ("in", "at", "on", "for"))
    said = join_tokens(cursor.tokens[begin:])
    return [Assertion(entity=SELF, key="there_is_no", value=said, inferred=True)] if plain else []


def _offered(cursor: Cursor) -> list[Assertion]:
    """`a fifteen percent discount for veterans`."""
    begin = cursor.at
    phrase = read_phrase(cursor) if cursor.low() in ("a", "an") else None
    run = cursor.tokens[begin + 1 : cursor.at]
    tail = read_tail(cursor) if phrase and phrase.head in _GOODS else None
    fits = tail is not None and not tail.dated and (tail.is_bare or tail.joint in ("for", "on", "at", "in", "of"))
    plain = fits and tail is not None and (is_anchored(run) or tail.anchored)
    said = join_tokens(cursor.tokens[begin + 1 :])
    return [Assertion(entity=SELF, key="there_is", value=said, inferred=True)] if plain else []


def _day_of(cursor: Cursor) -> list[Assertion]:
    """`Wednesdays are my day off`."""
    day = cursor.tokens[cursor.at].text if cursor.kind() == AGAIN else ""
    start = cursor.at
    cursor.at += 1
    begin = cursor.at + 1
    if day and cursor.low() == "are" and (taught := cursor.tokens[begin:]) and taught[-1].low in _TAUGHT:
        cursor.at = len(cursor.tokens)
        key = fold_token(join_tokens(taught)) if len(taught) < 4 else ""
        return [Assertion(entity=SELF, key=key, value=day, inferred=True)] if key else []
    if day and cursor.take_any(("is", "are")) and cursor.take_any(("my", "our")):
        phrase = read_phrase(cursor)
        off = " off" * cursor.take("off")
        if phrase and cursor.done:
            return [Assertion(entity=SELF, key=fold_token(phrase.text + off), value=day, inferred=True)]
    cursor.at = start
    return []


def _employees(cursor: Cursor) -> list[Assertion]:
    """`three men work for me`."""
    start = cursor.at
    number = cursor.low()
    counted = number.isdecimal() or spelled_number(number) is not None
    cursor.at += 1
    who = cursor.take_any(("people", "men", "women", "guys", "lads", "others", "girls")) if counted else ""
    if who and (cursor.take("work", "for") or cursor.take("report", "to")) and cursor.take_any(("me", "us")):
        key = "employees" if cursor.low(-2) == "for" else "direct_reports"
        return [Assertion(entity=SELF, key=key, value=f"{number} {who}", inferred=True)]
    cursor.at = start
    return []


_TAUGHT = words(
    """lessons lesson library swimming gym ballet football choir club training practice yoga pilates drama judo karate
    piano violin band chess tennis netball rugby assembly"""
)


def _takes(cursor: Cursor) -> list[Assertion]:
    """`it takes me forty minutes to get to work`."""
    start = cursor.at
    if cursor.take("it", "takes") and (cursor.take_any(("me", "us")) or True):
        begin = cursor.at
        cursor.take_any(("about", "around", "roughly", "over", "under"))
        counted = count_units(cursor.tokens, cursor.at)
        rest = cursor.tokens[counted[2] :] if counted else ()
        if counted and 2 < len(rest) < 8 and rest[0].low == "to" and all(token.is_word for token in rest):
            value = join_tokens(cursor.tokens[begin : counted[2]])
            cursor.at = len(cursor.tokens)
            return [Assertion(entity=SELF, key=fold_token(f"time {join_tokens(rest)}"), value=value, inferred=True)]
    cursor.at = start
    return []


def _beside(cursor: Cursor) -> list[Assertion]:
    """`a spare key under the blue pot`."""
    start = cursor.at
    phrase = read_phrase(cursor) if cursor.low() in ("a", "an") else None
    where = cursor.at
    if (
        phrase
        and cursor.take_any(("under", "behind", "above", "below", "beside"))
        and cursor.take_any(("the", "my", "our"))
    ):
        place = read_phrase(cursor)
        if place and cursor.done:
            said = join_tokens(cursor.tokens[where:])
            return [Assertion(entity=phrase.text, key="location", value=said, entity_type="other", inferred=True)]
    cursor.at = start
    return []


def _of_us(cursor: Cursor) -> list[Assertion]:
    """`three of us in the firm`."""
    start = cursor.at
    number = cursor.low()
    if (spelled_number(number) or number.isdecimal()) and cursor.low(1) == "of" and cursor.low(2) == "us":
        cursor.at += 3
        if cursor.done:
            return [Assertion(entity=SELF, key="group_size", value=number, inferred=True)]
        place = _place(cursor)
        if place:
            return [Assertion(entity=SELF, key=f"{place}_has", value=f"{number} people", inferred=True)]
    cursor.at = start
    return []


def _place(cursor: Cursor) -> str:
    """`in the firm`: as a part of a key."""
    if not cursor.take_any(("in", "at", "on")) or not cursor.take_any(("the", "our", "my")):
        return ""
    phrase = read_phrase(cursor)
    return "_".join(token.low for token in phrase.tokens) if phrase and len(phrase.tokens) < 4 else ""


def _in_a_place(cursor: Cursor) -> list[Assertion]:
    """`a defibrillator in the lobby`; of what has no place nothing is told."""
    begin = cursor.at
    phrase = read_phrase(cursor)
    run = cursor.tokens[begin : cursor.at]
    if phrase is None or not cursor.take_any(("in", "at", "on")) or not (phrase.pointer or is_anchored(run)):
        return []
    if cursor.low() not in ("the", "our", "my") and not cursor.token().is_capital:  # type: ignore[union-attr]
        return []
    value = join_tokens(run[1:] if run[0].low in ("a", "an", "the") else run)
    passing = run[-1].low in _CALLERS or (not _is_owned(cursor) and run[-1].low in _PASSING)
    for doer in () if passing else read_things(cursor):
        if cursor.done and not doer.bare:
            return doer.tell("has", value)
    return []


_PASSING = words("people persons men women guests somebody meeting noise smell fire queue crowd")
"""Who is in a room goes again; in the speaker's own firm they belong to it."""


_CALLERS = words("man woman boy girl fly mouse spider wasp bee bird rat")


def _is_owned(cursor: Cursor) -> bool:
    return cursor.low() in ("my", "our")

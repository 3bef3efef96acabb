"""What somebody does again and again: `I go to the gym three times a week`, `we deploy every Thursday at 4pm`."""

from collections.abc import Sequence

from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.families.counts import read_medicine
from memory.extraction.rules.scene import ME, Assertion, Ref
from memory.extraction.rules.text.lexicon import NEGATIONS
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.clocks import PARTS, read_when

_DONE = words(
    """go run swim jog cycle bike walk train exercise meditate get wake commute volunteer work play practise practice
    deploy release ship meet teach attend visit call fast row climb dance sing rehearse have take cook"""
)
_HOW_OFTEN = words("usually always normally typically generally mostly")
_NO_ROUTINE = NEGATIONS | words(
    """crazy mad insane nuts mind hell bananas wild risk chance breath mental fun laugh fit idea feeling it that this
    him them you what how"""
)


def read_routine(cursor: Cursor) -> list[Assertion]:
    """What the speaker does, as it was said, where a time at its end tells how often; no idiom."""
    ref = _doer(cursor)
    if ref is None:
        return []
    if told := _taken(cursor, ref):
        return told
    cursor.take_any(_HOW_OFTEN)
    often = any(token.low in _HOW_OFTEN for token in cursor.tokens[: cursor.at])
    _ = cursor.take("have", "got", "a") or cursor.take("have", "got") or cursor.take("have", "a")
    has = cursor.low(-1) in ("got", "a")
    start = cursor.at
    if not has and not cursor.take_any(_DONE):
        return []
    when = ""
    while not cursor.done and not (when := cursor.attempt(read_when)):
        if cursor.kind() not in ("word", "number"):
            return []
        cursor.at += 1
    run = cursor.tokens[start : cursor.at]
    fits = when and (often or _repeats(run)) and len(run) <= 14 and not {token.low for token in run} & _NO_ROUTINE
    return [attribute(ref, "routine", join_tokens(run))] if fits else []


def _taken(cursor: Cursor, ref: Ref) -> list[Assertion]:
    """`take metformin twice a day`: how often is no part of it."""
    start = cursor.at
    told = read_medicine(cursor, ref) if cursor.take("take") else []
    cursor.at = cursor.at if told else start
    if told:
        cursor.attempt(read_when)
    return told


def _doer(cursor: Cursor) -> Ref | None:
    if cursor.take("i"):
        return ME
    return Ref(name=ME.name, type="person", inferred=True, plural=True) if cursor.take("we") else None


def _repeats(run: Sequence[Token]) -> bool:
    text = " ".join(token.low for token in run)
    said = set(text.split())
    return bool(said & {"every", "times", "twice", "weekend", "weekends", "weekdays", *PARTS}) or any(
        each.endswith("days") for each in said
    )

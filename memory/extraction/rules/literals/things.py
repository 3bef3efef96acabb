"""Which thing a clause is about, and of whom it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from memory.extraction.diff import SELF
from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.owners import is_abstract
from memory.extraction.rules.scene import Assertion, Ref
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS
from memory.extraction.rules.text.phrases import Cursor, join_tokens, read_name
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.vocabulary.folding import fold_token

AMOUNTS = words("budget rent salary fee price cost deposit fare total bill")
DAYS = words("birthday anniversary")
_DUE = words("deadline")


@dataclass(frozen=True)
class Thing:
    """`noun`: what of `ref` it is, "" for the thing itself; `last`: its last word."""

    ref: Ref
    noun: str = ""
    last: str = ""

    def tell(self, key: str, value: str) -> Assertion:
        """`my flight lands` is `flight_arrives`; what `my deadline is` is the deadline."""
        bare = {"": True, "price": self.last in AMOUNTS, "date": self.last in DAYS | _DUE}.get(key, False)
        told = self.noun if bare and self.noun else f"{self.noun}_{key}" if self.noun else key
        return attribute(self.ref, told, value, kind="other")


_NOT_THINGS = words(
    """time story novel book film movie game song dream joke hero character plot universe world everything something
    one thing things people party rumour rumor word truth idea question problem answer point way life lyrics"""
)
_VERBS = words(
    """are arrives been begins boards brought changed closes comes consists costs departs employs ends expires falls
    finishes fits gets goes got happens has have holds is kicks lands launches leaves lives measures meets moved opens
    postponed pushed rehearses rescheduled runs sails seats sells shifted ships shuts sleeps slipped starts takes uses
    was weighs went"""
)
"""What stands behind a thing: the first words of the frames, and what helps them."""


def read_subject_thing(cursor: Cursor) -> Thing | None:
    owner = _owner(cursor)
    run = _nouns(cursor)
    lows = [token.low for token in run]
    whole = _whole(cursor) if cursor.tokens[0].low == "the" else None
    owner = whole or owner
    goal = _past_goal(cursor)
    if not run or is_abstract(lows[-1]) or lows[-1] in _NOT_THINGS or lows[0] in _UNKEPT:
        return None
    if owner is not None:
        return Thing(owner, fold_token(" ".join([*lows, "" if whole else goal])), lows[-1])
    return Thing(Ref(name=f"{join_tokens(run)} {goal}".rstrip(), type=""), last=lows[-1])


def _nouns(cursor: Cursor) -> Sequence[Token]:
    start = cursor.at
    while _is_noun(cursor) and cursor.at - start < 4 and not (cursor.at > start and cursor.low() in _CHANGES):
        cursor.at += 1
    return cursor.tokens[start : cursor.at]


_CHANGES = words("rose fell dropped increased decreased climbed jumped doubled grew")


def _whole(cursor: Cursor) -> Ref | None:
    """`for the grant`: what the deadline is of."""
    start = cursor.at
    joined = cursor.take_any(("for", "of")) and cursor.take_any(("the", "our"))
    run = _nouns(cursor) if joined else ()
    if run and not is_abstract(run[-1].low) and run[-1].low not in _NOT_THINGS:
        return Ref(name=join_tokens(run), type="")
    cursor.at = start
    return None


def _past_goal(cursor: Cursor) -> str:
    """`to Nairobi` of a flight, `with Lars` of a meeting; it tells one invoice from another."""
    start = cursor.at
    named = cursor.take_any(("to", "from", "with", "for", "of")) and read_name(cursor)
    if not named:
        cursor.at = start
    return join_tokens(cursor.tokens[start : cursor.at])


_UNKEPT = words("no any some every each all other another same first last next old former only")


def _owner(cursor: Cursor) -> Ref | None:
    if cursor.low() in ("my", "our"):
        cursor.at += 1
        return Ref(name=SELF, type="person", inferred=cursor.low(-1) == "our")
    if cursor.take_any(("the", "this", "that")):
        return None
    start = cursor.at
    name = read_name(cursor)
    if name and cursor.take("'s") and cursor.kind() == "word" and _is_noun(cursor):
        return Ref(name=name, type="")
    cursor.at = start
    return None


def _is_noun(cursor: Cursor) -> bool:
    low = cursor.low()
    return cursor.kind() in ("word", "number") and low not in FUNCTION_WORDS and low not in _VERBS and low != "'s"

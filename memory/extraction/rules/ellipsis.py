"""`… and have been since childhood`: a clause that leaves out all but its helping verb and its time."""

from dataclasses import replace

from memory.extraction.rules.dating import Dates
from memory.extraction.rules.text.clauses import Clause
from memory.extraction.rules.text.heads import FINITE
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.boundaries import Boundary, TimePhrase
from memory.extraction.rules.turns import Claims, Discourse

_PRONOUNS = words("i we he she it they")
_HELPERS = words("have has 've 's had was were did do does been done")
_ADVERBS = words("always ever never also still so")
_STANDING = words("it one that so them")
_FOLLOWING = words("since as before for ever until till too")
_LINKS = ("and", ",", "but")


def take_ellipsis(reading: Discourse, claims: Claims, clause: Clause) -> bool:
    """Since when, for the one claim of the clause before; what else is left out is told as unread."""
    before = reading.claims[-2] if len(reading.claims) > 1 and clause.link in _LINKS else None
    if before is None or before.clause.sentence != clause.sentence:
        return False
    rest = _behind_helpers(clause)
    if rest < 0:
        return False
    phrase = _since(clause, rest)
    if phrase is None or not _has_one_subject(before, clause) or not _put(before, phrase):
        claims.unread = True
    return True


def may_go_on(reading: Discourse, clause: Clause) -> bool:
    """`I have a dog and take it to the lake`: as likely told as ordered, and nothing was read of it."""
    before = reading.claims[-2] if len(reading.claims) > 1 and clause.link in ("and", "but") else None
    if before is None or before.clause.sentence != clause.sentence or reading.ordered == clause.sentence:
        return False
    return before.clause.tokens[0].low in ("i", "we") and bool(before.assertions)


_SHORT = 6


def is_likewise(clause: Clause) -> bool:
    """`… and so is my mother`, `…, so was the dog`: no question, whatever its order."""
    lows = clause.lows if clause.link != "so" else ("so", *clause.lows)
    return (
        clause.link in (*_LINKS, "so")
        and clause.mark != "?"
        and 1 < len(lows) <= _SHORT
        and lows[0] in ("so", "neither", "nor")
        and lows[1] in FINITE
    )


def _behind_helpers(clause: Clause) -> int:
    """Where the words behind `have been` begin; -1 where it has words of its own there."""
    lows = clause.lows
    start = at = _skip(lows, 1 if lows[0] in _PRONOUNS else 0)
    while at < len(lows) and lows[at] in _HELPERS:
        at = _skip(lows, at + 1)
    if at == start:
        return -1
    at += at < len(lows) and lows[at] in _STANDING
    done = lows[start] in ("did", "do", "does") and lows[at : at + 1] in (("in",), ("at",))
    elliptic = at == len(lows) or clause.tokens[at].kind == "time" or lows[at] in _FOLLOWING or done
    return at if elliptic else -1


def _skip(lows: tuple[str, ...], at: int) -> int:
    while at < len(lows) and lows[at] in _ADVERBS:
        at += 1
    return at


def _since(clause: Clause, rest: int) -> TimePhrase | None:
    """Of `have been since 2019`; None where it is no perfect, or more stands there."""
    perfect = {"have", "has", "'ve", "'s"} & set(clause.lows[:3])
    if not perfect or len(clause.tokens) != rest + 1 or clause.tokens[rest].kind != "time":
        return None
    phrase = clause.times[clause.tokens[rest].start][0]
    return phrase if phrase.boundary in (Boundary.FROM, Boundary.LASTS) else None


def _has_one_subject(before: Claims, clause: Clause) -> bool:
    """`I … and I have`, `my sister … and she has`; not `my sister … and I have`."""
    first, said = before.clause.lows[0], clause.lows[0]
    return said not in _PRONOUNS or first == said or (said not in ("i", "we") and first not in ("i", "we"))


def _put(before: Claims, phrase: TimePhrase) -> bool:
    """Whether the one claim took it."""
    if len(before.assertions) != 1:
        return False
    assertion, dates, manner = before.assertions[0]
    if dates != Dates() or assertion.move or assertion.event:
        return False
    dated = replace(dates, valid_from=phrase.at, unresolved="" if phrase.at else phrase.text)
    before.assertions = [(assertion, dated, manner)]
    return True
